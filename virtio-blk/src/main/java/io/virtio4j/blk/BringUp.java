// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DeviceHealth;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.UsedBufferSignal;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From a transport to a device that works. VirtIO 1.2, 5.2.5 Device Initialization. */
final class BringUp {
    /** Chains of more parts take a descriptor a part. Most requests are a header, one or a few parts, and a status. */
    private static final int INDIRECT_ENTRIES = 8;

    private final DriverSession session;
    private final DmaArena arena;
    private final BlkOptions options;
    private final List<DmaBuffer> carved = new ArrayList<>();

    private BringUp(DriverSession session, DmaArena arena, BlkOptions options) {
        this.session = session;
        this.arena = arena;
        this.options = options;
    }

    /**
     * Brings a device up.
     *
     * @param minQueues it must have as many queues
     */
    static Started start(Transport transport, DmaArena arena, BlkOptions options, int minQueues) {
        DriverSession session =
                DriverSession.open(transport, BlkFeatures.spec(options), BlkFeatures::refuseHostManagedZones);
        BringUp bringUp = new BringUp(session, arena, options);
        try {
            return bringUp.start(minQueues);
        } catch (RuntimeException e) {
            bringUp.undo(e);
            throw e;
        }
    }

    /** Sets a queue up: at first, or again after it was reset. */
    static ActiveQueue setUpQueue(
            DriverSession session,
            int index,
            int size,
            DmaArena arena,
            BlkOptions options,
            @Nullable UsedBufferSignal calls,
            DeviceHealth health) {
        CallSink callSink = calls == null ? CallSink.NONE : calls;
        return session.setUpQueue(index, size, INDIRECT_ENTRIES, arena, options.barriers(), callSink, health);
    }

    private Started start(int minQueues) {
        int needed = BlkConfigFields.lengthBytes(session.features());
        int there = session.transport().configLengthBytes();
        if (there < needed) {
            throw session.giveUp(
                    "the device's configuration has " + there + " bytes; the features agreed on need " + needed);
        }
        BlkConfig config = BlkConfig.read(session);
        int count = Math.min(
                options.queues(), Math.min(config.queues(), session.transport().queueCount()));
        if (count < minQueues) {
            throw session.giveUp("the device has " + count + " request queues; needed are " + minQueues);
        }
        List<Integer> sizes = new ArrayList<>();
        int smallest = Integer.MAX_VALUE;
        for (int index = 0; index < count; index++) {
            int size = queueSize(index);
            sizes.add(size);
            smallest = Math.min(smallest, size);
        }
        RequestLimits limits =
                RequestLimits.of(config.segMax(), config.sizeMaxBytes(), config.blockSizeBytes(), smallest);
        if (!limits.allowASector()) {
            throw session.giveUp("the device takes no request of a sector: at most " + limits.segments()
                    + " segments of " + limits.segmentBytes() + " bytes");
        }
        List<DeviceHealth> healths = DeviceHealth.ofThreads(session, options.errorHandler(), 1 + count);
        List<QueueParts> queues = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            queues.add(queue(index, sizes.get(index), healths.get(1 + index)));
        }
        session.driverOk();
        return new Started(session, session.features(), healths.get(0), config, limits, List.copyOf(queues));
    }

    private QueueParts queue(int index, int size, DeviceHealth health) {
        UsedBufferSignal calls = options.sleep() ? new UsedBufferSignal() : null;
        ActiveQueue active = setUpQueue(session, index, size, arena, options, calls, health);
        boolean withSegments = BlkFeatures.haveRanges(session.features());
        DmaBuffer slots = carve(RequestSlots.lengthBytes(size, withSegments));
        return new QueueParts(
                active, health, calls, new RequestSlots(slots, size, withSegments), carve(QueueParts.ANSWER_BYTES));
    }

    private int queueSize(int index) {
        int max = session.maxQueueSize(index);
        int size = Math.min(options.queueSize(), max);
        if (RingFormat.of(session.features()) == RingFormat.SPLIT) {
            size = Integer.highestOneBit(size);
        }
        if (size < BlkOptions.MIN_QUEUE_SIZE) {
            throw session.giveUp(
                    "the device's queue takes " + max + " descriptors; a request needs " + BlkOptions.MIN_QUEUE_SIZE);
        }
        return size;
    }

    private DmaBuffer carve(long lengthBytes) {
        DmaBuffer buffer = arena.allocate(lengthBytes, RequestSlots.alignBytes());
        carved.add(buffer);
        return buffer;
    }

    private void undo(RuntimeException cause) {
        session.giveUp(cause);
        try {
            session.close();
            carved.forEach(DmaBuffer::free);
        } catch (TransportException e) {
            // The device may still use the memory: it stays carved out.
            cause.addSuppressed(e);
        }
    }
}
