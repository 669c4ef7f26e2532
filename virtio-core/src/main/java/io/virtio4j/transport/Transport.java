// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.transport;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.wire.Features;
import java.util.Optional;

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
     * Acknowledges features. Takes effect when the driver then sets FEATURES_OK, and cannot be changed after that (VirtIO
     * 1.2, 3.1.1 Driver Requirements: Device Initialization).
     *
     * @param features a subset of the offer
     * @throws IllegalStateException if FEATURES_OK is set
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

    /**
     * {@return the generation of the configuration space; it changes whenever two reads could disagree}
     *
     * <p>Never that of a configuration in the middle of a change: a transport whose device has such a state waits, within its
     * bound, until the change is done. Two equal generations around a read therefore prove one state of all fields.
     *
     * @throws TransportException if the device does not finish its change
     */
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

    /**
     * {@return what lets the device reach {@link #memory()} once ACCESS_PLATFORM was agreed on}
     *
     * <p>A transport whose device offers that feature and stands behind an IOMMU gives the way to program it. One that cannot
     * keeps the bit out of {@link #offeredFeatures()}.
     */
    default DmaMapper dmaMapper() {
        return DmaMapper.DIRECT;
    }

    /**
     * {@return how the driver's thread sleeps until the device calls}
     *
     * <p>A transport whose device does nothing while that thread sleeps gives another way than to park.
     */
    default ParkStrategy parkStrategy() {
        return ParkStrategy.THREAD;
    }

    /**
     * {@return a shared memory region of the device's, or nothing if it has none of that id} Its contents are addressed by
     * offsets from its start (VirtIO 1.2, 2.10 Shared Memory Regions); queues and buffers lie in {@link #memory()} all the same.
     *
     * @param id 0..255, as the device type defines it
     */
    default Optional<SharedMemory> sharedMemoryRegion(int id) {
        return Optional.empty();
    }

    /**
     * {@return what notifications name a queue by, if NOTIF_CONFIG_DATA was agreed on; 0..65535}
     *
     * @param queueIndex 0 up to {@link #queueCount()}
     */
    default int notificationData(int queueIndex) {
        return queueIndex;
    }

    /** {@return how many queues the device has} */
    int queueCount();

    /**
     * {@return the largest size that the device takes for the queue, or 0 if there is no such queue}
     *
     * @param queueIndex 0 up to {@link #queueCount()}
     */
    int maxQueueSize(int queueIndex);

    /**
     * Tells the device where a queue lies. The device may look at it only after DRIVER_OK; then, while it runs, only for a
     * queue that was reset, which works again when this returns (VirtIO 1.2, 2.6.1.2 Virtqueue Re-enable). What the device
     * would not look at is refused, and changes nothing.
     *
     * @param config index, size, features and addresses
     * @param callSink gets the device's used-buffer notifications for this queue
     * @return the queue's doorbell
     * @throws IllegalArgumentException if the device has no such queue or takes no such size
     * @throws IllegalStateException if the device works, and this queue was not reset or its reset is not complete
     * @throws TransportException if the device works and does not answer, or needs a reset as a whole
     */
    Doorbell activate(QueueConfig config, CallSink callSink);

    /**
     * Asks the device to reset one queue, which takes RING_RESET and a device that runs. Returns without waiting for the
     * reset: the device owns the queue's memory until {@link #isQueueReset}. What the device would ignore is refused, and
     * changes nothing; a queue that was reset already stays so. VirtIO 1.2, 2.6.1 Virtqueue Reset.
     *
     * @param queueIndex which queue
     * @throws IllegalStateException if the device does not work, RING_RESET was not agreed on, or the queue is not set up
     * @throws TransportException if the device does not answer
     */
    void resetQueue(int queueIndex);

    /**
     * Asks whether a queue's reset is complete. After true, the device touches nothing of the queue any more.
     *
     * @param queueIndex which queue
     * @return whether the queue was reset and has not been activated since
     * @throws TransportException if the device does not answer
     */
    boolean isQueueReset(int queueIndex);

    /**
     * Sets who hears of configuration changes; there is one listener at a time.
     *
     * @param listener the listener
     */
    void onConfigChange(ConfigChangeListener listener);

    /**
     * Lets go of the device, which is reset first. Closing again does nothing. Afterwards whatever would have the device do
     * something throws {@link TransportException}; what is only read can still be read.
     */
    @Override
    void close();
}
