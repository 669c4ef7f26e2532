// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.gpu.PlantedGpuMeetsBlk;

/** Breaks a rule on purpose: the block driver uses the GPU driver. */
public final class PlantedBlkMeetsGpu {
    PlantedGpuMeetsBlk other;
}
