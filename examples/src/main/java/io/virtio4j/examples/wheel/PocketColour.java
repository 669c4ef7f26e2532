// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import java.util.Locale;

/** The colour of a pocket of the European wheel. */
public enum PocketColour {
    /** Zero, and nothing else. */
    GREEN,
    /** Eighteen of the numbers 1 to 36. */
    RED,
    /** The other eighteen. */
    BLACK;

    /**
     * How one says it.
     *
     * @return green, red or black
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
