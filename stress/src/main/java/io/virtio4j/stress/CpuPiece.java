// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.preempt.step.CpuSlots;
import java.nio.ByteBuffer;

/** The zeroed state of two CPUs for one sample, cut from a larger region as {@link MemoryPiece} is, and for the same reason. */
final class CpuPiece {
    static final int CPUS = 2;

    private static final int REGION_BYTES = 1 << 16;
    private static final ThreadLocal<Cutter> CUTTER = ThreadLocal.withInitial(Cutter::new);

    private CpuPiece() {}

    static CpuSlots slots() {
        return CUTTER.get().cut();
    }

    private static final class Cutter {
        private ByteBuffer region = ByteBuffer.allocate(0);

        CpuSlots cut() {
            int lengthBytes = CpuSlots.lengthBytes(CPUS);
            if (region.remaining() < lengthBytes) {
                region = ByteBuffer.allocateDirect(REGION_BYTES + CpuSlots.BLOCK_BYTES)
                        .alignedSlice(CpuSlots.BLOCK_BYTES);
            }
            CpuSlots slots = new CpuSlots(CPUS, region.slice());
            region.position(region.position() + lengthBytes);
            return slots;
        }
    }
}
