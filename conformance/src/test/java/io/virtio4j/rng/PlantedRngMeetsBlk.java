// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import io.virtio4j.blk.PlantedBlkMeetsGpu;

/** Breaks a rule on purpose: the entropy driver uses the block driver. */
public final class PlantedRngMeetsBlk {
    PlantedBlkMeetsGpu other;
}
