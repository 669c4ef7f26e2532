// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.rng;

/**
 * Where an entropy device takes its bytes from. {@code new SecureRandom()::nextBytes} is one, and
 * {@code new Random(seed)::nextBytes} another, for tests that want the same bytes again.
 */
@FunctionalInterface
public interface EntropySource {
    /**
     * Fills an array with random bytes. Called on the device's thread, which answers nobody meanwhile: must not wait for
     * long. The array is the device's, which wipes it; the source keeps no reference to it.
     *
     * @param destination filled from its start to its end
     * @throws RuntimeException if there are none: the device then needs a reset, and the driver gets nothing rather than
     *     something that it would take for random
     */
    void nextBytes(byte[] destination);
}
