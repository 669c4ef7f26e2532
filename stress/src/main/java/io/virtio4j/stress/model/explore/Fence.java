// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model.explore;

/** Java's fences, by the pairs of accesses that they keep in order: what stands before the fence, and what behind it. */
public enum Fence {
    /** {@code VarHandle.loadLoadFence}. */
    LOAD_LOAD(Order.LOAD_LOAD),
    /** {@code VarHandle.storeStoreFence}. */
    STORE_STORE(Order.STORE_STORE),
    /** {@code VarHandle.acquireFence}: {@code Rmb}. */
    ACQUIRE(Order.LOAD_LOAD | Order.LOAD_STORE),
    /** {@code VarHandle.releaseFence}: {@code Wmb}. */
    RELEASE(Order.LOAD_STORE | Order.STORE_STORE),
    /** Both of these: everything but a store before a load. */
    ACQUIRE_AND_RELEASE(Order.LOAD_LOAD | Order.LOAD_STORE | Order.STORE_STORE),
    /** {@code VarHandle.fullFence}: {@code Mb}. */
    FULL(Order.ALL);

    private final int orders;

    Fence(int orders) {
        this.orders = orders;
    }

    /** {@return whether an access before the fence takes effect before one behind it} */
    boolean keeps(Step.Access first, Step.Access second) {
        return (orders & Order.between(first, second)) != 0;
    }
}
