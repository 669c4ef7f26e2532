// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.os;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;

/**
 * The system calls, and nothing else: the one class that would be written anew to go without JNA. Pointers are {@code long}s.
 * What failed tells {@link #errno}.
 *
 * <p>For Linux on 64-bit machines: there a pointer, {@code size_t}, {@code off_t} and {@code long} have 64 bits.
 */
final class SystemCalls {
    static {
        if (!Platform.isLinux() || Native.POINTER_SIZE != Long.BYTES) {
            throw new UnsupportedOperationException("vhost-user needs Linux on a 64-bit machine, not "
                    + System.getProperty("os.name") + " on " + System.getProperty("os.arch"));
        }
        Native.register(SystemCalls.class, NativeLibrary.getInstance("c"));
    }

    private SystemCalls() {}

    /** Why this thread's last call failed. */
    static int errno() {
        return Native.getLastError();
    }

    // --- descriptors

    static native int close(int fd);

    static native long read(int fd, long destination, long lengthBytes);

    static native long write(int fd, long source, long lengthBytes);

    static native int fcntl(int fd, int command, int argument);

    static native int ftruncate(int fd, long lengthBytes);

    static native long lseek(int fd, long offset, int whence);

    static native int poll(long pollFds, long count, int timeoutMillis);

    static native int eventfd(int initial, int flags);

    static native int memfd_create(byte[] name, int flags);

    // --- memory

    static native long mmap(long address, long lengthBytes, int protection, int flags, int fd, long offset);

    static native int munmap(long address, long lengthBytes);

    // --- sockets

    static native int socket(int domain, int type, int protocol);

    static native int bind(int fd, byte[] address, int lengthBytes);

    static native int listen(int fd, int backlog);

    static native int accept4(int fd, long address, long addressLength, int flags);

    static native int connect(int fd, byte[] address, int lengthBytes);

    static native int socketpair(int domain, int type, int protocol, int[] ends);

    static native int shutdown(int fd, int how);

    static native long sendmsg(int fd, long header, int flags);

    static native long recvmsg(int fd, long header, int flags);

    // --- files

    static native int unlink(byte[] path);

    static native int chmod(byte[] path, int mode);
}
