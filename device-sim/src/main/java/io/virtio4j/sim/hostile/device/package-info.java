// SPDX-License-Identifier: Apache-2.0

/**
 * Hostile devices: cases that play the device against a driver, and what they play it with.
 *
 * <pre>
 *   case --&gt; DevicePort: registers, answers, rings --&gt; Transport --&gt; DriverUnderTest --&gt; Told
 *               |
 *               +-- HonestDevice, where the case says nothing else; RawDeviceRing, to write a ring by hand
 * </pre>
 *
 * <p>A driver is put to the test by a {@link io.virtio4j.sim.hostile.device.DriverUnderTest}, which opens it, asks it
 * for things
 * whose answers are known, and closes it.
 */
package io.virtio4j.sim.hostile.device;
