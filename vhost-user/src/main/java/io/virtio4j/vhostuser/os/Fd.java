// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.os;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file descriptor that closes once. Any thread may use and close it: while a thread is in a call on it, it stays open, so
 * that its number is never another file's meanwhile.
 */
public final class Fd implements AutoCloseable {
    private static final int CLOSED = Integer.MIN_VALUE;

    private final int number;

    /** How many threads are in a call; {@link #CLOSED} is added when no more may begin one. */
    private final AtomicInteger users = new AtomicInteger();

    /** Owns a descriptor from here on. */
    Fd(int number) {
        this.number = number;
    }

    /** Takes what a call returned. */
    static Fd of(int returned, String call) {
        if (returned < 0) {
            throw SystemCallException.of(call);
        }
        return new Fd(returned);
    }

    /**
     * Begins a call.
     *
     * @return whether it may; if so, {@link #leave} ends it
     */
    boolean enter() {
        int now = users.get();
        while (now >= 0) {
            if (users.compareAndSet(now, now + 1)) {
                return true;
            }
            now = users.get();
        }
        return false;
    }

    /** As {@link #enter}, where the caller must have seen to it that the descriptor is open. */
    void require(String call) {
        if (!enter()) {
            throw new IllegalStateException("cannot " + call + ": the descriptor is closed");
        }
    }

    void leave() {
        if (users.decrementAndGet() == CLOSED) {
            SystemCalls.close(number);
        }
    }

    int number() {
        return number;
    }

    /** {@return whether {@link #close} was called} */
    public boolean isClosed() {
        return users.get() < 0;
    }

    /** {@return how long the file is, in bytes: of memory files and others that can be sought in} */
    public long lengthBytes() {
        require("lseek");
        try {
            long end = SystemCalls.lseek(number, 0, Linux.SEEK_END);
            if (end < 0) {
                throw SystemCallException.of("lseek");
            }
            return end;
        } finally {
            leave();
        }
    }

    /** Closes it, at once or when the last thread comes out of its call. Again does nothing. */
    @Override
    public void close() {
        if (users.getAndUpdate(now -> now | CLOSED) == 0) {
            SystemCalls.close(number);
        }
    }

    @Override
    public String toString() {
        return "fd " + number + (isClosed() ? ", closed" : "");
    }
}
