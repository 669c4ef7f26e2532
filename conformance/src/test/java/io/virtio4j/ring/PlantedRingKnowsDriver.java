// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.ring;

import io.virtio4j.driver.DriverQueue;

/** Breaks a rule on purpose: the bytes both halves share know one half. */
public final class PlantedRingKnowsDriver {
    DriverQueue half;
}
