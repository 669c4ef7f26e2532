// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.barrier;

import java.lang.invoke.VarHandle;

/**
 * Proof that a full barrier has been issued: everything before it is ordered before everything after it, a store before
 * a later load of another location included.
 *
 * <p>This is the one order that neither {@link Wmb} nor {@link Rmb} gives, nor both together, and the one reordering
 * that x86 hardware itself performs. It stands between making work visible and asking whether the other side wants to
 * be told (and, on the other side, between arming notifications and looking for work a last time). Without it on either
 * side a notification is lost and the queue sleeps with work in it.
 *
 * <p>The loads of the suppression fields demand an {@code Mb} as an argument. VirtIO 1.2, 2.7.13.4.1 Driver
 * Requirements: Notifying The Device, and 2.8.21.3.1. Any thread may issue one; obtain it through
 * {@code SharedMemory.mb()}.
 */
public final class Mb {
    private static final Mb ISSUED = new Mb();

    private Mb() {}

    /**
     * Issues the fence.
     *
     * @return the proof, never null
     */
    public static Mb issue() {
        VarHandle.fullFence();
        return ISSUED;
    }
}
