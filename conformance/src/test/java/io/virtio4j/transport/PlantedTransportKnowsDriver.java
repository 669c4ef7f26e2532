// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.transport;

import io.virtio4j.driver.DriverQueue;

/** Breaks a rule on purpose: a transport that knows a driver. */
public final class PlantedTransportKnowsDriver {
    DriverQueue queue;
}
