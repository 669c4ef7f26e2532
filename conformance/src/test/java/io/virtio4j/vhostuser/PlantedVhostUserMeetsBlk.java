// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import io.virtio4j.blk.PlantedBlkMeetsGpu;

/** Breaks a rule on purpose: the transport knows a driver. */
public final class PlantedVhostUserMeetsBlk {
    PlantedBlkMeetsGpu driver;
}
