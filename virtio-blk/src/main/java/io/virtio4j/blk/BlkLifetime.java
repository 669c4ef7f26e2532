// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.BlkLifetimeLayout;

/**
 * How worn the storage of a disk is, as the device told it: values that the specification does not know come as they are.
 *
 * <p>VirtIO 1.2, 5.2.6 Device Operation, {@code struct virtio_blk_lifetime}.
 *
 * @param preEolInfo how many of the reserved blocks are used up, one of {@code BlkLifetimeLayout.PRE_EOL_...}: 0 undefined,
 *     1 normal, 2 at least 80 %, 3 at least 90 %
 * @param estTypA wear of the SLC cells: 0 undefined, 1..10 the tenth of the expected life that has begun, 11 beyond it
 * @param estTypB wear of the MLC cells, as {@code estTypA}
 */
public record BlkLifetime(int preEolInfo, int estTypA, int estTypB) {
    /**
     * Reads the answer to a request for it.
     *
     * @param memory where the answer is
     * @param offset first byte of its 6
     * @return the answer
     */
    public static BlkLifetime read(SharedMemory memory, long offset) {
        return new BlkLifetime(
                memory.getLe16(offset + BlkLifetimeLayout.PRE_EOL_INFO),
                memory.getLe16(offset + BlkLifetimeLayout.EST_TYP_A),
                memory.getLe16(offset + BlkLifetimeLayout.EST_TYP_B));
    }
}
