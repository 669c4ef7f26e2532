// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.os;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.lang.ref.Reference;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Waits until one of several descriptors has something. One thread. */
public final class Poller {
    private static final int ENTRY_BYTES = 8;
    private static final int EVENTS = 4;
    private static final int RETURNED = 6;
    private static final int GONE = Linux.POLLERR | Linux.POLLHUP | Linux.POLLRDHUP | Linux.POLLNVAL;

    private Memory entries = new Memory(ENTRY_BYTES);
    private int count;

    /** What is waited for. */
    public enum Interest {
        /** Something to read, or the other side is gone. */
        READ(Linux.POLLIN),
        /** Room to write, or the other side is gone. */
        WRITE(Linux.POLLOUT),
        /** The other side is gone. */
        GONE(Linux.POLLRDHUP);

        private final short events;

        Interest(int events) {
            this.events = (short) events;
        }
    }

    /**
     * A descriptor to look at.
     *
     * @param fd which; one that is closed is never ready
     * @param interest what for
     */
    public record Watch(Fd fd, Interest interest) {}

    /**
     * Waits. A thread that is in here keeps the descriptors open, whoever closes them.
     *
     * @param watched what for
     * @param timeoutNanos how long at most; 0 looks only. Rounded up to milliseconds
     * @return whether one is ready: {@link #isReady}. May be false before the time is up
     */
    public boolean poll(List<Watch> watched, long timeoutNanos) {
        prepare(watched.size());
        int entered = 0;
        try {
            for (Watch watch : watched) {
                int number = watch.fd().enter() ? watch.fd().number() : -1;
                long at = (long) entered * ENTRY_BYTES;
                entries.setInt(at, number);
                entries.setShort(at + EVENTS, watch.interest().events);
                entries.setShort(at + RETURNED, (short) 0);
                entered++;
            }
            int ready = SystemCalls.poll(Pointer.nativeValue(entries), count, millis(timeoutNanos));
            if (ready < 0 && SystemCalls.errno() != Errno.EINTR) {
                throw SystemCallException.of("poll");
            }
            if (ready < 0) {
                prepare(count);
            }
            return ready > 0;
        } finally {
            for (int i = 0; i < entered; i++) {
                if (entries.getInt((long) i * ENTRY_BYTES) >= 0) {
                    watched.get(i).fd().leave();
                }
            }
            Reference.reachabilityFence(entries);
        }
    }

    private void prepare(int size) {
        if (entries.size() < (long) size * ENTRY_BYTES) {
            entries = new Memory((long) size * ENTRY_BYTES);
        }
        count = size;
        for (int i = 0; i < size; i++) {
            entries.setShort((long) i * ENTRY_BYTES + RETURNED, (short) 0);
        }
    }

    private static int millis(long timeoutNanos) {
        if (timeoutNanos <= 0) {
            return 0;
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(timeoutNanos - 1) + 1;
        return (int) Math.min(Integer.MAX_VALUE, millis);
    }

    /**
     * {@return whether what was waited for has come, or the other side is gone}
     *
     * @param index of the last poll's list
     */
    public boolean isReady(int index) {
        return entries.getShort((long) index * ENTRY_BYTES + RETURNED) != 0;
    }

    /**
     * {@return whether the other side is gone}
     *
     * @param index of the last poll's list
     */
    public boolean isGone(int index) {
        return (entries.getShort((long) index * ENTRY_BYTES + RETURNED) & GONE) != 0;
    }
}
