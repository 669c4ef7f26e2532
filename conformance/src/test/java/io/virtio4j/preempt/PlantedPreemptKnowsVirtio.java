// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import io.virtio4j.wire.Features;

/** Breaks a rule on purpose: threads as CPUs that know virtio. */
public final class PlantedPreemptKnowsVirtio {
    Features features;
}
