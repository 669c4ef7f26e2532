// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.RegisterPair;

/**
 * H and H': the driver makes its ring in memory that was used for something else, offers a chain, tells of the queue and writes
 * DRIVER_OK; the device, if it finds the request, makes its half and takes the chain.
 */
final class StartRace extends OneQueueDevice implements Race {
    private static final int DATA = 0x5EED;
    private static final int RUBBISH = 0x7F;
    private static final int RING_LINES = 3;
    private static final ThreadLocal<ZeroedSlices> REGISTERS =
            ThreadLocal.withInitial(() -> new ZeroedSlices(RegisterPair.LENGTH_BYTES, MemoryPiece.LINE_BYTES));

    private final String ring;
    private final SharedMemory memory;
    private final GuestMemory guestMemory;
    private final long request;
    private final QueueConfig config;
    private final BufferChain chain;
    private final RegisterPair registers;
    private String taken = "started without a chain";

    private final boolean early;

    private StartRace(RingKind kind, boolean early) {
        ring = kind.label();
        this.early = early;
        MemoryPiece piece = MemoryPiece.ofLines(RING_LINES + 1);
        memory = piece.memory();
        guestMemory = piece.guestMemory();
        memory.fill(piece.offset(), RING_LINES * MemoryPiece.LINE_BYTES, RUBBISH);
        request = piece.offset() + RING_LINES * MemoryPiece.LINE_BYTES;
        config = new QueueConfig(
                0,
                QueuePair.SMALL,
                kind.features(),
                new QueueAddresses(
                        piece.guestAddress(),
                        piece.guestAddress() + MemoryPiece.LINE_BYTES,
                        piece.guestAddress() + 2L * MemoryPiece.LINE_BYTES));
        chain = new BufferChain(1).addReadable(memory.guestAddress() + request, QueuePair.REQUEST_BYTES);
        registers = new RegisterPair(registers(), this, guestMemory, kind.features());
    }

    static SharedMemory registers() {
        return SharedMemory.wrap(REGISTERS.get().cut(), 0);
    }

    /** Over rings of both formats. */
    static final class All extends RingRaces {
        private final boolean early;

        /**
         * Makes them.
         *
         * @param early whether the driver writes DRIVER_OK before it has made its ring
         */
        All(boolean early) {
            super(RingKind.plain(RingFormat.SPLIT)[0], RingKind.plain(RingFormat.PACKED)[0]);
            this.early = early;
        }

        @Override
        Race over(RingKind kind) {
            return new StartRace(kind, early);
        }
    }

    @Override
    public String driver() {
        if (early) {
            registers.start(config);
        }
        DriverQueue queue = DriverQueue.create(config, guestMemory, BarrierPolicy.OPTIMIZED, error -> {});
        memory.putLe32(request, DATA);
        int id = queue.offer(chain, 1);
        if (!early) {
            registers.start(config);
        }
        return id >= 0 ? "started" : "offer gave " + id;
    }

    @Override
    public String device() {
        if (registers.answerRequests() == 0) {
            return "not yet";
        }
        registers.service();
        return taken;
    }

    @Override
    public int onQueue(DeviceQueue queue) {
        int handle = queue.next();
        if (handle < 0) {
            taken = handle == DeviceQueue.BROKEN ? "broken" : "empty";
            return 0;
        }
        DescriptorChain first = queue.chain(handle);
        long readable = first.readableBytes();
        int data = readable == QueuePair.REQUEST_BYTES ? first.getLe32(0) : 0;
        taken = data == DATA ? "whole" : "stale: " + readable + " bytes with data " + data;
        return 1;
    }

    @Override
    public String ring() {
        return ring;
    }
}
