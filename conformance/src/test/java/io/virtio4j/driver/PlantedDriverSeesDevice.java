// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.device.DeviceQueue;

/** Breaks a rule on purpose: a driver that holds a device's half of a queue. */
public final class PlantedDriverSeesDevice {
    DeviceQueue queue;
}
