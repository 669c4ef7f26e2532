// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What is known of a GPU device beside its answers: what its displays show, and how much it can hold. Of a device elsewhere,
 * nothing need be known; then its answers are all that counts.
 *
 * <p>One thread, the case's.
 */
public interface GpuWitness {
    /** Nothing is known. */
    GpuWitness NONE = scanoutId -> Optional.empty();

    /**
     * Looks at a scanout.
     *
     * @param scanoutId which
     * @return what it shows since its last flush, row by row, each pixel as it lies in memory, little-endian; an empty array if
     *     it is off; nothing if nobody can look
     */
    Optional<int[]> pixels(int scanoutId);

    /** {@return how many bytes all resources together may take} */
    default OptionalLong hostBytes() {
        return OptionalLong.empty();
    }

    /** {@return how many resources there may be} */
    default OptionalInt resources() {
        return OptionalInt.empty();
    }
}
