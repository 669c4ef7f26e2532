// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest.loop;

/** What either end asks of each buffer. */
final class Check {
    private Check() {}

    /** The next buffer must be the next one sent. */
    static void same(String what, long expected, long found) {
        if (expected != found) {
            throw mismatch(what, expected, found);
        }
    }

    private static IllegalStateException mismatch(String what, long expected, long found) {
        return new IllegalStateException(what + " " + expected + " was expected and " + found + " came");
    }
}
