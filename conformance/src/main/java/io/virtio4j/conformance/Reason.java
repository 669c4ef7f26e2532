// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import java.util.Arrays;

/** Why a clause does not apply to this library. The list is closed: a new reason is a decision, not an entry in a file. */
enum Reason {
    PCI("PCI", "needs a PCI function, and no transport here is PCI"),
    ZONED("zoned", "zoned block devices (VIRTIO_BLK_F_ZONED) are neither offered nor accepted"),
    THREE_D(
            "3D",
            "the GPU works in 2D mode: no VIRGL, contexts, capability sets, blobs of the host's memory or devices that"
                    + " import resources"),
    LEGACY("legacy", "the legacy interface (0.9) is not built"),
    SUSPEND("suspend", "1.4's VIRTIO_F_SUSPEND is not offered"),
    UNUSED_MAY("unused MAY", "a permission that is not made use of");

    private final String word;
    private final String explanation;

    Reason(String word, String explanation) {
        this.word = word;
        this.explanation = explanation;
    }

    static Reason of(String word) {
        return Arrays.stream(values())
                .filter(reason -> reason.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown reason: " + word + "; known: "
                        + Arrays.stream(values()).map(Reason::word).toList()));
    }

    String word() {
        return word;
    }

    String explanation() {
        return explanation;
    }
}
