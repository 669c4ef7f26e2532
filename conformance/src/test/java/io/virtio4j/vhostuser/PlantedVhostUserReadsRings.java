// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import io.virtio4j.ring.SplitRing;

/** Breaks a rule on purpose: the transport uses a package that the core keeps to itself. */
public final class PlantedVhostUserReadsRings {
    SplitRing ring;
}
