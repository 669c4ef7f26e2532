// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.SharedMemory;
import java.util.Arrays;

/** A thread that uses its part of a disk, through a queue and a memory region of its own. */
final class DiskUser {
    private static final int IN_FLIGHT = 8;

    private final BlkDevice device;
    private final SharedMemory memory;
    private final int sectorsEach;

    DiskUser(BlkDevice device, SharedMemory memory, int sectorsEach) {
        this.device = device;
        this.memory = memory;
        this.sectorsEach = sectorsEach;
    }

    /** Writes, in pipelines, and reads back, alone. Returns what the thread's part of the disk must hold. */
    byte[] use(int index, int rounds) {
        BlkQueue queue = device.queue(index);
        assertThat(queue.index()).isEqualTo(index);
        DmaArena arena = new DmaArena(memory);
        DmaBuffer writes = arena.allocate(IN_FLIGHT * 512, 512);
        DmaBuffer read = arena.allocate(512, 512);
        byte[] model = new byte[sectorsEach * 512];
        BlkData list = new BlkData();
        int[] done = {0};
        for (int round = 0; round < rounds; round++) {
            int first = round * IN_FLIGHT % (sectorsEach - IN_FLIGHT);
            byte[] bytes = Rig.pattern(IN_FLIGHT * 512, index * 1000L + round);
            memory.putBytes(writes.offset(), bytes, 0, bytes.length);
            System.arraycopy(bytes, 0, model, first * 512, bytes.length);
            done[0] = 0;
            for (int i = 0; i < IN_FLIGHT; i++) {
                long sector = (long) index * sectorsEach + first + i;
                assertThat(queue.submitWrite(sector, list.clear().add(writes, i * 512L, 512), i))
                        .isEqualTo(BlkRequests.SUBMITTED);
            }
            while (done[0] < IN_FLIGHT) {
                assertThat(queue.await((token, status) -> done[0] += status == 0 ? 1 : 100))
                        .isPositive();
            }
            assertThat(done[0]).isEqualTo(IN_FLIGHT);
            int sector = first + round % IN_FLIGHT;
            queue.read((long) index * sectorsEach + sector, read);
            byte[] back = new byte[512];
            memory.getBytes(read.offset(), back, 0, 512);
            assertThat(back).isEqualTo(Arrays.copyOfRange(model, sector * 512, sector * 512 + 512));
            queue.flush();
        }
        return model;
    }
}
