// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import io.virtio4j.vhostuser.message.Header;
import io.virtio4j.vhostuser.message.Incoming;
import io.virtio4j.vhostuser.message.Refusal;
import io.virtio4j.vhostuser.os.Fd;
import io.virtio4j.vhostuser.os.SystemCallException;
import io.virtio4j.vhostuser.os.UnixSocket;
import io.virtio4j.vhostuser.os.UnixSocket.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection that carries whole messages. One thread at a time. */
final class MessageSocket implements AutoCloseable {
    private final UnixSocket socket;

    MessageSocket(UnixSocket socket) {
        this.socket = socket;
    }

    /** A message that came. */
    static final class Frame {
        private final Header header;
        private final byte[] payload;
        private final List<Fd> fds;

        private Frame(Header header, byte[] payload, List<Fd> fds) {
            this.header = header;
            this.payload = payload;
            this.fds = fds;
        }

        Header header() {
            return header;
        }

        /** As long as the header says. */
        byte[] payload() {
            return payload;
        }

        /** What came along, owned by whoever received it. */
        List<Fd> fds() {
            return fds;
        }

        void closeFds() {
            fds.forEach(Fd::close);
        }
    }

    /**
     * What came.
     *
     * @param frame a message; missing if none came, and none will
     * @param reason why none came; missing at the end of a connection, between two messages
     */
    record Received(@Nullable Frame frame, @Nullable String reason) {}

    Fd fd() {
        return socket.fd();
    }

    void send(Header header, byte[] payload, List<Fd> fds, long deadlineNanos) {
        socket.send(header.encode(payload), fds, deadlineNanos);
    }

    /** Receives one message, all of it before the deadline. */
    Received receive(long deadlineNanos) {
        List<Fd> fds = new ArrayList<>();
        boolean kept = false;
        try {
            Received received = receive(fds, deadlineNanos);
            kept = received.frame() != null;
            return received;
        } catch (SystemCallException e) {
            return new Received(null, e.getMessage());
        } finally {
            if (!kept) {
                fds.forEach(Fd::close);
            }
        }
    }

    private Received receive(List<Fd> fds, long deadlineNanos) {
        byte[] start = new byte[Header.BYTES];
        Outcome outcome = socket.receive(start, fds, deadlineNanos);
        if (outcome != Outcome.COMPLETE) {
            return new Received(null, outcome == Outcome.ENDED ? null : reason(outcome));
        }
        Incoming header = Header.decode(start);
        if (header instanceof Refusal refusal) {
            return new Received(null, refusal.reason());
        }
        byte[] payload = new byte[((Header) header).payloadBytes()];
        outcome = socket.receive(payload, fds, deadlineNanos);
        return outcome == Outcome.COMPLETE
                ? new Received(new Frame((Header) header, payload, fds), null)
                : new Received(null, reason(outcome));
    }

    private static String reason(Outcome outcome) {
        return switch (outcome) {
            case COMPLETE, ENDED, CUT -> "the connection ended in the middle of a message";
            case TOO_MANY_FDS -> "more descriptors came than any message has";
            case LATE -> "no message came in time";
        };
    }

    /** Asks the other side to go, and waits until it has: it then uses nothing of ours. */
    boolean awaitEnd(long deadlineNanos) {
        socket.endSending();
        byte[] nothing = new byte[1];
        List<Fd> fds = new ArrayList<>();
        try {
            Outcome outcome = Outcome.COMPLETE;
            while (outcome == Outcome.COMPLETE || outcome == Outcome.TOO_MANY_FDS) {
                outcome = socket.receive(nothing, fds, deadlineNanos);
            }
            return outcome == Outcome.ENDED;
        } finally {
            fds.forEach(Fd::close);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
