// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.blk.PlantedBlkMeetsGpu;

/** Breaks a rule on purpose: the GPU driver uses the block driver. */
public final class PlantedGpuMeetsBlk {
    PlantedBlkMeetsGpu other;
}
