// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

import io.virtio4j.wire.Features;

/**
 * What a {@link SteppedDevice} says of itself.
 *
 * @param deviceId the device type, see {@code DeviceId}
 * @param features what it offers, features of rings apart: those are added
 * @param queueCount how many queues it has
 * @param maxQueueSize how many descriptors each takes at most
 * @param configLengthBytes how long its configuration is
 */
public record DeviceType(int deviceId, Features features, int queueCount, int maxQueueSize, int configLengthBytes) {}
