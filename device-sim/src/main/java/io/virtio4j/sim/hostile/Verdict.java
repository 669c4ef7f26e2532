// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

/** What became of a party that a hostile peer was let loose on. The first three are good, the others never are. */
public enum Verdict {
    /** It went on as if nothing were wrong, and what it answered is right. */
    SERVED,

    /** It refused this one thing, in a way that the peer sees, and went on without a reset. */
    REJECTED,

    /** It gave up until it is reset: DEVICE_NEEDS_RESET of a device, a broken queue or device of a driver. */
    NEEDS_RESET,

    /** It did not come to an end within the deadline. */
    WEDGED,

    /** An exception left it, or a byte was written that it had no right to. */
    ESCAPED,

    /** Something was not given back: a buffer, a slot, memory, a thread. */
    LEAKED,

    /** Wrong data was reported good. */
    LIED;

    /** {@return whether no case may end so} */
    public boolean isFailure() {
        return this != SERVED && this != REJECTED && this != NEEDS_RESET;
    }
}
