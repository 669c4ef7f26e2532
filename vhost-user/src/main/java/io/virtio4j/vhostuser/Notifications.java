// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import io.virtio4j.vhostuser.MessageSocket.Frame;
import io.virtio4j.vhostuser.MessageSocket.Received;
import io.virtio4j.vhostuser.message.BackendRequest;
import io.virtio4j.vhostuser.message.Header;
import io.virtio4j.vhostuser.message.Reply;
import io.virtio4j.vhostuser.os.EventFd;
import io.virtio4j.vhostuser.os.Poller;
import io.virtio4j.vhostuser.os.Poller.Interest;
import io.virtio4j.vhostuser.os.Poller.Watch;
import io.virtio4j.vhostuser.os.SystemCallException;
import io.virtio4j.vhostuser.os.UnixSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * Listens to a back-end, on a thread of its own: calls of queues, queues that broke, changes of the configuration, the end of the
 * connection. The thread sleeps in between; queues that nobody wants to be called for never wake it.
 */
final class Notifications implements AutoCloseable {
    /** The thread looks around so often even if nothing wakes it. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final long DONE = 0;
    private static final long NOT_DONE = 1;

    private final RequestSocket socket;
    private final VhostUserTransport transport;
    private final ErrorHandler errorHandler;
    private final EventFd wake = EventFd.create();
    private @Nullable MessageSocket backend;
    private long timeoutNanos;
    private volatile List<FrontQueue> queues = List.of();
    private volatile boolean closed;
    private boolean started;

    Notifications(RequestSocket socket, VhostUserTransport transport, ErrorHandler errorHandler) {
        this.socket = socket;
        this.transport = transport;
        this.errorHandler = errorHandler;
    }

    /** Before {@link #start}. */
    void openBackendChannel(Consumer<UnixSocket> send, long newTimeoutNanos) {
        List<UnixSocket> ends = UnixSocket.pair();
        try (UnixSocket theirs = ends.get(1)) {
            send.accept(theirs);
        } catch (RuntimeException e) {
            ends.get(0).close();
            throw e;
        }
        backend = new MessageSocket(ends.get(0));
        timeoutNanos = newTimeoutNanos;
    }

    void start() {
        Thread thread = new Thread(this::run, "virtio4j-vhost-user-calls");
        // A driver that forgets to close its transport must not keep the process alive.
        thread.setDaemon(true);
        thread.start();
        started = true;
    }

    /** From here on these queues are listened to, and no other. Any thread. */
    void watch(List<FrontQueue> newQueues) {
        queues = List.copyOf(newQueues);
        wake.signal();
    }

    private void run() {
        try {
            Poller poller = new Poller();
            while (!closed) {
                look(poller);
            }
        } catch (RuntimeException e) {
            socket.fail("nobody listens any more: " + e.getMessage());
            errorHandler.onError(e);
            transport.connectionChanged();
        } finally {
            release();
        }
    }

    private void release() {
        wake.close();
        if (backend != null) {
            backend.close();
        }
    }

    private void look(Poller poller) {
        List<FrontQueue> now = queues;
        List<Runnable> actions = new ArrayList<>();
        List<Watch> watched = new ArrayList<>();
        add(watched, actions, new Watch(wake.fd(), Interest.READ), wake::take);
        if (socket.failure() == null) {
            add(watched, actions, new Watch(socket.fd(), Interest.GONE), this::connectionEnded);
        }
        if (backend != null) {
            add(watched, actions, new Watch(backend.fd(), Interest.READ), this::answerBackend);
        }
        for (FrontQueue queue : now) {
            add(watched, actions, new Watch(queue.err().fd(), Interest.READ), () -> broken(queue));
            if (queue.isCalled()) {
                add(watched, actions, new Watch(queue.call().fd(), Interest.READ), queue::passCallOn);
            }
        }
        if (poller.poll(watched, LOOK_NANOS)) {
            for (int i = 0; i < actions.size(); i++) {
                if (poller.isReady(i)) {
                    actions.get(i).run();
                }
            }
        }
    }

    private static void add(List<Watch> watched, List<Runnable> actions, Watch watch, Runnable action) {
        watched.add(watch);
        actions.add(action);
    }

    private void connectionEnded() {
        if (!closed) {
            socket.fail("the back-end has closed the connection");
            transport.connectionChanged();
        }
    }

    private void broken(FrontQueue queue) {
        if (queue.err().take()) {
            transport.queueBroke();
        }
    }

    private void answerBackend() {
        MessageSocket channel = backend;
        if (channel == null) {
            return;
        }
        Received received = channel.receive(System.nanoTime() + timeoutNanos);
        Frame frame = received.frame();
        if (frame == null) {
            channel.close();
            backend = null;
            String reason = received.reason();
            if (reason != null && !closed) {
                errorHandler.onError(new IllegalStateException("a back-end's own request is none: " + reason));
            }
            return;
        }
        frame.closeFds();
        Header header = frame.header();
        boolean known = header.request() == BackendRequest.CONFIG_CHANGE && frame.payload().length == 0;
        if (header.wantsReply()) {
            byte[] payload = new Reply.Value(known ? DONE : NOT_DONE).payload();
            try {
                channel.send(
                        Header.ofReply(header.request(), payload.length),
                        payload,
                        List.of(),
                        System.nanoTime() + timeoutNanos);
            } catch (SystemCallException e) {
                errorHandler.onError(e);
            }
        }
        if (known) {
            transport.configChanged();
        }
    }

    /** Ends the thread, which closes what is its own. */
    @Override
    public void close() {
        closed = true;
        queues = List.of();
        if (started) {
            wake.signal();
        } else {
            release();
        }
    }
}
