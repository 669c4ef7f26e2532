// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

/**
 * What every ring of one measurement is run with.
 *
 * @param outstanding how many buffers are under way at most
 * @param batch how many are published together where the ring can do that; at most as many as are outstanding
 * @param ringSize descriptors of a queue, elements of a peer's queue; a power of two
 */
public record Settings(int outstanding, int batch, int ringSize) {
    /** How long a buffer is; it is named and not touched. */
    public static final int BUFFER_BYTES = 64;

    private static final int MAX_RING_SIZE = 4096;

    /** Cuts the batch to what can be outstanding. */
    public Settings {
        if (ringSize < 2 || ringSize > MAX_RING_SIZE || Integer.bitCount(ringSize) != 1) {
            throw new IllegalArgumentException(
                    "--ring-size is a power of two from 2 to " + MAX_RING_SIZE + ", not " + ringSize);
        }
        if (outstanding < 1 || outstanding > ringSize) {
            throw new IllegalArgumentException(
                    "--outstanding is 1 to the ring size, " + ringSize + ", not " + outstanding);
        }
        if (batch < 1) {
            throw new IllegalArgumentException("--batch is at least 1, not " + batch);
        }
        batch = Math.min(batch, outstanding);
    }

    /** {@return the same with every buffer published by itself} */
    public Settings oneByOne() {
        return new Settings(outstanding, 1, ringSize);
    }

    /**
     * {@return where a buffer lies, from the start of the buffers}
     *
     * @param serial which, counted from 0
     */
    public long offset(long serial) {
        return (serial & (ringSize - 1)) * BUFFER_BYTES;
    }
}
