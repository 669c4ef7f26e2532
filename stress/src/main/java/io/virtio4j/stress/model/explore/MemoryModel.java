// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model.explore;

/**
 * What a machine, or a compiler, may do to the order of one thread's accesses to different cells. Each of them allows all
 * that the one before it allows.
 *
 * <p>In each of them memory is one: a store is seen by all other threads at the same moment (multi-copy atomic). Accesses of a
 * thread to the same cell keep their order, plain ones too, and a load sees the thread's own latest store, be it still in the store buffer.
 *
 * <p>No order follows from a dependency: not from an address that was loaded, nor from a branch on a loaded value. Java's
 * plain and opaque accesses promise none. Nor from data: a store has its value whatever was loaded, as if out of thin air. That is weaker
 * than any machine, and safe for proofs.
 */
public enum MemoryModel {
    /** Sequential consistency: none. */
    SC(Order.ALL),
    /** Total store order, x86 and SPARC: a store waits in a buffer, and later loads overtake it. */
    TSO(Order.LOAD_LOAD | Order.LOAD_STORE | Order.STORE_STORE),
    /** Partial store order, SPARC: the buffer is emptied in any order, so stores overtake stores too. */
    PSO(Order.LOAD_LOAD | Order.LOAD_STORE),
    /** What Java promises, and weaker than AArch64, which respects dependencies: loads and stores overtake each other, stores overtake earlier loads too. */
    ARM(0);

    private final int kept;

    MemoryModel(int kept) {
        this.kept = kept;
    }

    /** {@return whether two accesses to different cells with no fence between them keep their order} */
    boolean keeps(Step.Access first, Step.Access second) {
        return (kept & Order.between(first, second)) == Order.between(first, second);
    }
}
