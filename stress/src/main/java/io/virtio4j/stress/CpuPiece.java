// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.preempt.step.CpuSlots;

/** The zeroed state of two CPUs for one sample. */
final class CpuPiece {
    static final int CPUS = 2;

    private static final ThreadLocal<ZeroedSlices> SLICES =
            ThreadLocal.withInitial(() -> new ZeroedSlices(CpuSlots.lengthBytes(CPUS), CpuSlots.BLOCK_BYTES));

    private CpuPiece() {}

    static CpuSlots slots() {
        return new CpuSlots(CPUS, SLICES.get().cut());
    }
}
