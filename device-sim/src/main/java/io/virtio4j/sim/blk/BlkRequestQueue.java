// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.blk.BlockLifetime;
import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.queue.QueueCounters;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkLifetimeLayout;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One request queue: takes requests, checks them, gives them to the store, and answers when the store is done.
 *
 * <p>A request is made visible to the driver as soon as it is answered, and the driver is called once a batch: a driver that
 * polls goes on while the rest of the batch is worked on. One thread at a time, the one that serves the queue. VirtIO 1.2, 5.2.6 Device Operation.
 */
final class BlkRequestQueue {
    private final DeviceQueue queue;
    private final Disk disk;

    /**
     * What the store has ended outside submit, from any of its threads. Of this queue alone: a request that ends late, after
     * the queue was stopped, finds nobody here.
     */
    private final EndedRequests ended = new EndedRequests();

    private final Consumer<StoreRequest> onEnded;

    /** By chain handle; made when first needed. */
    private final StoreRequest[] requests;

    private boolean toldOfMalformed;

    /** @param wakeUp has {@link #finishEnded()} called soon, by the thread that serves the queue; run by any thread */
    BlkRequestQueue(DeviceQueue queue, Disk disk, Runnable wakeUp) {
        this.queue = queue;
        this.disk = disk;
        this.requests = new StoreRequest[queue.config().size()];
        this.onEnded = request -> {
            ended.add(request);
            wakeUp.run();
        };
    }

    QueueCounters counters() {
        return queue.counters();
    }

    /** Takes at most as many requests as the queue is deep, so that other work gets its turn. */
    int serve() {
        int taken = 0;
        while (taken < requests.length) {
            int handle = queue.next();
            if (handle < 0) {
                break;
            }
            taken++;
            begin(queue.chain(handle));
            queue.publish();
        }
        queue.flush();
        return taken;
    }

    private void begin(DescriptorChain chain) {
        if (chain.writableBytes() < BlkRequestLayout.STATUS_BYTES) {
            tellOfMalformed(chain, "no byte for the status");
            queue.complete(chain.handle(), 0);
            return;
        }
        if (chain.readableBytes() < BlkRequestLayout.HEADER_BYTES) {
            tellOfMalformed(chain, "no whole header");
            answer(chain, BlkStatus.IOERR, 0);
            return;
        }
        switch (chain.getLe32(BlkRequestLayout.TYPE)) {
            case BlkRequestType.IN -> read(chain, chain.getLe64(BlkRequestLayout.SECTOR));
            case BlkRequestType.OUT -> write(chain, chain.getLe64(BlkRequestLayout.SECTOR));
            case BlkRequestType.FLUSH -> flushStore(chain);
            case BlkRequestType.GET_ID -> getId(chain);
            case BlkRequestType.GET_LIFETIME -> getLifetime(chain);
            case BlkRequestType.DISCARD -> ranges(chain, BlockOp.DISCARD);
            case BlkRequestType.WRITE_ZEROES -> ranges(chain, BlockOp.WRITE_ZEROES);
            case BlkRequestType.SECURE_ERASE -> ranges(chain, BlockOp.SECURE_ERASE);
            default -> answer(chain, BlkStatus.UNSUPP, 0);
        }
    }

    private void read(DescriptorChain chain, long sector) {
        long dataBytes = chain.writableBytes() - BlkRequestLayout.STATUS_BYTES;
        if (chain.readableBytes() != BlkRequestLayout.HEADER_BYTES || !isOnDisk(sector, dataBytes)) {
            answer(chain, BlkStatus.IOERR, 0);
            return;
        }
        StoreRequest request = request(chain);
        request.beginRead(chain, sector * BlkRequestLayout.SECTOR_BYTES, dataBytes);
        submit(request);
    }

    private void write(DescriptorChain chain, long sector) {
        long dataBytes = chain.readableBytes() - BlkRequestLayout.HEADER_BYTES;
        if (disk.isReadOnly()
                || chain.writableBytes() != BlkRequestLayout.STATUS_BYTES
                || !isOnDisk(sector, dataBytes)) {
            answer(chain, BlkStatus.IOERR, 0);
            return;
        }
        StoreRequest request = request(chain);
        request.beginWrite(chain, sector * BlkRequestLayout.SECTOR_BYTES, BlkRequestLayout.HEADER_BYTES, dataBytes);
        submit(request);
    }

    private boolean isOnDisk(long sector, long dataBytes) {
        return Sectors.isWhole(dataBytes) && Sectors.isWithin(disk.store().lengthBytes(), sector, dataBytes);
    }

    /** Data that a driver attached, which it should not, is not looked at. */
    private void flushStore(DescriptorChain chain) {
        if (!disk.takes(BlkFeatureBits.FLUSH)) {
            answer(chain, BlkStatus.UNSUPP, 0);
            return;
        }
        StoreRequest request = request(chain);
        request.beginFlush();
        submit(request);
    }

    /** A device that is read-only never agrees to take these. */
    private void ranges(DescriptorChain chain, BlockOp op) {
        if (!disk.takes(Disk.featureOf(op))) {
            answer(chain, BlkStatus.UNSUPP, 0);
            return;
        }
        StoreRequest request = request(chain);
        int status =
                request.takeRanges(chain, op, disk.limitsOf(op), disk.store().lengthBytes());
        if (status == BlkStatus.OK && request.beginNextRange()) {
            submit(request);
        } else {
            answer(chain, status, 0);
        }
    }

    private void getId(DescriptorChain chain) {
        if (chain.writableBytes() != BlkRequestLayout.ID_BYTES + BlkRequestLayout.STATUS_BYTES) {
            answer(chain, BlkStatus.IOERR, 0);
            return;
        }
        chain.putBytes(0, disk.id(), 0, BlkRequestLayout.ID_BYTES);
        answer(chain, BlkStatus.OK, BlkRequestLayout.ID_BYTES);
    }

    private void getLifetime(DescriptorChain chain) {
        if (!disk.takes(BlkFeatureBits.LIFETIME)) {
            answer(chain, BlkStatus.UNSUPP, 0);
            return;
        }
        Optional<BlockLifetime> lifetime = disk.lifetime();
        if (lifetime.isEmpty()
                || chain.writableBytes() != BlkLifetimeLayout.LENGTH_BYTES + BlkRequestLayout.STATUS_BYTES) {
            answer(chain, BlkStatus.IOERR, 0);
            return;
        }
        LifetimeData.write(lifetime.get(), chain);
        answer(chain, BlkStatus.OK, BlkLifetimeLayout.LENGTH_BYTES);
    }

    private StoreRequest request(DescriptorChain chain) {
        StoreRequest request = requests[chain.handle()];
        if (request == null) {
            request = new StoreRequest(chain.handle(), onEnded);
            requests[chain.handle()] = request;
        }
        return request;
    }

    /** Gives a request to the store, and goes on with what is left of it as long as the store is done at once. */
    private void submit(StoreRequest request) {
        boolean more = true;
        while (more && request.submitTo(disk.store())) {
            more = goOn(request);
        }
    }

    /** Answers what the store has ended; returns how much that was. */
    int finishEnded() {
        int finished = 0;
        for (StoreRequest request = ended.poll(); request != null; request = ended.poll()) {
            finish(request);
            finished++;
        }
        if (finished > 0) {
            queue.flush();
        }
        return finished;
    }

    private void finish(StoreRequest request) {
        if (goOn(request)) {
            submit(request);
        }
    }

    /**
     * Begins the next part of a request of which the store has ended one, or answers it if there is none. Does nothing for
     * one that a reset has made void.
     *
     * @return whether there is a part to submit
     */
    private boolean goOn(StoreRequest request) {
        if (!request.isActive()) {
            return false;
        }
        request.setInactive();
        if (queue.isBroken()) {
            // Nobody will see the answer, and after a reset nothing of the queue is executed any further.
            return false;
        }
        DescriptorChain chain = queue.chain(request.handle);
        Throwable cause = request.cause();
        if (cause != null) {
            disk.tell(new BlockStoreException(disk.store() + " failed a " + request, cause));
            answer(chain, BlkStatus.IOERR, 0);
            return false;
        }
        if (request.beginNextRange()) {
            return true;
        }
        if (request.op().modifies() && disk.isWriteThrough()) {
            request.beginFlush();
            return true;
        }
        answer(chain, BlkStatus.OK, request.op() == BlockOp.READ ? request.lengthBytes() : 0);
        return false;
    }

    /**
     * Writes the status, which is the last writable byte, and gives the chain back.
     *
     * @param dataBytes how many bytes before the status were written, from the first; the used length may count the status
     *     only if these are all (VirtIO 1.2, 2.7.8.2 Device Requirements: The Virtqueue Used Ring)
     */
    private void answer(DescriptorChain chain, int status, long dataBytes) {
        long statusAt = chain.writableBytes() - BlkRequestLayout.STATUS_BYTES;
        chain.putByte(statusAt, status);
        queue.complete(chain.handle(), dataBytes == statusAt ? statusAt + BlkRequestLayout.STATUS_BYTES : dataBytes);
    }

    private void tellOfMalformed(DescriptorChain chain, String what) {
        if (!toldOfMalformed) {
            toldOfMalformed = true;
            disk.tell(new IllegalArgumentException(
                    "queue " + queue.config().index() + ": the driver sent a request with " + what + ": " + chain));
        }
    }

    /** Takes the driver's memory back from the store; false as long as a request has it. */
    boolean revoke() {
        boolean revoked = true;
        for (StoreRequest request : requests) {
            revoked &= request == null || !request.isActive() || request.revoke();
        }
        return revoked;
    }

    /** Forgets every request; what the store ends later is void. */
    void abandon() {
        for (StoreRequest request : requests) {
            if (request != null) {
                request.setInactive();
            }
        }
    }
}
