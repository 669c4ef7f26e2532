// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.ring;

import io.virtio4j.barrier.Wmb;
import io.virtio4j.memory.SharedMemory;

/** Breaks a rule on purpose: looks like a ring that passes on its memory's fence, and works between fence and return. */
public final class PlantedTokenTravels {
    private final SharedMemory memory;

    PlantedTokenTravels(SharedMemory memory) {
        this.memory = memory;
    }

    Wmb wmb() {
        Wmb token = memory.wmb();
        memory.lengthBytes();
        return token;
    }
}
