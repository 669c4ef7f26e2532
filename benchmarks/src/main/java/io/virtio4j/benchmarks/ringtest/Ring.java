// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

/**
 * A way to hand buffers to another thread and get them back, with an end for each. Either end throws when a buffer is lost,
 * changed or out of order. Loops, and all that they call, are loaded by a loader of their own.
 */
public interface Ring {
    /**
     * The driver's end: sends buffers, and returns when all of them are back. One thread.
     *
     * @param buffers how many
     * @param run ends the wait when the other end is gone
     */
    void drive(long buffers, Run run);

    /**
     * The device's end: gives every buffer back, until it is told to stop and finds none. One thread, another one.
     *
     * @param run tells when to stop
     */
    void serve(Run run);

    /** {@return how often the driver has told the device so far, where the ring has notifications} */
    default long kicks() {
        return 0;
    }

    /** {@return how often the device has told the driver so far, where the ring has notifications} */
    default long calls() {
        return 0;
    }
}
