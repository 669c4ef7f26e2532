// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import io.virtio4j.ring.SplitRing;

/** Breaks a rule on purpose: the entropy driver uses a package that the core keeps to itself. */
public final class PlantedRngReadsRings {
    SplitRing ring;
}
