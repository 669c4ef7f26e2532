// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.os;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The address of a socket that has a name in the file system. */
final class UnixAddress {
    private static final int PATH_BYTES = 108;

    private UnixAddress() {}

    /** {@return {@code struct sockaddr_un}} */
    static byte[] of(Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length >= PATH_BYTES) {
            throw new IllegalArgumentException(
                    "a socket's path has 1.." + (PATH_BYTES - 1) + " bytes, not " + name.length + ": " + path);
        }
        return ByteBuffer.allocate(Short.BYTES + PATH_BYTES)
                .order(ByteOrder.nativeOrder())
                .putShort((short) Linux.AF_UNIX)
                .put(name)
                .array();
    }

    /** {@return a path for calls on files} */
    static byte[] path(Path path) {
        return (path + "\0").getBytes(StandardCharsets.UTF_8);
    }
}
