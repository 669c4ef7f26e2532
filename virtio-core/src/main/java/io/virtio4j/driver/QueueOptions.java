// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.queue.BarrierPolicy;
import java.util.Optional;
import org.agrona.ErrorHandler;

/**
 * What a driver decides about its half of a queue, the device having no say in it.
 *
 * @param policy where {@code pollUsed} puts its fences
 * @param errorHandler is told once when the device breaks the ring
 * @param indirectTables used for chains of several parts if INDIRECT_DESC was negotiated; may be missing
 */
record QueueOptions(BarrierPolicy policy, ErrorHandler errorHandler, Optional<IndirectTables> indirectTables) {
    /**
     * Options without indirect tables.
     *
     * @param policy where {@code pollUsed} puts its fences
     * @param errorHandler is told once when the device breaks the ring
     */
    QueueOptions(BarrierPolicy policy, ErrorHandler errorHandler) {
        this(policy, errorHandler, Optional.empty());
    }
}
