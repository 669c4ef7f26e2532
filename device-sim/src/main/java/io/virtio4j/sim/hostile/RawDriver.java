// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.RawDriverRing.Used;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.Map;
import java.util.TreeMap;

/**
 * A driver's way through the life of a device, for a case: each step as it should be, so that a case says only what is wrong.
 *
 * <pre>{@code
 * RawDriver driver = RawDriver.start(port, stage);                  // queue 0 with 16 descriptors, DRIVER_OK
 * RawDriverRing ring = driver.ring(0);
 * int id = ring.offer(Desc.readable(stage.memory().readable(bytes), bytes.length));
 * driver.kick(0);
 * Used used = driver.awaitUsed(0, id);
 * }</pre>
 *
 * <p>One thread, the case's. VirtIO 1.2, 3.1 Device Initialization.
 */
public final class RawDriver {
    /** How many descriptors a queue has unless a case wants it otherwise. */
    public static final int QUEUE_SIZE = 16;

    private static final int ACKNOWLEDGED = DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER;
    private static final int AGREED = ACKNOWLEDGED | DeviceStatus.FEATURES_OK;

    private final DriverPort port;
    private final Stage stage;
    private final Map<Integer, RawDriverRing> rings = new TreeMap<>();

    /**
     * Makes a driver that has done nothing yet.
     *
     * @param port the device
     * @param stage the case's
     */
    public RawDriver(DriverPort port, Stage stage) {
        this.port = port;
        this.stage = stage;
    }

    /**
     * Makes a driver and goes all the way to DRIVER_OK with queue 0, of {@link #QUEUE_SIZE} descriptors or as many as it takes.
     *
     * @param port the device
     * @param stage the case's
     * @param featureBits what to negotiate beside VERSION_1 and the ring's format
     * @return the driver
     * @throws Stage.Wedged if the device does not come up
     */
    public static RawDriver start(DriverPort port, Stage stage, int... featureBits) {
        return startQueues(port, stage, 1, featureBits);
    }

    /**
     * Makes a driver and goes all the way to DRIVER_OK with the first few queues.
     *
     * @param port the device
     * @param stage the case's
     * @param queues how many are set up, from 0 on
     * @param featureBits what to negotiate beside VERSION_1 and the ring's format
     * @return the driver
     * @throws Stage.Wedged if the device does not come up
     */
    public static RawDriver startQueues(DriverPort port, Stage stage, int queues, int... featureBits) {
        RawDriver driver = new RawDriver(port, stage);
        driver.negotiate(featureBits);
        for (int i = 0; i < queues; i++) {
            driver.setUpQueue(i, usualSize(port.maxQueueSize(i)));
        }
        driver.driverOk();
        return driver;
    }

    /** Of a queue that says it is not there, as if it were: the device is to have its say. */
    private static int usualSize(int maxSize) {
        return maxSize <= 0 ? QUEUE_SIZE : Math.min(QUEUE_SIZE, Integer.highestOneBit(maxSize));
    }

    /**
     * Resets the device, waits until it is, and takes all memory back.
     *
     * @throws Stage.Wedged if the reset does not end
     */
    public void reset() {
        abandon();
        port.writeStatus(DeviceStatus.RESET);
        stage.await(() -> port.status() == DeviceStatus.RESET, "status 0 after a reset");
        rings.clear();
        stage.memory().clearPlaces();
    }

    /**
     * Resets the device and goes on to FEATURES_OK.
     *
     * @param featureBits what to negotiate beside VERSION_1 and the ring's format
     * @return what was agreed on
     * @throws Stage.Wedged if the reset does not end, or the device does not take the features
     */
    public Features negotiate(int... featureBits) {
        reset();
        port.writeStatus(DeviceStatus.ACKNOWLEDGE);
        port.writeStatus(ACKNOWLEDGED);
        Features features = base(port.format()).or(Features.of(featureBits));
        port.writeFeatures(features);
        port.writeStatus(AGREED);
        if (port.status() != AGREED) {
            throw new Stage.Wedged("the device does not take features " + features + " of " + port.offeredFeatures()
                    + ": status " + port.status());
        }
        return features;
    }

    /**
     * {@return the features without which no case's ring is as it should be}
     *
     * @param format of the rings
     */
    public static Features base(RingFormat format) {
        Features features = Features.of(FeatureBits.VERSION_1);
        return format == RingFormat.PACKED ? features.with(FeatureBits.RING_PACKED) : features;
    }

    /**
     * Makes a ring and tells the device where it lies.
     *
     * @param queueIndex which queue
     * @param size how many descriptors
     * @return the ring
     */
    public RawDriverRing setUpQueue(int queueIndex, int size) {
        RawDriverRing ring = RawDriverRing.create(port.format(), stage.memory(), size);
        rings.put(queueIndex, ring);
        port.setUpQueue(queueIndex, size, ring.addresses());
        return ring;
    }

    /** Sets DRIVER_OK; from here on a good request may follow on the rings as they stand. */
    public void driverOk() {
        port.writeStatus(AGREED | DeviceStatus.DRIVER_OK);
        stage.driver(this);
    }

    /** The rings do not stand as they should any more: no good request without a reset. */
    public void abandon() {
        stage.driver(null);
    }

    /**
     * {@return a queue's ring}
     *
     * @param queueIndex one that was set up
     */
    public RawDriverRing ring(int queueIndex) {
        RawDriverRing ring = rings.get(queueIndex);
        if (ring == null) {
            throw new IllegalStateException("queue " + queueIndex + " was not set up");
        }
        return ring;
    }

    /** {@return the queues that were set up and their rings} */
    public Map<Integer, RawDriverRing> rings() {
        return rings;
    }

    /** {@return the device} */
    public DriverPort port() {
        return port;
    }

    /**
     * Sends an available buffer notification.
     *
     * @param queueIndex which queue
     */
    public void kick(int queueIndex) {
        port.kick(queueIndex);
    }

    /**
     * Waits until a queue has a used buffer, which must be the one that was offered.
     *
     * @param queueIndex which queue
     * @param id what {@link RawDriverRing#put} gave
     * @return the used buffer
     * @throws Stage.Wedged if there is none in time
     */
    public Used awaitUsed(int queueIndex, int id) {
        RawDriverRing ring = ring(queueIndex);
        stage.await(ring::hasUsed, "a used buffer of queue " + queueIndex);
        Used used = ring.takeUsed().orElseThrow();
        stage.requireHonest(used.id() == id, "the used buffer has id " + used.id() + ", and " + id + " was offered");
        return used;
    }
}
