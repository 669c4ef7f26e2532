// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.barrier;

import io.virtio4j.wire.Features;

/** Breaks a rule on purpose: a barrier that knows features. */
public final class PlantedBarrierKnowsWire {
    Features features;
}
