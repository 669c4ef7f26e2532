// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.FeatureDependency;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * What a device type is made of. Whatever transport a device is reached through, the same object is served.
 *
 * <p>All methods are called by one thread, the device's, except that identity, features, queue sizes and the
 * configuration may be read by any: those must not change, except the fields of the configuration. A device may let several
 * threads serve its queues: see {@link #servesQueuesConcurrently()}.
 *
 * <p>A device completes chains with {@link DeviceQueue#complete} and shows them with {@link DeviceQueue#flush}, at once or
 * later from {@link #doQueueWork} or {@link #doWork()}. What a driver sends is answered with a status of the device type; an exception out of a
 * device is a mistake of the device and puts it into DEVICE_NEEDS_RESET.
 *
 * <p>VirtIO 1.2, chapter 5 Device Types.
 */
public interface VirtioDevice {
    /** {@return the device type, see {@code DeviceId}} */
    int deviceId();

    /**
     * {@return the features of this device type that are offered, bits 0..23 and 50..127; those of rings are added}
     *
     * <p>A session refuses a device that offers other bits, or a feature without what it builds on.
     */
    Features offeredFeatures();

    /** {@return which features of this device type mean nothing without which other} */
    default List<FeatureDependency> featureDependencies() {
        return List.of();
    }

    /** {@return how many queues there are, at most 65536} */
    int queueCount();

    /**
     * Tells how large a queue may be.
     *
     * @param queueIndex 0 up to {@link #queueCount()}
     * @return the largest size
     */
    int maxQueueSize(int queueIndex);

    /** {@return the device-specific configuration} */
    ConfigSpace config();

    /**
     * {@return a shared memory region, or nothing if the device has none of that id}
     *
     * <p>Requests and answers refer into it by offsets from its start, whatever its address. It is neither a way to control the
     * device nor to stream data to it: that is what queues are for (VirtIO 1.2, 2.10.2 Device Requirements: Shared Memory
     * Regions). Any thread may ask, and the answer never changes.
     *
     * @param id 0..255, as the device type defines it
     */
    default Optional<SharedMemory> sharedMemoryRegion(int id) {
        return Optional.empty();
    }

    /**
     * Asks whether the device runs with what the driver acknowledged. A subset of the offer by then.
     *
     * @param acknowledged the features, those of rings included
     * @return false to refuse: FEATURES_OK stays clear
     */
    default boolean acceptsFeatures(Features acknowledged) {
        return true;
    }

    /**
     * Gives the device a way to have {@link #doWork()} called soon, for work that ends on another thread; and
     * {@link #doQueueWork} of every queue that the device's thread serves. Called once, before the device is used. The default
     * has no need of it.
     *
     * @param wakeUp may be run by any thread, and returns at once
     */
    default void attach(Runnable wakeUp) {}

    /**
     * {@return whether several threads may serve the queues at once, each those that are its own}
     *
     * <p>If so, a transport may call {@link #onQueue} and {@link #doQueueWork} on other threads than the device's: for one queue
     * always on the same. All else stays with the device's thread, and comes in this order with what the others do:
     *
     * <ul>
     *   <li>{@link #start} before, and {@link #reset()} after everything that is done for any queue;
     *   <li>{@link #onQueueStart} before, and {@link #onQueueStop} after everything that is done for that queue, while others
     *       may be served;
     *   <li>{@link #doWork()} and {@link #onConfigWrite} at any time.
     * </ul>
     *
     * The default says no. The answer never changes.
     */
    default boolean servesQueuesConcurrently() {
        return false;
    }

    /**
     * Gives the device a way to have {@link #doQueueWork} called soon for one queue, given its index. Called once, before the
     * device is used, where queues have threads of their own; where they have not, {@link #attach} is for that too. The
     * default has no need of it.
     *
     * @param wakeUp may be run by any thread, and returns at once
     */
    default void attachQueues(IntConsumer wakeUp) {}

    /**
     * The driver is ready: DRIVER_OK was set.
     *
     * @param negotiated the features, those of rings included
     * @param queues the queues that the driver has set up; an entry is missing (its index is in no entry's configuration)
     *     if the driver left one out
     */
    void start(Features negotiated, List<DeviceQueue> queues);

    /**
     * A queue stops, by itself, while the device goes on: the driver has reset it, or it is to be saved where it stands. The
     * device forgets the queue and every chain of it. It may complete first what it has done already; on a queue that was
     * reset that has no effect, and on one that is saved the chains not completed are handed out again when it goes on.
     *
     * <p>Called again and again, with {@link #doWork()} in between, until the answer is true. {@link #onQueue} and
     * {@link #doQueueWork} are not called meanwhile. VirtIO 1.2, 2.6.1 Virtqueue Reset.
     *
     * @param queueIndex which queue, one of those that the device was started with
     * @return whether nothing of the device touches the queue's buffers any more; false as long as something does that cannot
     *     be stopped: the driver does not see its reset complete then
     */
    boolean onQueueStop(int queueIndex);

    /**
     * A queue that was stopped is set up anew: another object, perhaps of another size, at other addresses. VirtIO 1.2,
     * 2.6.1.2 Virtqueue Re-enable.
     *
     * @param queue the queue
     */
    void onQueueStart(DeviceQueue queue);

    /**
     * Takes chains from a queue. Called again and again, whether or not the driver kicked.
     *
     * @param queue the queue
     * @return how many chains were taken; 0 lets the thread idle
     */
    int onQueue(DeviceQueue queue);

    /**
     * Does what is left to do for one queue apart from new chains: completes what has ended on other threads. Called after each
     * {@link #onQueue}, by the same thread, unless the queue is broken. The default does nothing.
     *
     * @param queue the queue
     * @return more than 0 as long as it must be called again soon; 0 lets the thread idle
     */
    default int doQueueWork(DeviceQueue queue) {
        return 0;
    }

    /**
     * Does what is left to do apart from new chains, for example completes a request whose time has come. A device whose queues
     * may be served by several threads does here only what is no queue's own.
     *
     * @return more than 0 as long as it must be called again soon; 0 lets the thread idle
     */
    default int doWork() {
        return 0;
    }

    /**
     * The driver wrote to the configuration. The default ignores it, as for fields that the driver must not write.
     *
     * @param offset first byte
     * @param source the bytes; within the configuration
     */
    default void onConfigWrite(int offset, byte[] source) {}

    /**
     * Drops everything of the driver's: chains, resources, queues. None may be touched afterwards.
     *
     * @throws ResetIncompleteException if something that the device cannot stop still uses the driver's memory
     */
    void reset();
}
