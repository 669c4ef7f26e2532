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
     * @param payload low 16 bits: the queue's index, or with NOTIF_CONFIG_DATA the transport's
     *     {@link Transport#notificationData}; high 16 bits: where the driver stands in the queue if NOTIFICATION_DATA was
     *     negotiated
     */
    void ring(int payload);
}
