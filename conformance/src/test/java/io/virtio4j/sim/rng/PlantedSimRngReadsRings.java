// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.rng;

import io.virtio4j.ring.PackedRing;

/** Breaks a rule on purpose: the entropy device uses a package that the core keeps to itself. */
public final class PlantedSimRngReadsRings {
    PackedRing ring;
}
