// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** What is guarded. One for each CPU, so that nothing but the guards could slow them. */
final class GuardedSection {
    private static final VarHandle INSIDE;

    static {
        try {
            INSIDE = MethodHandles.lookup().findVarHandle(GuardedSection.class, "inside", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through INSIDE
    private int inside;

    /** An opaque store, across which the compiler moves nothing. */
    void work() {
        INSIDE.setOpaque(this, 1);
    }
}
