// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A reference that one thread writes and another reads, on cache lines of its own. What the writer did before it handed over
 * is seen by a reader that took the new value.
 *
 * @param <T> what is handed over; immutable, or not changed afterwards
 */
final class Handover<T> extends HandoverValue {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(HandoverValue.class, "value", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /* Nothing else shares the last of the value's cache lines; the layout stands in HandoverValue. */
    @SuppressWarnings("unused")
    long after00, after01, after02, after03, after04, after05, after06, after07;
    @SuppressWarnings("unused")
    long after08, after09, after10, after11, after12, after13, after14, after15;

    Handover(T first) {
        super(first);
    }

    /** The writer's thread. */
    void set(T next) {
        VALUE.setRelease(this, next);
    }

    /** Any thread: takes the value, with what was done before it was handed over. */
    @SuppressWarnings("unchecked")
    T take() {
        return (T) VALUE.getAcquire(this);
    }

    /** Any thread: whether it is still this one. For a look in a spin; orders nothing. */
    boolean isStill(T seen) {
        return VALUE.getOpaque(this) == seen;
    }
}
