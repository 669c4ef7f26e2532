// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.transport;

/**
 * Sends an available-buffer notification: the only call into a transport on the hot path. VirtIO 1.2, 2.9 Driver
 * Notifications.
 */
@FunctionalInterface
public interface Doorbell {
    /**
     * Tells the device to look at a queue. Called on the driver queue's thread; returns at once.
     *
     * @param payload the queue's index, or where the driver stands in it if NOTIFICATION_DATA was negotiated
     */
    void ring(int payload);
}
