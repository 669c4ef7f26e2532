// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.vhostuser.MessageSocket.Frame;
import io.virtio4j.vhostuser.MessageSocket.Received;
import io.virtio4j.vhostuser.message.Header;
import io.virtio4j.vhostuser.message.Reply;
import io.virtio4j.vhostuser.message.Request;
import io.virtio4j.vhostuser.message.RequestCode;
import io.virtio4j.vhostuser.os.EventFd;
import io.virtio4j.vhostuser.os.Fd;
import io.virtio4j.vhostuser.os.UnixSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A front-end that sends what the test says, in the order that it says. */
final class RawFrontEnd implements AutoCloseable {
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final UnixSocket stream;
    private final MessageSocket socket;
    final EventFd kick = EventFd.create();
    final EventFd call = EventFd.create();

    RawFrontEnd(Path path) {
        stream = UnixSocket.connect(path, WAIT_NANOS);
        socket = new MessageSocket(stream);
    }

    private static long soon() {
        return System.nanoTime() + WAIT_NANOS;
    }

    void send(Request request, Fd... fds) {
        byte[] payload = request.payload();
        socket.send(Header.ofRequest(request.code().number(), false, payload.length), payload, List.of(fds), soon());
    }

    void sendBytes(byte[] bytes, Fd... fds) {
        stream.send(bytes, List.of(fds), soon());
    }

    /** {@return what the back-end says of it, with REPLY_ACK: 0 if it was done} */
    long tell(Request request, Fd... fds) {
        byte[] payload = request.payload();
        socket.send(Header.ofRequest(request.code().number(), true, payload.length), payload, List.of(fds), soon());
        return ((Reply.Value) Reply.decode(RequestCode.GET_FEATURES, reply(request))).value();
    }

    Reply ask(Request request) {
        send(request);
        return (Reply) Reply.decode(request.code(), reply(request));
    }

    private byte[] reply(Request request) {
        Received received = socket.receive(soon());
        Frame frame = received.frame();
        assertThat(frame).as("reply to %s: %s", request, received).isNotNull();
        assertThat(frame.header().isReply()).isTrue();
        assertThat(frame.header().request()).isEqualTo(request.code().number());
        return frame.payload();
    }

    /** The back-end has closed the connection. */
    void assertSentAway() {
        Received received = socket.receive(soon());
        assertThat(received.frame()).isNull();
        assertThat(received.reason()).isNull();
    }

    @Override
    public void close() {
        socket.close();
        kick.close();
        call.close();
    }
}
