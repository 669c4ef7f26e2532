// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import io.virtio4j.device.QueueState;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.vhostuser.message.Request.SetVringAddr;
import io.virtio4j.vhostuser.os.EventFd;
import io.virtio4j.wire.Features;
import org.jspecify.annotations.Nullable;

/**
 * What a back-end has been told of one ring, in whatever order. It may be told everything but its descriptors of rings that are
 * never used. The device's thread.
 */
final class BackRing {
    private static final int DESCRIPTOR_ALIGN_BYTES = 16;
    private static final int SPLIT_AVAIL_ALIGN_BYTES = 2;
    private static final int ALIGN_BYTES = 4;

    private final int index;
    private int size;
    private int base;
    private boolean enabled;
    private boolean mayStart;
    private @Nullable SetVringAddr address;
    private @Nullable EventFd kick;
    private @Nullable EventFd call;
    private @Nullable EventFd err;

    /** Where it was stopped; with the chains in hand, if the device would not let them go in time. */
    private @Nullable QueueState saved;

    /** The session serves it. */
    private boolean active;

    BackRing(int index) {
        this.index = index;
    }

    int index() {
        return index;
    }

    boolean isActive() {
        return active;
    }

    void activated() {
        active = true;
        saved = null;
    }

    void stopped(QueueState state) {
        active = false;
        saved = state;
        base = new VringBase(state.nextAvail(), state.nextUsed()).encode(state.format());
    }

    /** The device has forgotten it. */
    void reset() {
        active = false;
        saved = null;
        mayStart = false;
        enabled = false;
        kick = closed(kick);
    }

    /** From here on it waits for the next SET_VRING_KICK. */
    void awaitKick() {
        mayStart = false;
        kick = closed(kick);
    }

    void setSize(int newSize) {
        size = newSize;
    }

    int base() {
        return base;
    }

    void setBase(int newBase) {
        base = newBase;
    }

    void setEnabled(boolean newEnabled) {
        enabled = newEnabled;
    }

    void setAddress(SetVringAddr newAddress) {
        address = newAddress;
    }

    void setKick(@Nullable EventFd newKick) {
        closed(kick);
        kick = newKick;
        mayStart = true;
    }

    void setCall(@Nullable EventFd newCall) {
        closed(call);
        call = newCall;
    }

    void setErr(@Nullable EventFd newErr) {
        closed(err);
        err = newErr;
    }

    private static @Nullable EventFd closed(@Nullable EventFd counter) {
        if (counter != null) {
            counter.close();
        }
        return null;
    }

    /** {@return what the driver kicks by; missing if it does not} */
    @Nullable
    EventFd kick() {
        return kick;
    }

    /** {@return whether it must be looked at without being kicked} */
    boolean isPolled() {
        return active && kick == null;
    }

    /** Tells the driver of used buffers, unless it polls. */
    void call() {
        if (call != null) {
            call.signal();
        }
    }

    /** Tells the driver that it broke the ring. */
    void signalError() {
        if (err != null) {
            err.signal();
        }
    }

    void close() {
        kick = closed(kick);
        call = closed(call);
        err = closed(err);
    }

    /** {@return whether everything has been said that it takes to start it} */
    boolean canStart(boolean mustBeEnabled) {
        return !active && mayStart && size > 0 && address != null && (enabled || !mustBeEnabled);
    }

    /** {@return the queue that it is}, if it can be one */
    QueueConfig config(Features features, BackMemory regions, GuestMemory memory) {
        SetVringAddr at = address;
        if (at == null) {
            throw new BadRequestException("ring " + index + " lies nowhere");
        }
        RingFormat format = RingFormat.of(features);
        try {
            format.requireQueueSize(size);
        } catch (IllegalArgumentException e) {
            throw new BadRequestException("ring " + index + " cannot have its size", e);
        }
        long descriptors = regions.guestAddress(at.descriptor());
        long driver = regions.guestAddress(at.available());
        long device = regions.guestAddress(at.used());
        int driverAlign = format == RingFormat.SPLIT ? SPLIT_AVAIL_ALIGN_BYTES : ALIGN_BYTES;
        requireIn(memory, descriptors, format.descriptorAreaBytes(size), DESCRIPTOR_ALIGN_BYTES);
        requireIn(memory, driver, format.driverAreaBytes(size), driverAlign);
        requireIn(memory, device, format.deviceAreaBytes(size), ALIGN_BYTES);
        return new QueueConfig(index, size, features, new QueueAddresses(descriptors, driver, device));
    }

    private void requireIn(GuestMemory memory, long guestAddress, int lengthBytes, int alignBytes) {
        if (guestAddress % alignBytes != 0 || memory.regionIndexOfWhole(guestAddress, lengthBytes) < 0) {
            throw new BadRequestException("a part of ring " + index + ", " + lengthBytes + " bytes at guest address 0x"
                    + Long.toHexString(guestAddress) + ", is not aligned or not within a region");
        }
    }

    /** {@return where it is to go on} */
    QueueState state(RingFormat format) {
        QueueState last = saved;
        VringBase where = VringBase.decode(format, base);
        if (last != null
                && last.format() == format
                && last.size() == size
                && new VringBase(last.nextAvail(), last.nextUsed()).encode(format) == base) {
            return last;
        }
        if (where.nextAvail() != where.nextUsed()) {
            throw new BadRequestException(
                    "ring " + index + " has chains in flight that nobody here knows of: " + where);
        }
        try {
            return QueueState.idle(format, size, where.nextAvail());
        } catch (IllegalArgumentException e) {
            throw new BadRequestException("ring " + index + " of " + size + " cannot stand there", e);
        }
    }
}
