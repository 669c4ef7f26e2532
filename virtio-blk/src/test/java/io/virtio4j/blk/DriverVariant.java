// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DriverSpec;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.stream.Stream;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * How a driver reaches its disk: each ring with one queue and with several, each number of queues with waits that sleep and with
 * waits that look.
 *
 * @param packed a packed ring, otherwise a split one
 * @param queues how many there are
 * @param sleep whether waits sleep
 */
record DriverVariant(boolean packed, int queues, boolean sleep) {
    static final int SEVERAL = 4;

    static Stream<DriverVariant> all() {
        return Stream.of(
                new DriverVariant(false, 1, false),
                new DriverVariant(true, 1, true),
                new DriverVariant(false, SEVERAL, true),
                new DriverVariant(true, SEVERAL, false));
    }

    Features ringFeatures() {
        Features ring = DriverSpec.RING_FEATURES.with(FeatureBits.RING_RESET);
        return packed ? ring : ring.without(FeatureBits.RING_PACKED);
    }

    BlkOptions of(BlkOptions options) {
        return options.withQueues(queues).withSleep(sleep).withRingFeatures(ringFeatures());
    }

    /** Futures whose thread waits as the driver does. */
    BlkFutures futures(BlkRequests requests, ErrorHandler errorHandler) {
        return sleep
                ? BlkFutures.start(requests, errorHandler)
                : BlkFutures.start(requests, new YieldingIdleStrategy(), errorHandler);
    }

    @Override
    public String toString() {
        return (packed ? "packed" : "split") + ", queues: " + queues + (sleep ? ", asleep" : ", looking");
    }
}
