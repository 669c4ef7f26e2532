// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DeviceHealth;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.wire.Features;
import java.util.List;

/**
 * A device that works, from a bring-up to the next reset of it.
 *
 * @param session the session with it
 * @param features those agreed on
 * @param health how the device is, for calls that are no queue's
 * @param config what it said of itself then
 * @param limits how much a request may carry
 * @param queues the request queues
 */
record Started(
        DriverSession session,
        Features features,
        DeviceHealth health,
        BlkConfig config,
        RequestLimits limits,
        List<QueueParts> queues) {}
