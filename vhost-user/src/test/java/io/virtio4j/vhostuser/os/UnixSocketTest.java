// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.vhostuser.os.Poller.Interest;
import io.virtio4j.vhostuser.os.Poller.Watch;
import io.virtio4j.vhostuser.os.UnixSocket.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    @TempDir
    Path folder;

    private List<String> open;

    @BeforeEach
    void count() {
        open = Descriptors.open();
    }

    @AfterEach
    void nothingIsLeftOpen() {
        assertThat(Descriptors.open()).isEqualTo(open);
    }

    private static long soon() {
        return System.nanoTime() + WAIT_NANOS;
    }

    @Test
    void bytesAndDescriptorsArrive() {
        List<UnixSocket> ends = UnixSocket.pair();
        List<Fd> received = new ArrayList<>();
        byte[] bytes = new byte[5];
        try (EventFd first = EventFd.create();
                EventFd second = EventFd.create();
                UnixSocket from = ends.get(0);
                UnixSocket to = ends.get(1)) {
            from.send(new byte[] {1, 2, 3, 4, 5}, List.of(first.fd(), second.fd()), soon());
            assertThat(to.receive(bytes, received, soon())).isEqualTo(Outcome.COMPLETE);
            assertThat(bytes).containsExactly(1, 2, 3, 4, 5);
            assertThat(received).hasSize(2);
            try (EventFd theSecond = EventFd.of(received.get(1))) {
                assertThat(theSecond.signal()).isTrue();
            }
            assertThat(first.take()).isFalse();
            assertThat(second.take()).isTrue();
            received.forEach(Fd::close);
        }
    }

    @Test
    void whatIsLongerThanAnyBufferOfTheKernelArrivesInOrder() throws InterruptedException {
        List<UnixSocket> ends = UnixSocket.pair();
        byte[] sent = new byte[3 << 20];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = (byte) (i * 31 + (i >> 8));
        }
        byte[] received = new byte[sent.length];
        try (UnixSocket from = ends.get(0);
                UnixSocket to = ends.get(1)) {
            Thread sender = new Thread(() -> from.send(sent, List.of(), soon()));
            sender.start();
            assertThat(to.receive(received, new ArrayList<>(), soon())).isEqualTo(Outcome.COMPLETE);
            sender.join();
        }
        assertThat(received).isEqualTo(sent);
    }

    @Test
    void aConnectionEndsBetweenMessagesOrInTheMiddleOfOne() {
        List<UnixSocket> ends = UnixSocket.pair();
        try (UnixSocket to = ends.get(1)) {
            ends.get(0).send(new byte[3], List.of(), soon());
            ends.get(0).close();
            assertThat(to.receive(new byte[1], new ArrayList<>(), soon())).isEqualTo(Outcome.COMPLETE);
            assertThat(to.receive(new byte[3], new ArrayList<>(), soon())).isEqualTo(Outcome.CUT);
            assertThat(to.receive(new byte[1], new ArrayList<>(), soon())).isEqualTo(Outcome.ENDED);
            assertThatThrownBy(() -> to.send(new byte[1], List.of(), soon()))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessage("sendmsg: EPIPE");
        }
    }

    @Test
    void whoSaysNothingIsNotWaitedForBeyondTheDeadline() {
        List<UnixSocket> ends = UnixSocket.pair();
        try (UnixSocket silent = ends.get(0);
                UnixSocket to = ends.get(1)) {
            assertThat(to.receive(new byte[1], new ArrayList<>(), System.nanoTime() + 1_000_000))
                    .isEqualTo(Outcome.LATE);
            byte[] much = new byte[8 << 20];
            assertThatThrownBy(() -> to.send(much, List.of(), System.nanoTime() + 1_000_000))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessageContaining("out of time");
            assertThat(silent.fd().isClosed()).isFalse();
        }
    }

    @Test
    void moreDescriptorsThanAnyMessageHasAreToldAndNotLeaked() {
        List<UnixSocket> ends = UnixSocket.pair();
        List<Fd> received = new ArrayList<>();
        try (EventFd counter = EventFd.create();
                UnixSocket from = ends.get(0);
                UnixSocket to = ends.get(1)) {
            List<Fd> many = new ArrayList<>();
            for (int i = 0; i < Packet.MAX_FDS; i++) {
                many.add(counter.fd());
            }
            from.send(new byte[1], many, soon());
            assertThat(to.receive(new byte[1], received, soon())).isEqualTo(Outcome.COMPLETE);
            assertThat(received).hasSize(Packet.MAX_FDS);
            received.forEach(Fd::close);
            assertThatThrownBy(() -> {
                        many.add(counter.fd());
                        from.send(new byte[1], many, soon());
                    })
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theSocketIsItsOwnersOnlyAndGoesWithItsListener() throws IOException {
        Path path = folder.resolve("s");
        try (UnixListener listener = UnixListener.listen(path)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
            assertThat(listener.accept()).isEmpty();
            UnixSocket client = UnixSocket.connect(path, WAIT_NANOS);
            assertThat(new Poller().poll(List.of(new Watch(listener.fd(), Interest.READ)), WAIT_NANOS))
                    .isTrue();
            UnixSocket server = listener.accept().orElseThrow();
            client.close();
            server.close();
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void anotherListenerIsRefusedAndTheFirstGoesOn() {
        Path path = folder.resolve("s");
        try (UnixListener first = UnixListener.listen(path)) {
            assertThatThrownBy(() -> UnixListener.listen(path))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessageContaining("bind to " + path + ": EADDRINUSE");
            UnixSocket.connect(path, WAIT_NANOS).close();
            first.accept().orElseThrow().close();
            // The other's look whether somebody is here.
            first.accept().ifPresent(UnixSocket::close);
        }
    }

    @Test
    void theNameOfADeadListenerIsTakenOverAndAFileIsNot() throws IOException {
        Path path = folder.resolve("s");
        try (Fd dead = Fd.of(SystemCalls.socket(Linux.AF_UNIX, Linux.SOCK_STREAM, 0), "socket")) {
            byte[] address = UnixAddress.of(path);
            assertThat(SystemCalls.bind(dead.number(), address, address.length)).isZero();
        }
        assertThat(path).exists();
        UnixListener.listen(path).close();

        Files.writeString(path, "not a socket");
        assertThatThrownBy(() -> UnixListener.listen(path)).isInstanceOf(SystemCallException.class);
        assertThat(path).hasContent("not a socket");
    }

    @Test
    void nobodyToConnectToIsSaid() {
        assertThatThrownBy(() -> UnixSocket.connect(folder.resolve("none"), WAIT_NANOS))
                .isInstanceOf(SystemCallException.class)
                .hasMessageEndingWith("none: ENOENT");
        assertThatThrownBy(() -> UnixSocket.connect(folder.resolve("x".repeat(108)), WAIT_NANOS))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aListenerThatIsBusyIsNotWaitedForBeyondTheDeadline() {
        Path path = folder.resolve("s");
        List<UnixSocket> waiting = new ArrayList<>();
        try (UnixListener busy = UnixListener.listen(path)) {
            assertThatThrownBy(() -> {
                        while (waiting.size() < 1000) {
                            waiting.add(UnixSocket.connect(path, 1_000_000));
                        }
                    })
                    .isInstanceOf(SystemCallException.class)
                    .hasMessageEndingWith("EAGAIN");
            assertThat(busy.fd().isClosed()).isFalse();
        } finally {
            waiting.forEach(UnixSocket::close);
        }
    }
}
