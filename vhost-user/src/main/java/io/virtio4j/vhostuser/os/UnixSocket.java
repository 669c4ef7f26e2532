// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.os;

import io.virtio4j.vhostuser.os.Poller.Interest;
import io.virtio4j.vhostuser.os.Poller.Watch;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A connected stream that carries bytes and descriptors. Every wait has a deadline. One thread at a time sends and receives; any
 * thread may close it, which ends neither wait before its deadline.
 */
public final class UnixSocket implements AutoCloseable {
    private static final int PACKET_BYTES = 4096 + 256;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int TYPE = Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;

    private final Fd fd;
    private final Packet packet = new Packet(PACKET_BYTES);
    private final Poller poller = new Poller();

    /**
     * Takes a descriptor.
     *
     * @param fd of a stream socket that never blocks; owned from here on
     */
    UnixSocket(Fd fd) {
        this.fd = fd;
    }

    /** What became of a receive. */
    public enum Outcome {
        /** All bytes have come. */
        COMPLETE,
        /** The other side closed before the first byte. */
        ENDED,
        /** The other side closed in the middle. */
        CUT,
        /** More descriptors came along than any message has. */
        TOO_MANY_FDS,
        /** The deadline has passed. */
        LATE
    }

    /**
     * Connects.
     *
     * @param path the socket's name
     * @param timeoutNanos how long to wait for a listener that has others to serve first
     * @return the socket; nobody may be behind it yet that answers
     * @throws SystemCallException if nobody listens there, or not in time
     */
    public static UnixSocket connect(Path path, long timeoutNanos) {
        byte[] address = UnixAddress.of(path);
        long deadlineNanos = System.nanoTime() + timeoutNanos;
        Fd fd = Fd.of(SystemCalls.socket(Linux.AF_UNIX, TYPE, 0), "socket");
        try {
            while (SystemCalls.connect(fd.number(), address, address.length) < 0) {
                int errno = SystemCalls.errno();
                boolean full = errno == Errno.EAGAIN || errno == Errno.EINTR;
                if (!full || System.nanoTime() - deadlineNanos > 0) {
                    throw SystemCallException.of("connect to " + path, errno);
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
            return new UnixSocket(fd);
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /** {@return two sockets that are connected to each other} */
    public static List<UnixSocket> pair() {
        int[] ends = new int[2];
        if (SystemCalls.socketpair(Linux.AF_UNIX, TYPE, 0, ends) < 0) {
            throw SystemCallException.of("socketpair");
        }
        return List.of(new UnixSocket(new Fd(ends[0])), new UnixSocket(new Fd(ends[1])));
    }

    /**
     * Takes one end of a connection that the other side has made and sent.
     *
     * @param fd the descriptor; owned by the result from here on
     * @return the socket
     * @throws SystemCallException if it cannot be made one that never blocks; the descriptor is closed then
     */
    public static UnixSocket of(Fd fd) {
        return new UnixSocket(EventFd.of(fd).fd());
    }

    /** {@return the descriptor, to poll and to send} */
    public Fd fd() {
        return fd;
    }

    /**
     * Sends bytes, and descriptors along with the first.
     *
     * @param bytes all of them
     * @param fds stay the caller's; at most 16
     * @param deadlineNanos of {@link System#nanoTime}
     * @throws IllegalArgumentException if there are more
     * @throws SystemCallException if the other side is gone, or does not take them in time
     */
    public void send(byte[] bytes, List<Fd> fds, long deadlineNanos) {
        if (fds.size() > Packet.MAX_FDS) {
            throw new IllegalArgumentException("at most " + Packet.MAX_FDS + " descriptors, not " + fds.size());
        }
        fd.require("send");
        int entered = 0;
        try {
            while (entered < fds.size()) {
                fds.get(entered).require("send it");
                entered++;
            }
            int sent = 0;
            while (sent < bytes.length) {
                int piece = Math.min(bytes.length - sent, packet.capacityBytes());
                long count = packet.send(fd.number(), bytes, sent, piece, sent == 0 ? fds : List.of());
                if (count < 0) {
                    await("sendmsg", Interest.WRITE, deadlineNanos);
                } else {
                    sent += (int) count;
                }
            }
        } finally {
            for (int i = 0; i < entered; i++) {
                fds.get(i).leave();
            }
            fd.leave();
        }
    }

    /** A call failed: waits until it may succeed. */
    private void await(String call, Interest interest, long deadlineNanos) {
        int errno = SystemCalls.errno();
        if (errno != Errno.EAGAIN && errno != Errno.EINTR) {
            throw SystemCallException.of(call, errno);
        }
        long left = deadlineNanos - System.nanoTime();
        if (left <= 0) {
            throw SystemCallException.of(call + ": out of time", errno);
        }
        poller.poll(List.of(new Watch(fd, interest)), left);
    }

    /**
     * Receives so many bytes, and the descriptors that came along with them.
     *
     * @param bytes filled from start to end
     * @param fds those that came are added, whatever the outcome, and owned by the caller
     * @param deadlineNanos of {@link System#nanoTime}
     * @return what became of it
     * @throws SystemCallException if the connection has failed
     */
    public Outcome receive(byte[] bytes, List<Fd> fds, long deadlineNanos) {
        fd.require("receive");
        try {
            int received = 0;
            while (received < bytes.length) {
                int piece = Math.min(bytes.length - received, packet.capacityBytes());
                long count = packet.receive(fd.number(), bytes, received, piece, fds);
                if (count < 0 && SystemCalls.errno() != Errno.ECONNRESET) {
                    if (!awaitBytes(deadlineNanos)) {
                        return Outcome.LATE;
                    }
                } else if (count <= 0) {
                    // A reset too: the other side closed with bytes of ours unread.
                    return received == 0 ? Outcome.ENDED : Outcome.CUT;
                } else if (packet.isCut()) {
                    return Outcome.TOO_MANY_FDS;
                } else {
                    received += (int) count;
                }
            }
            return Outcome.COMPLETE;
        } finally {
            fd.leave();
        }
    }

    private boolean awaitBytes(long deadlineNanos) {
        int errno = SystemCalls.errno();
        if (errno != Errno.EAGAIN && errno != Errno.EINTR) {
            throw SystemCallException.of("recvmsg", errno);
        }
        long left = deadlineNanos - System.nanoTime();
        if (left <= 0) {
            return false;
        }
        poller.poll(List.of(new Watch(fd, Interest.READ)), left);
        return true;
    }

    /** Tells the other side that nothing more will be sent; what it sends can still be received. */
    public void endSending() {
        if (fd.enter()) {
            // Fails only where the other side is gone, which is what this is for.
            SystemCalls.shutdown(fd.number(), Linux.SHUT_WR);
            fd.leave();
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
