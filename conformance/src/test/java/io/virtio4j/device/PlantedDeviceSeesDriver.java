// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.driver.DriverQueue;

/** Breaks a rule on purpose: a device that holds a driver's half of a queue. */
public final class PlantedDeviceSeesDriver {
    DriverQueue queue;
}
