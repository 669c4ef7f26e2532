// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

import io.virtio4j.queue.QueueConfig;

/** Breaks a rule on purpose: constants that know a queue. */
public final class PlantedWireKnowsQueue {
    QueueConfig config;
}
