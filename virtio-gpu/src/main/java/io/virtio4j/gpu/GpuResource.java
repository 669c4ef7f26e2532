// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.wire.GpuFormat;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A handle on something that the device can show. After {@link GpuDevice#unref} it can not be used any more. Used by the
 * thread of its device.
 */
public abstract sealed class GpuResource permits Resource, BlobResource {
    private final Object owner;
    private final int id;
    private @Nullable Backing backing;
    private @Nullable UUID uuid;
    private boolean usable = true;

    /** The owner is whatever stands for the device that the resource belongs to. */
    GpuResource(Object owner, int id) {
        this.owner = owner;
        this.id = id;
    }

    /** {@return the number by which the device knows it; not 0} */
    public final int id() {
        return id;
    }

    /** {@return the bytes that it takes in its backing} */
    public abstract long lengthBytes();

    /** Throws unless a rectangle lies within the picture. */
    abstract void checkRect(int x, int y, int w, int h);

    final boolean hasBacking() {
        return backing != null;
    }

    final @Nullable Backing backing() {
        return backing;
    }

    final void attached(Backing newBacking) {
        backing = newBacking;
    }

    /** The device has let go of the backing. */
    final void detached() {
        Backing old = backing;
        if (old != null) {
            old.unpin();
            backing = null;
        }
    }

    final Optional<UUID> uuid() {
        return Optional.ofNullable(uuid);
    }

    final void assigned(UUID newUuid) {
        uuid = newUuid;
    }

    final void retire() {
        usable = false;
    }

    final void check(Object user) {
        if (user != owner || !usable) {
            throw new IllegalStateException(
                    this + (user == owner ? " was given back with unref" : " belongs to another device"));
        }
    }

    /** Throws unless a rectangle lies within a picture of a size. */
    final void checkRect(int x, int y, int w, int h, int width, int height) {
        // As longs: the sum of two ints may not fit into a third.
        if ((x | y | w | h) < 0 || (long) x + w > width || (long) y + h > height) {
            throw new IllegalArgumentException(
                    "a rectangle of " + w + "x" + h + " at " + x + ", " + y + " does not lie within " + this);
        }
    }

    /** The bytes from a rectangle's first pixel to behind its last. */
    static long spanBytes(int w, int h, long strideBytes) {
        return w == 0 || h == 0 ? 0 : (h - 1) * strideBytes + (long) w * GpuFormat.BYTES_PER_PIXEL;
    }
}
