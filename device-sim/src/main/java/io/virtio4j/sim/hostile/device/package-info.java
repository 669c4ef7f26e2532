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
 * for things whose answers are known, and closes it.
 *
 * <p>Hostile devices are played in process only, for now. What a driver did is known from what its user was told ({@link
 * io.virtio4j.sim.hostile.device.Told}), and the device has its turns on the driver's own thread, so that no verdict hangs on
 * time; a driver behind a socket gives neither. There, verdicts would have to come from what the device sees: status writes,
 * kicks and requests.
 */
package io.virtio4j.sim.hostile.device;
