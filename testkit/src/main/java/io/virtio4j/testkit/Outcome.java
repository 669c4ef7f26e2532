// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.testkit;

/** How a test ended; of several invocations of one test the worst counts. Ordered from best to worst. */
enum Outcome {
    PASSED,
    /** Not run, or given up by the test itself because something that it needs is not there. */
    SKIPPED,
    FAILED;

    Outcome worseOf(Outcome other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /** As it stands in the file. */
    String word() {
        return switch (this) {
            case PASSED -> "passed";
            case SKIPPED -> "skipped";
            case FAILED -> "failed";
        };
    }

    static Outcome ofWord(String word) {
        for (Outcome outcome : values()) {
            if (outcome.word().equals(word)) {
                return outcome;
            }
        }
        throw new IllegalArgumentException("no outcome is called " + word);
    }
}
