// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk;

import io.virtio4j.blk.BlkDevice;
import io.virtio4j.blk.BlkOptions;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** A block driver on a simulated device, and buffers to copy through. */
final class Disk implements AutoCloseable {
    /** How many requests are in flight. */
    static final int BUFFERS = 8;

    /** Bytes of a request. */
    static final int BUFFER_BYTES = 256 * 1024;

    private static final int SECTOR_BYTES = 512;
    private static final int PAGE_BYTES = 4096;
    private static final long DRIVER_BYTES = 2 << 20;
    private static final long GUEST_ADDRESS = 0x4000_0000;

    private final InProcessTransport transport;
    private final BlkDevice device;
    private final List<DmaBuffer> buffers = new ArrayList<>();

    private Disk(InProcessTransport transport, BlkDevice device, DmaArena arena) {
        this.transport = transport;
        this.device = device;
        for (int i = 0; i < BUFFERS; i++) {
            buffers.add(arena.allocate(BUFFER_BYTES, PAGE_BYTES));
        }
    }

    static Disk open(BlockStore store, PrintWriter err) {
        SharedMemory ram = SharedMemory.allocate((long) BUFFERS * BUFFER_BYTES + DRIVER_BYTES, GUEST_ADDRESS);
        DmaArena arena = new DmaArena(ram);
        SimBlk simulated = new SimBlk(store, SimBlkOptions.DEFAULTS, error -> err.println("device: " + error));
        InProcessTransport transport = InProcessTransport.start(
                simulated, GuestMemory.of(ram), DeviceIdle.NOTIFIED, error -> err.println("device: " + error));
        try {
            BlkDevice device =
                    BlkDevice.open(transport, arena, BlkOptions.defaults(error -> err.println(error.getMessage())));
            return new Disk(transport, device, arena);
        } catch (RuntimeException e) {
            transport.close();
            throw e;
        }
    }

    BlkDevice device() {
        return device;
    }

    DmaBuffer buffer(int index) {
        return buffers.get(index);
    }

    long capacityBytes() {
        return device.capacitySectors() * SECTOR_BYTES;
    }

    @Override
    public void close() {
        try {
            device.close();
        } finally {
            transport.close();
        }
    }
}
