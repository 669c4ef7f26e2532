// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import java.lang.invoke.VarHandle;

/** Breaks a rule on purpose: a raw fence by way of a method reference. */
public final class PlantedFenceReference {
    Runnable fence() {
        return VarHandle::fullFence;
    }
}
