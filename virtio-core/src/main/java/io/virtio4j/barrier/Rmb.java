// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.barrier;

import java.lang.invoke.VarHandle;

/**
 * Proof that a read barrier has been issued: every load before it is ordered before every load and store after it.
 *
 * <p>It stands <em>after</em> the load of an index that showed progress and <em>before</em> the loads of what the index
 * covers. Issued before the index load it orders nothing that matters. The loads of ring slots, used elements and
 * packed descriptors demand an {@code Rmb} as an argument.
 *
 * <p>Partner of {@link Wmb}. VirtIO 1.2, 2.7.14 Receiving Used Buffers From The Device and 2.8.22. Any thread may issue
 * one; obtain it through {@code SharedMemory.rmb()}.
 */
public final class Rmb {
    private static final Rmb ISSUED = new Rmb();

    private Rmb() {}

    /**
     * Issues the fence.
     *
     * @return the proof, never null
     */
    public static Rmb issue() {
        VarHandle.acquireFence();
        return ISSUED;
    }
}
