// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

/**
 * What became of a party that a hostile peer was let loose on. The first three are good; {@link #SKIPPED} says nothing about
 * the party; the others never are good.
 */
public enum Verdict {
    /** It went on as if nothing were wrong, and what it answered is right. */
    SERVED,

    /** It refused this one thing, in a way that the peer sees, and went on without a reset. */
    REJECTED,

    /** It gave up until it is reset: DEVICE_NEEDS_RESET of a device, a broken queue or device of a driver. */
    NEEDS_RESET,

    /** The case was not played: it needs what the party, or the way to it, does not have. */
    SKIPPED,

    /** It did not come to an end within the deadline, or gave up and told nobody. */
    WEDGED,

    /**
     * An exception left it, or a byte was written that it had no right to. What is only read is seen where it shows in an answer,
     * which is {@link #LIED} then.
     */
    ESCAPED,

    /** Something was not given back: a buffer, a slot, memory, a thread. */
    LEAKED,

    /** Wrong data was reported good. */
    LIED,

    /** The case was not played: a thread of one before it still keeps a processor busy, and nothing that follows could be told from it. */
    NOT_PLAYED;

    /** {@return whether a case may ask for it} */
    public boolean isGood() {
        return this == SERVED || this == REJECTED || this == NEEDS_RESET;
    }

    /** {@return whether no case may end so} */
    public boolean isFailure() {
        return this != SKIPPED && !isGood();
    }
}
