// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import io.virtio4j.transport.TransportException;
import io.virtio4j.vhostuser.MessageSocket.Frame;
import io.virtio4j.vhostuser.MessageSocket.Received;
import io.virtio4j.vhostuser.message.Header;
import io.virtio4j.vhostuser.message.Incoming;
import io.virtio4j.vhostuser.message.Refusal;
import io.virtio4j.vhostuser.message.Reply;
import io.virtio4j.vhostuser.message.Request;
import io.virtio4j.vhostuser.message.RequestCode;
import io.virtio4j.vhostuser.os.Fd;
import io.virtio4j.vhostuser.os.SystemCallException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The front-end's end of a connection: asks, and waits for the answer, so long and no longer. Any thread; one exchange at a time.
 *
 * <p>After an exchange that failed nobody can tell which answer comes next, so that there is no other: {@link #failure}.
 */
final class RequestSocket implements AutoCloseable {
    private final MessageSocket socket;
    private final long timeoutNanos;
    private boolean acknowledges;
    private volatile @Nullable String failure;

    RequestSocket(MessageSocket socket, long timeoutNanos) {
        this.socket = socket;
        this.timeoutNanos = timeoutNanos;
    }

    Fd fd() {
        return socket.fd();
    }

    /** REPLY_ACK was agreed on: from here on everything is answered. */
    synchronized void acknowledges(boolean yes) {
        acknowledges = yes;
    }

    /** {@return why there is no more use for the connection; missing as long as there is} */
    @Nullable
    String failure() {
        return failure;
    }

    /** The connection is of no more use; the first reason is kept. */
    synchronized void fail(String reason) {
        if (failure == null) {
            failure = reason;
        }
    }

    /**
     * Asks for something to be done.
     *
     * @return false if the back-end says that it has not; where it does not say anything, true
     */
    synchronized boolean tell(Request request, List<Fd> fds) {
        send(request, fds, acknowledges);
        if (!acknowledges) {
            return true;
        }
        return ((Reply.Value) receive(request)).value() == 0;
    }

    /** As {@link #tell}, for what no back-end may refuse. */
    void require(Request request, List<Fd> fds) {
        if (!tell(request, fds)) {
            throw new TransportException("the back-end refuses " + request);
        }
    }

    /** Asks a question. */
    synchronized Reply ask(Request request) {
        send(request, List.of(), false);
        return receive(request);
    }

    /** Asks for a number. */
    long askValue(Request request) {
        return ((Reply.Value) ask(request)).value();
    }

    private void send(Request request, List<Fd> fds, boolean wantsReply) {
        requireUse(request);
        byte[] payload = request.payload();
        Header header = Header.ofRequest(request.code().number(), wantsReply, payload.length);
        try {
            socket.send(header, payload, fds, System.nanoTime() + timeoutNanos);
        } catch (SystemCallException e) {
            throw failed(request, e.getMessage());
        }
    }

    private void requireUse(Request request) {
        String reason = failure;
        if (reason != null) {
            throw new TransportException("cannot ask for " + request + ": " + reason);
        }
    }

    private Reply receive(Request request) {
        Received received = socket.receive(System.nanoTime() + timeoutNanos);
        Frame frame = received.frame();
        if (frame == null) {
            String reason = received.reason();
            throw failed(request, reason == null ? "the back-end has closed the connection" : reason);
        }
        frame.closeFds();
        Header header = frame.header();
        RequestCode code = request.code();
        if (!header.isReply() || header.request() != code.number()) {
            throw failed(request, "the back-end answers with " + header);
        }
        Incoming reply = code.isAlwaysReplied()
                ? Reply.decode(code, frame.payload())
                : Reply.decode(RequestCode.GET_FEATURES, frame.payload());
        if (reply instanceof Refusal refusal) {
            throw failed(request, refusal.reason());
        }
        return (Reply) reply;
    }

    private TransportException failed(Request request, String reason) {
        fail(reason);
        return new TransportException("cannot ask for " + request + " within "
                + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms: " + reason);
    }

    /** Asks the back-end to go. {@return whether it has gone in time, and so uses nothing of ours any more} */
    synchronized boolean awaitEnd() {
        fail("the connection is being closed");
        return socket.awaitEnd(System.nanoTime() + timeoutNanos);
    }

    @Override
    public void close() {
        fail("the connection is closed");
        socket.close();
    }
}
