// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.os;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.lang.ref.Reference;

/**
 * A counter in the kernel that one side raises and the other waits for: how vhost-user kicks and calls. Any thread may signal;
 * one at a time takes. Neither ever blocks.
 */
public final class EventFd implements AutoCloseable {
    private final Fd fd;

    /** The number one, for {@link #signal}. */
    private final Memory one = new Memory(Long.BYTES);

    private final Memory taken = new Memory(Long.BYTES);

    private EventFd(Fd fd) {
        this.fd = fd;
        one.setLong(0, 1);
    }

    /** {@return a new one, at zero} */
    public static EventFd create() {
        return new EventFd(Fd.of(SystemCalls.eventfd(0, Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC), "eventfd"));
    }

    /**
     * Takes a descriptor that the other side has sent, whatever it is: what is no event counter does no harm but to its sender.
     *
     * @param fd owned by the result from here on
     * @return the counter
     * @throws SystemCallException if it cannot be made one that never blocks; the descriptor is closed then
     */
    public static EventFd of(Fd fd) {
        fd.require("fcntl");
        try {
            int flags = SystemCalls.fcntl(fd.number(), Linux.F_GETFL, 0);
            if (flags < 0 || SystemCalls.fcntl(fd.number(), Linux.F_SETFL, flags | Linux.O_NONBLOCK) < 0) {
                SystemCallException failure = SystemCallException.of("fcntl");
                fd.close();
                throw failure;
            }
        } finally {
            fd.leave();
        }
        return new EventFd(fd);
    }

    /** {@return the descriptor, to send and to poll} */
    public Fd fd() {
        return fd;
    }

    /**
     * Raises the counter. Nothing happens if it is closed, or so high that whoever waits is awake anyway.
     *
     * @return whether it was raised
     */
    public boolean signal() {
        if (!fd.enter()) {
            return false;
        }
        try {
            return SystemCalls.write(fd.number(), Pointer.nativeValue(one), Long.BYTES) == Long.BYTES;
        } finally {
            fd.leave();
            Reference.reachabilityFence(one);
        }
    }

    /**
     * Sets the counter to zero.
     *
     * @return whether it was raised before
     */
    public boolean take() {
        if (!fd.enter()) {
            return false;
        }
        try {
            return SystemCalls.read(fd.number(), Pointer.nativeValue(taken), Long.BYTES) == Long.BYTES;
        } finally {
            fd.leave();
            Reference.reachabilityFence(taken);
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
