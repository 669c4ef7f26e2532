// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk;

import java.util.Locale;

/**
 * What a copy did.
 *
 * @param bytes how many were copied, padding not counted
 * @param nanos how long it took, the flush included
 * @param sha256 of the bytes, in hexadecimal
 */
record CopyReport(long bytes, long nanos, String sha256) {
    String line() {
        double seconds = nanos / 1e9;
        return String.format(
                Locale.ROOT,
                "copied %d bytes in %.2f s, %.1f MB/s, SHA-256 %s",
                bytes,
                seconds,
                bytes / 1e6 / Math.max(seconds, 1e-9),
                sha256);
    }
}
