// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import java.util.Arrays;

/** Why no hostile peer breaks a rule. The list is closed: a new reason is a decision, not an entry in a file. */
enum ExemptReason {
    /** Wrong or lost bytes, of the peer's own or of its user, that the other side cannot tell from right ones. */
    OWN_DATA("own data"),

    /** A peer that refuses, or does nothing, where it should go on: silence and refusals are played under other rules. */
    STOPS("stops"),

    /** What the other side meets is what it could meet from a peer that keeps the rule. */
    UNSEEN("unseen");

    private final String word;

    ExemptReason(String word) {
        this.word = word;
    }

    static ExemptReason of(String word) {
        return Arrays.stream(values())
                .filter(reason -> reason.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown reason: " + word + "; known: "
                        + Arrays.stream(values()).map(reason -> reason.word).toList()));
    }
}
