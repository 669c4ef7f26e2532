// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of what was copied. */
final class Checksum {
    private final MessageDigest digest;

    Checksum() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    void update(ByteBuffer bytes) {
        digest.update(bytes);
    }

    /** Ends the checksum. */
    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
