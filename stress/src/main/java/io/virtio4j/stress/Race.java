// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

/**
 * One meeting of a driver and a device: each makes its step once, on a thread of its own, and says what came of it.
 *
 * <p>It mentions no type of the library, so that a test can talk alike to a race over the shipped code and to one over a
 * copy of it that was changed.
 */
public interface Race {
    /** {@return what the driver saw, after its step} */
    String driver();

    /** {@return what the device saw, after its step} */
    String device();

    /** {@return what is to be seen when both are done; nothing, unless a race says otherwise} */
    default String after() {
        return "";
    }

    /** Goes through the steps of both sides on one thread, so that they are compiled before it counts. */
    default void rehearse() {}

    /** {@return over which ring, and from where} */
    String ring();
}
