// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import io.virtio4j.device.DeviceSession;
import io.virtio4j.device.QueueState;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.ConfigChangeListener;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * A device as one connection drives it: rings that start and stop one by one, in memory that changes. vhost-user has no word for
 * the beginning of a device's life, so that it begins with the first ring that starts. The device's thread.
 */
final class BackDevice {
    /** What this back-end does not offer: the protocol has no message for it, or there is no platform to speak of. */
    private static final Features LEFT_OUT =
            Features.PLATFORM.or(Features.of(FeatureBits.RING_RESET, FeatureBits.NOTIFICATION_DATA));

    private static final int SET_UP = DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER | DeviceStatus.FEATURES_OK;
    private static final long STOP_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final int PLACEHOLDER_BYTES = 4096;

    private final VirtioDevice device;
    private final DeviceSession session;
    private final List<BackRing> rings = new ArrayList<>();
    private BackMemory memory = BackMemory.NONE;
    private Features acknowledged = Features.NONE;
    private boolean mustBeEnabled;

    BackDevice(VirtioDevice device, ConfigChangeListener configChange, ErrorHandler errorHandler) {
        this.device = device;
        // No ring starts before there is real memory.
        GuestMemory placeholder = GuestMemory.of(SharedMemory.allocate(PLACEHOLDER_BYTES, 0));
        this.session = new DeviceSession(device, placeholder, configChange, errorHandler);
        for (int i = 0; i < device.queueCount(); i++) {
            rings.add(new BackRing(i));
        }
    }

    DeviceSession session() {
        return session;
    }

    VirtioDevice device() {
        return device;
    }

    Features offered() {
        return session.offeredFeatures().minus(LEFT_OUT).and(new Features(-1, 0));
    }

    List<BackRing> rings() {
        return rings;
    }

    BackRing ring(int index) {
        if (index < 0 || index >= rings.size()) {
            throw new BadRequestException("there are " + rings.size() + " rings, not one of index " + index);
        }
        return rings.get(index);
    }

    boolean needsReset() {
        return (session.status() & DeviceStatus.DEVICE_NEEDS_RESET) != 0;
    }

    private boolean isAnyActive() {
        return rings.stream().anyMatch(BackRing::isActive);
    }

    /**
     * Takes what the driver has acknowledged; the same again changes nothing.
     *
     * @param features less the protocol's own bit
     * @param newMustBeEnabled whether that bit was among them: rings then wait to be enabled
     */
    void acknowledge(Features features, boolean newMustBeEnabled) {
        boolean same = features.equals(acknowledged) && (session.status() & DeviceStatus.FEATURES_OK) != 0;
        if (!same) {
            if (isAnyActive()) {
                throw new BadRequestException(
                        "features change from " + acknowledged + " to " + features + " while rings are served");
            }
            if (!features.isSubsetOf(offered())) {
                throw new BadRequestException("features " + features.minus(offered()) + " were not offered");
            }
            if (session.status() != DeviceStatus.RESET) {
                reset();
            }
            session.writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
            session.acknowledgeFeatures(features);
            if ((session.writeStatus(SET_UP) & DeviceStatus.FEATURES_OK) == 0) {
                throw new BadRequestException("the device does not run with features " + features);
            }
            acknowledged = features;
        }
        mustBeEnabled = newMustBeEnabled;
    }

    /** Starts the ring if everything has been said that it takes. */
    void startIfReady(BackRing ring) {
        GuestMemory guest = memory.memory();
        boolean agreed = (session.status() & DeviceStatus.FEATURES_OK) != 0;
        if (!agreed || needsReset() || !ring.canStart(mustBeEnabled)) {
            return;
        }
        if (guest == null) {
            throw new BadRequestException("ring " + ring.index() + " is to start, and there is no memory");
        }
        QueueConfig config = ring.config(acknowledged, memory, guest);
        int max = device.maxQueueSize(ring.index());
        if (config.size() > max) {
            throw new BadRequestException(
                    "ring " + ring.index() + " takes at most " + max + " descriptors, not " + config.size());
        }
        QueueState state = ring.state(config.format());
        if ((session.status() & DeviceStatus.DRIVER_OK) == 0) {
            session.writeStatus(SET_UP | DeviceStatus.DRIVER_OK);
        }
        session.configureQueue(config, queueIndex -> ring.call(), state);
        ring.activated();
    }

    /**
     * Stops a ring where it stands: afterwards nothing of it is touched. Waits until the device has completed what it had taken,
     * since whoever goes on from the answer knows of no other chains than those in the ring.
     */
    void stop(BackRing ring) {
        if (!ring.isActive()) {
            return;
        }
        long deadlineNanos = System.nanoTime() + STOP_TIMEOUT_NANOS;
        QueueState state = pause(ring, deadlineNanos);
        while (state != null && !state.taken().isEmpty() && System.nanoTime() - deadlineNanos < 0) {
            resume(ring, state);
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            session.service();
            state = pause(ring, deadlineNanos);
        }
        if (state != null) {
            ring.stopped(state);
        }
    }

    private @Nullable QueueState pause(BackRing ring, long deadlineNanos) {
        session.stopQueue(ring.index());
        while (true) {
            Optional<QueueState> state = session.queueState(ring.index());
            if (state.isPresent()) {
                return state.get();
            }
            if (needsReset()) {
                // It stands nowhere, and the device touches nothing before it is reset.
                return null;
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new BadRequestException("the device does not let go of the chains of ring " + ring.index());
            }
            session.service();
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private void resume(BackRing ring, QueueState state) {
        GuestMemory guest = memory.memory();
        if (guest != null) {
            session.configureQueue(ring.config(acknowledged, memory, guest), queueIndex -> ring.call(), state);
        }
    }

    /** Takes other memory: rings that are served stop for that long. What is not in it any more is let go of. */
    void useMemory(BackMemory next) {
        List<BackRing> served = rings.stream().filter(BackRing::isActive).toList();
        served.forEach(this::stop);
        BackMemory last = memory;
        memory = next;
        GuestMemory guest = next.memory();
        if (guest != null) {
            session.useMemory(guest);
        }
        last.releaseBut(next);
        if (guest != null) {
            served.forEach(this::startIfReady);
        }
    }

    BackMemory memory() {
        return memory;
    }

    /** The device forgets everything but its memory. */
    void reset() {
        session.writeStatus(DeviceStatus.RESET);
        rings.forEach(BackRing::reset);
        acknowledged = Features.NONE;
    }

    /** The front-end is gone. */
    void close() {
        try {
            reset();
        } finally {
            rings.forEach(BackRing::close);
            // Whatever the device may still hold of it leads to memory of nobody's from here on.
            memory.release();
        }
    }
}
