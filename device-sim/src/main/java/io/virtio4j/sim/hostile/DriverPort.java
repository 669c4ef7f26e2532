// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.wire.Features;

/**
 * A device as its driver sees it, with nothing between: any status, any feature bits, any queue, in any order. The case plays
 * the driver.
 *
 * <p>VirtIO 1.2, 2.1 to 2.6 and 3.1: the registers that every transport has.
 */
public interface DriverPort extends PeerPort {
    /** {@return the features that the device offers} */
    Features offeredFeatures();

    /**
     * Writes the driver's feature bits.
     *
     * @param features any
     */
    void writeFeatures(Features features);

    /** {@return the device status field} */
    int status();

    /**
     * Writes the device status field.
     *
     * @param status any; 0 resets
     */
    void writeStatus(int status);

    /** {@return how many queues the device says it has} */
    int queueCount();

    /**
     * {@return how many descriptors a queue takes at most, 0 for one that is not there}
     *
     * @param queueIndex any
     */
    int maxQueueSize(int queueIndex);

    /**
     * Writes the registers of a queue and enables it.
     *
     * @param queueIndex any
     * @param size any
     * @param addresses any
     */
    void setUpQueue(int queueIndex, int size, QueueAddresses addresses);

    /**
     * Resets one queue.
     *
     * @param queueIndex any
     */
    void resetQueue(int queueIndex);

    /**
     * {@return whether the device says that the queue's reset is complete}
     *
     * @param queueIndex any
     */
    boolean isQueueReset(int queueIndex);

    /**
     * Sends an available buffer notification. It reaches the device as the transport's kicks do: a transport that has a way of its
     * own for each queue has none for a queue that was never set up.
     *
     * @param queueIndex any
     */
    void kick(int queueIndex);

    /**
     * Sends an available buffer notification that carries more than the queue's index. For cases that need {@link
     * Need#NOTIFICATION_DATA}.
     *
     * <p>VirtIO 1.2, 2.9 Driver Notifications.
     *
     * @param queueIndex whose notification it is, any
     * @param payload what it carries, any: low 16 bits the index or the transport's data, high 16 bits where the driver stands
     * @throws UnsupportedOperationException if the way to the device carries no data
     */
    default void kick(int queueIndex, int payload) {
        throw new UnsupportedOperationException("kicks of this port carry no data");
    }

    /**
     * {@return how many used buffer notifications came for a queue so far}
     *
     * @param queueIndex which queue
     */
    int calls(int queueIndex);

    /** {@return how many configuration change notifications came so far} */
    int configChanges();

    /** {@return how long the device-specific configuration is, in bytes} */
    int configLengthBytes();

    /** {@return the configuration's generation} */
    int configGeneration();

    /**
     * Reads the device-specific configuration, in one access.
     *
     * @param offset first byte, any
     * @param lengthBytes how many, 0 or more
     * @return so many bytes; what lies outside reads as 0
     */
    byte[] readConfig(int offset, int lengthBytes);

    /**
     * Writes the device-specific configuration.
     *
     * @param offset first byte, any
     * @param bytes any
     */
    void writeConfig(int offset, byte[] bytes);
}
