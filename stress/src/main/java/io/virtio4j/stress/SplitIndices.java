// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.driver.DriverQueue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Lets the driver's half of a fresh split queue begin at another index than 0, as if it had run so far: to run so far for
 * every sample would take a thousand times as long as the sample. The device's half has its state for that, the driver's
 * half has none; so this writes its private fields.
 */
final class SplitIndices {
    private static final VarHandle[] INDICES;

    static {
        try {
            Class<?> queue = Class.forName("io.virtio4j.driver.SplitDriverQueue");
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(queue, MethodHandles.lookup());
            INDICES = new VarHandle[] {
                lookup.findVarHandle(queue, "addedIdx", int.class),
                lookup.findVarHandle(queue, "publishedIdx", int.class),
                lookup.findVarHandle(queue, "takenIdx", int.class),
                lookup.findVarHandle(queue, "usedIdx", int.class),
            };
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private SplitIndices() {}

    static void set(DriverQueue queue, int index) {
        for (VarHandle field : INDICES) {
            field.set(queue, index);
        }
    }
}
