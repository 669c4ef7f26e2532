// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import io.virtio4j.device.VirtioDevice;
import io.virtio4j.vhostuser.os.EventFd;
import io.virtio4j.vhostuser.os.Poller;
import io.virtio4j.vhostuser.os.Poller.Interest;
import io.virtio4j.vhostuser.os.Poller.Watch;
import io.virtio4j.vhostuser.os.SystemCallException;
import io.virtio4j.vhostuser.os.UnixListener;
import io.virtio4j.vhostuser.os.UnixSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ErrorHandler;

/**
 * Serves a device to other processes over vhost-user: the back-end. QEMU, or a driver behind a {@link VhostUserTransport},
 * connects to its socket.
 *
 * <p>One front-end at a time, one after another: the device is reset in between. A front-end that sends what is no message, or
 * asks without a way to be refused for what cannot be, loses its connection and nothing else; the error handler is told once of
 * each. The socket is for processes of the same user, and is removed when the server closes or the JVM ends in order.
 *
 * <p>Offered are MQ, REPLY_ACK, BACKEND_REQ (changes of the configuration), CONFIG, RESET_DEVICE, CONFIGURE_MEM_SLOTS and STATUS,
 * and packed rings. Not offered: live migration (LOG_ALL), in-flight tracking (INFLIGHT_SHMFD), RING_RESET and
 * NOTIFICATION_DATA.
 *
 * <p>A thread of its own serves everything. {@link #close} is for any other.
 */
public final class VhostUserServer implements AutoCloseable {
    private static final long CLOSE_TIMEOUT_MILLIS = 10_000;
    private static final long SLEEP_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long NO_DESCRIPTORS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final UnixListener listener;
    private final VirtioDevice device;
    private final boolean polls;
    private final ErrorHandler errorHandler;
    private final EventFd wake;
    private final Thread thread;
    private final Thread atExit;
    private volatile boolean stopping;

    private VhostUserServer(
            UnixListener listener, VirtioDevice device, boolean polls, EventFd wake, ErrorHandler errorHandler) {
        this.listener = listener;
        this.device = device;
        this.polls = polls;
        this.wake = wake;
        this.errorHandler = errorHandler;
        this.thread = new Thread(this::run, "virtio4j-vhost-user-device-" + device.deviceId());
        // A program that forgets to close its server must not be kept alive by it.
        thread.setDaemon(true);
        this.atExit = new Thread(listener::close, "virtio4j-vhost-user-exit");
    }

    /**
     * Listens, and serves whoever connects.
     *
     * @param socket the name to listen at; one that a dead process has left is taken over
     * @param device the device; from now on only the server's thread touches it
     * @param polls whether the thread never sleeps, and wants no kicks
     * @param errorHandler is told, on the server's thread, what a front-end or a driver broke, or the device itself
     * @return the server
     * @throws java.io.UncheckedIOException if another process listens there, or the name cannot be made
     */
    public static VhostUserServer start(Path socket, VirtioDevice device, boolean polls, ErrorHandler errorHandler) {
        UnixListener listener = UnixListener.listen(socket);
        EventFd wake;
        try {
            wake = EventFd.create();
        } catch (RuntimeException e) {
            listener.close();
            throw e;
        }
        VhostUserServer server = new VhostUserServer(listener, device, polls, wake, errorHandler);
        Runtime.getRuntime().addShutdownHook(server.atExit);
        device.attach(wake::signal);
        server.thread.start();
        return server;
    }

    private void run() {
        try {
            Poller poller = new Poller();
            List<Watch> watches = List.of(new Watch(wake.fd(), Interest.READ), new Watch(listener.fd(), Interest.READ));
            while (!stopping) {
                poller.poll(watches, SLEEP_NANOS);
                wake.take();
                accept().ifPresent(this::serve);
            }
        } catch (RuntimeException e) {
            errorHandler.onError(e);
        } finally {
            listener.close();
            wake.close();
        }
    }

    private Optional<UnixSocket> accept() {
        try {
            return stopping ? Optional.empty() : listener.accept();
        } catch (SystemCallException e) {
            // No descriptor is left: others may give some back.
            errorHandler.onError(e);
            LockSupport.parkNanos(NO_DESCRIPTORS_NANOS);
            return Optional.empty();
        }
    }

    private void serve(UnixSocket socket) {
        try (BackConnection connection =
                new BackConnection(socket, device, polls, wake, () -> stopping, errorHandler)) {
            connection.serve();
        } catch (RuntimeException | InternalError e) {
            // An InternalError is how the JVM tells of memory whose file has become shorter.
            errorHandler.onError(e);
        }
    }

    /**
     * Sends the front-end away, resets the device and removes the socket.
     *
     * @throws IllegalStateException if the thread does not end within 10 seconds: the device does not come back
     */
    @Override
    public void close() {
        stopping = true;
        wake.signal();
        boolean interrupted = false;
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_TIMEOUT_MILLIS);
        while (thread.isAlive() && System.nanoTime() - deadlineNanos < 0) {
            try {
                thread.join(CLOSE_TIMEOUT_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new IllegalStateException(thread.getName() + " does not end within " + CLOSE_TIMEOUT_MILLIS + " ms");
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is ending, and runs it.
            return;
        }
    }
}
