// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import io.virtio4j.memory.DmaBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One buffer to be filled. Pooled: used again when the device has given it back and its outcome is known to the user.
 *
 * <pre>
 *   begin --used--&gt;    ended ---told--&gt; free
 *     |
 *     +---expire--&gt; ended, with device --told--&gt; told, with device --used--&gt; free
 * </pre>
 */
final class Request {
    /** The queue's token for it. */
    final int slot;

    private @Nullable DmaBuffer buffer;
    private long token;
    private long deadlineNanos;
    private long outcome;
    private boolean awaited;
    private boolean withDevice;
    private boolean ended;
    private boolean told;

    Request(int slot) {
        this.slot = slot;
    }

    /** Pins the buffer. */
    void begin(DmaBuffer toFill, long newToken, boolean isAwaited, long newDeadlineNanos) {
        toFill.pin();
        buffer = toFill;
        token = newToken;
        awaited = isAwaited;
        deadlineNanos = newDeadlineNanos;
        withDevice = true;
        ended = false;
        told = false;
    }

    /** The device no longer owns the buffer. */
    void givenBack() {
        DmaBuffer filled = buffer;
        if (!withDevice || filled == null) {
            throw new IllegalStateException("request " + slot + " is not with the device");
        }
        filled.unpin();
        buffer = null;
        withDevice = false;
    }

    void end(long newOutcome) {
        outcome = newOutcome;
        ended = true;
    }

    void tell() {
        told = true;
    }

    long token() {
        return token;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /** {@return how it ended, see {@link RngHandler}} */
    long outcome() {
        return outcome;
    }

    /** {@return whether a blocking call waits for it; nobody else is told of it then} */
    boolean isAwaited() {
        return awaited;
    }

    boolean isWithDevice() {
        return withDevice;
    }

    boolean isEnded() {
        return ended;
    }

    /** {@return whether the user knows the outcome, or does not wait for it any more} */
    boolean isTold() {
        return told;
    }
}
