// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** A socket with a name that others connect to. One thread accepts; any may close it. */
public final class UnixListener implements AutoCloseable {
    private static final int BACKLOG = 16;
    private static final int OWNER_ONLY = 0600;
    private static final int TYPE = Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;

    private final Fd fd;
    private final Path path;

    private UnixListener(Fd fd, Path path) {
        this.fd = fd;
        this.path = path;
    }

    /**
     * Listens, for processes of the same user only. A name that a dead process has left is taken over.
     *
     * @param path the name
     * @return the listener
     * @throws SystemCallException if another process listens there (EADDRINUSE), the name is that of another file, or its folder
     *     cannot be written to
     */
    public static UnixListener listen(Path path) {
        byte[] address = UnixAddress.of(path);
        removeIfDead(path, address);
        Fd fd = Fd.of(SystemCalls.socket(Linux.AF_UNIX, TYPE, 0), "socket");
        boolean named = false;
        try {
            if (SystemCalls.bind(fd.number(), address, address.length) < 0) {
                throw SystemCallException.of("bind to " + path);
            }
            named = true;
            // Nobody can connect before listen(), so the mode holds from the first connection on.
            if (SystemCalls.chmod(UnixAddress.path(path), OWNER_ONLY) < 0) {
                throw SystemCallException.of("chmod " + path);
            }
            if (SystemCalls.listen(fd.number(), BACKLOG) < 0) {
                throw SystemCallException.of("listen at " + path);
            }
            return new UnixListener(fd, path);
        } catch (RuntimeException e) {
            fd.close();
            if (named) {
                SystemCalls.unlink(UnixAddress.path(path));
            }
            throw e;
        }
    }

    private static void removeIfDead(Path path, byte[] address) {
        try (Fd probe = Fd.of(SystemCalls.socket(Linux.AF_UNIX, TYPE, 0), "socket")) {
            boolean refused = SystemCalls.connect(probe.number(), address, address.length) < 0
                    && SystemCalls.errno() == Errno.ECONNREFUSED;
            // A file that is no socket refuses too: that one is not ours to remove.
            if (refused && isSocket(path)) {
                SystemCalls.unlink(UnixAddress.path(path));
            }
        }
    }

    private static boolean isSocket(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).isOther();
        } catch (IOException e) {
            // Gone, or not to be looked at: bind will say which.
            return false;
        }
    }

    /** {@return the descriptor, to poll: readable when somebody connects} */
    public Fd fd() {
        return fd;
    }

    /**
     * Takes the next connection.
     *
     * @return the connection; nothing if nobody waits
     * @throws SystemCallException if there is no descriptor left for it
     */
    public Optional<UnixSocket> accept() {
        if (!fd.enter()) {
            return Optional.empty();
        }
        try {
            int accepted = SystemCalls.accept4(fd.number(), 0, 0, Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC);
            if (accepted >= 0) {
                return Optional.of(new UnixSocket(new Fd(accepted)));
            }
            int errno = SystemCalls.errno();
            if (errno == Errno.EAGAIN || errno == Errno.EINTR || errno == Errno.ECONNABORTED) {
                return Optional.empty();
            }
            throw SystemCallException.of("accept at " + path, errno);
        } finally {
            fd.leave();
        }
    }

    /** Stops listening and removes the name. Again does nothing. */
    @Override
    public void close() {
        if (!fd.isClosed()) {
            fd.close();
            SystemCalls.unlink(UnixAddress.path(path));
        }
    }
}
