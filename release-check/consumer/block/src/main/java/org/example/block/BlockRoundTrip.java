// SPDX-License-Identifier: Apache-2.0
package org.example.block;

import io.virtio4j.blk.BlkDevice;
import io.virtio4j.blk.BlkOptions;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import java.util.Arrays;

/** A block driver and a block device in memory: what is written to the last sectors is read back. */
public final class BlockRoundTrip {
    private static final int SECTOR_BYTES = 512;
    private static final int LENGTH_BYTES = 8 * SECTOR_BYTES;
    private static final int DISK_BYTES = 1 << 20;

    private BlockRoundTrip() {}

    /**
     * Prints how many bytes came back as they were written, or fails.
     *
     * @param args none
     */
    public static void main(String[] args) {
        SharedMemory ram = SharedMemory.allocate(1 << 20, 0x4000_0000);
        DmaArena arena = new DmaArena(ram);
        SimBlk simulated =
                new SimBlk(new MemoryBlockStore(DISK_BYTES), SimBlkOptions.DEFAULTS, Throwable::printStackTrace);
        try (InProcessTransport transport = InProcessTransport.start(
                        simulated, GuestMemory.of(ram), DeviceIdle.NOTIFIED, Throwable::printStackTrace);
                BlkDevice disk = BlkDevice.open(transport, arena, BlkOptions.defaults(Throwable::printStackTrace))) {
            byte[] written = new byte[LENGTH_BYTES];
            for (int i = 0; i < written.length; i++) {
                written[i] = (byte) (i * 31 + i / SECTOR_BYTES);
            }
            DmaBuffer source = arena.allocate(LENGTH_BYTES, SECTOR_BYTES);
            DmaBuffer destination = arena.allocate(LENGTH_BYTES, SECTOR_BYTES);
            ram.putBytes(source.offset(), written, 0, LENGTH_BYTES);
            long sector = (DISK_BYTES - LENGTH_BYTES) / SECTOR_BYTES;
            disk.write(sector, source);
            disk.flush();
            disk.read(sector, destination);

            byte[] read = new byte[LENGTH_BYTES];
            ram.getBytes(destination.offset(), read, 0, LENGTH_BYTES);
            if (!Arrays.equals(written, read)) {
                throw new IllegalStateException("read other bytes than were written");
            }
            System.out.println(read.length + " BYTES");
        }
    }
}
