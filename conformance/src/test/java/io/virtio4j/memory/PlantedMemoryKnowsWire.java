// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import io.virtio4j.wire.Features;

/** Breaks a rule on purpose: memory that knows features. */
public final class PlantedMemoryKnowsWire {
    Features features;
}
