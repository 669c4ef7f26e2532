// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

/** The colour of a pocket of the European wheel. */
public enum PocketColour {
    /** Zero, and nothing else. */
    GREEN,
    /** Eighteen of the numbers 1 to 36. */
    RED,
    /** The other eighteen. */
    BLACK
}
