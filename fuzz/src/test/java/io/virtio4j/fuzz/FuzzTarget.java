// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

/** Something that bytes are thrown at. Keeps nothing from one input to the next. */
interface FuzzTarget {
    /** {@return the name of its folder in the corpus} */
    String name();

    /**
     * Plays one input to its end.
     *
     * @param input any bytes
     * @return how many steps that were
     * @throws AssertionError if a property does not hold; anything else that is thrown is a finding too
     */
    long play(byte[] input);
}
