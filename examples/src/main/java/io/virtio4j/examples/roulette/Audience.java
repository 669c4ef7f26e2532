// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import java.util.Optional;

/** Who watches a run while it goes on. Called by the driver's thread, between two frames and never within the frame path. */
interface Audience extends AutoCloseable {
    /** Nobody watches: the run goes on as fast as it can. */
    Audience NOBODY = new Audience() {};

    /**
     * The device shows another frame.
     *
     * @param pixels all that it shows, 0xAARRGGBB row by row; only read, and not after the call
     */
    default void shown(int[] pixels) {}

    /**
     * Waits until it is time for the next frame.
     *
     * @return false once nobody wants to see another one
     */
    default boolean awaitsNext() {
        return true;
    }

    /** Gives the audience some time to see how it ended. */
    default void applaud() {}

    /** {@return whether nobody wants to see any more} */
    default boolean hasLeft() {
        return false;
    }

    /** {@return a line on what has been seen} */
    default Optional<String> summary() {
        return Optional.empty();
    }

    @Override
    default void close() {}
}
