// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.queue.QueueConfig;
import java.util.Optional;

/**
 * The device's half of a ring, written by hand: does it right when asked to ({@link #next}, {@link #use}), and anything
 * else as well, at any time. It believes what the driver wrote, so it is for drivers that are right.
 *
 * <p>One thread. What was put wrong by hand does not move where {@link #use} goes on, so that a ring can be used right
 * again afterwards, as far as the driver still listens.
 *
 * <p>VirtIO 1.2, 2.7 Split Virtqueues and 2.8 Packed Virtqueues.
 */
public sealed interface RawDeviceRing permits RawSplitDevice, RawPackedDevice {
    /** {@return what the driver has set up} */
    QueueConfig config();

    /** {@return the next chain that the driver has made available, if there is one} */
    Optional<RawChain> next();

    /**
     * Uses a chain as the specification has it, and shows it to the driver.
     *
     * @param chain from {@link #next}, of this ring
     * @param writtenBytes how many bytes the device says to have written, as 32 unsigned bits
     */
    void use(RawChain chain, int writtenBytes);

    /**
     * Uses a chain by another name.
     *
     * @param id what is named, of which as many bits count as the format has
     * @param chain from {@link #next}, of this ring
     * @param writtenBytes how many bytes the device says to have written, as 32 unsigned bits
     */
    void useAs(int id, RawChain chain, int writtenBytes);

    /**
     * Uses the next chain where another ring of the same format would: where this one stood before a reset, say.
     *
     * @param other whose position is taken over
     */
    void continueUsed(RawDeviceRing other);

    /**
     * Writes a byte over the driver's part of the ring, which a device never writes: descriptors (split) and the driver
     * area. What shows the device what is available stays as it is.
     *
     * @param value 0..255
     */
    void scribbleDriverPart(int value);

    /**
     * Writes the device's wish for notifications: flags (split) or event flags (packed).
     *
     * @param flags 16 bits of anything
     */
    void putNotificationFlags(int flags);

    /**
     * Writes where the device wants to be notified: {@code avail_event} (split) or {@code desc_event_off_wrap}
     * (packed).
     *
     * @param event 16 bits of anything
     */
    void putNotificationEvent(int event);
}
