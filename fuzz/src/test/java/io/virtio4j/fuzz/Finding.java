// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

/** What a target throws when a property does not hold. */
final class Finding extends AssertionError {
    private static final long serialVersionUID = 1;

    Finding(String what) {
        super(what);
    }

    static void unless(boolean holds, String what) {
        if (!holds) {
            throw new Finding(what);
        }
    }

    static void unlessEqual(long actual, long expected, String what) {
        if (actual != expected) {
            throw new Finding(what + ": " + actual + ", not " + expected);
        }
    }
}
