// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.os;

import java.nio.charset.StandardCharsets;

/** A file without a name that lies in memory: what processes share. */
public final class MemoryFile implements AutoCloseable {
    private final Fd fd;
    private final long lengthBytes;

    private MemoryFile(Fd fd, long lengthBytes) {
        this.fd = fd;
        this.lengthBytes = lengthBytes;
    }

    /**
     * Makes one of zeros, whose length nobody can change any more: who maps it never finds it shorter.
     *
     * @param name for tools that list descriptors
     * @param lengthBytes more than 0
     * @return the file
     * @throws SystemCallException if there is no room for it
     */
    public static MemoryFile create(String name, long lengthBytes) {
        byte[] bytes = (name + "\0").getBytes(StandardCharsets.UTF_8);
        Fd fd = Fd.of(SystemCalls.memfd_create(bytes, Linux.MFD_CLOEXEC | Linux.MFD_ALLOW_SEALING), "memfd_create");
        try {
            if (SystemCalls.ftruncate(fd.number(), lengthBytes) < 0) {
                throw SystemCallException.of("ftruncate to " + lengthBytes + " bytes");
            }
            if (SystemCalls.fcntl(fd.number(), Linux.F_ADD_SEALS, Linux.F_SEAL_SHRINK | Linux.F_SEAL_GROW) < 0) {
                throw SystemCallException.of("fcntl to seal");
            }
            return new MemoryFile(fd, lengthBytes);
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /** {@return the descriptor, to send and to map} */
    public Fd fd() {
        return fd;
    }

    /** {@return how long it is} */
    public long lengthBytes() {
        return lengthBytes;
    }

    /** Closes the descriptor; what is mapped stays. */
    @Override
    public void close() {
        fd.close();
    }
}
