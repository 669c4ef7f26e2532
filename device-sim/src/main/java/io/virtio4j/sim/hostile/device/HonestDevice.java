// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.wire.Features;

/**
 * What a device of one type is where a case does not say otherwise: what it offers, and how it answers. One thread.
 *
 * <p>Features of rings are not its business, nor VERSION_1: the port adds them.
 */
public interface HonestDevice {
    /** {@return the device type, see {@code DeviceId}} */
    int deviceId();

    /** {@return the features of the device type that it offers} */
    Features features();

    /** {@return its configuration, a fresh copy} */
    byte[] config();

    /** {@return how many queues it has} */
    int queueCount();

    /**
     * The driver has written configuration.
     *
     * @param offset first byte
     * @param bytes what
     */
    default void configWritten(int offset, byte[] bytes) {
        // Most have nothing to write.
    }

    /**
     * Answers a request.
     *
     * @param queueIndex which queue it came by
     * @param request what the driver wrote
     * @param roomBytes how long the answer may be
     * @return what goes into the writable parts from their begin on, {@code roomBytes} at most
     */
    byte[] answer(int queueIndex, byte[] request, int roomBytes);
}
