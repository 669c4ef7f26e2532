// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.transport;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.wire.Features;

/**
 * How a driver reaches a device's registers: set-up only. Once a queue is active, driver and device meet in the ring, and
 * the {@link Doorbell} is all that is left of the transport.
 *
 * <p>One thread at a time uses a transport. Every call that waits for the device has a bound and throws
 * {@link TransportException} when the device does not answer within it: a device that has died never hangs a driver.
 *
 * <p>VirtIO 1.2, chapter 2 Basic Facilities of a Virtio Device.
 */
public interface Transport extends AutoCloseable {
    /** {@return the device type, see {@code DeviceId}} */
    int deviceId();

    /** {@return what the device offers; may be read in any state} */
    Features offeredFeatures();

    /**
     * Acknowledges features. Takes effect when the driver then sets FEATURES_OK.
     *
     * @param features a subset of the offer
     */
    void acknowledgeFeatures(Features features);

    /**
     * {@return the device status field, see {@code DeviceStatus}}
     *
     * <p>Any thread may ask: one that sleeps until the device calls looks here when it is woken for another reason.
     */
    int status();

    /**
     * Writes the device status field; 0 asks for a reset, which is complete when {@link #status()} reads 0.
     *
     * @param status the new value
     */
    void writeStatus(int status);

    /** {@return the generation of the configuration space; it changes whenever two reads could disagree} */
    int configGeneration();

    /** {@return the length of the device-specific configuration in bytes} */
    int configLengthBytes();

    /**
     * Reads device-specific configuration. Not atomic: bracket it with {@link #configGeneration()}.
     *
     * @param offset first byte
     * @param destination filled from its start to its end
     * @throws IndexOutOfBoundsException if the device's configuration is shorter
     */
    void readConfig(int offset, byte[] destination);

    /**
     * Writes device-specific configuration, where the device allows it.
     *
     * @param offset first byte
     * @param source written as a whole
     * @throws IndexOutOfBoundsException if the device's configuration is shorter
     */
    void writeConfig(int offset, byte[] source);

    /** {@return the memory that driver and device share: rings and buffers must lie in it} */
    GuestMemory memory();

    /** {@return how many queues the device has} */
    int queueCount();

    /**
     * {@return the largest size that the device takes for the queue, or 0 if there is no such queue}
     *
     * @param queueIndex 0 up to {@link #queueCount()}
     */
    int maxQueueSize(int queueIndex);

    /**
     * Tells the device where a queue lies. The device may look at it only after DRIVER_OK.
     *
     * @param config index, size, features and addresses
     * @param callSink gets the device's used-buffer notifications for this queue
     * @return the queue's doorbell
     * @throws IllegalArgumentException if the device has no such queue or takes no such size
     */
    Doorbell activate(QueueConfig config, CallSink callSink);

    /**
     * Sets who hears of configuration changes; there is one listener at a time.
     *
     * @param listener the listener
     */
    void onConfigChange(ConfigChangeListener listener);

    /** Lets go of the device, which is reset first. Further calls do nothing. */
    @Override
    void close();
}
