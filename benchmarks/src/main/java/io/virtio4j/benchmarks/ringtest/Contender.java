// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

/** What takes its turn. One thread. */
interface Contender {
    /** {@return its name in tables and results} */
    String name();

    /** Works for about so long before anything counts. */
    void warmUp(long nanos);

    /** Works for about so long. */
    Work measure(long nanos);

    /**
     * What was done in a slice.
     *
     * @param nanosEach nanoseconds a buffer, there and back
     * @param buffers how many; 0 if that is not known
     * @param allocatedBytes in all
     */
    record Work(double nanosEach, long buffers, long allocatedBytes) {}
}
