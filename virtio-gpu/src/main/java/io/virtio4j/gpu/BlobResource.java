// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A handle on memory of the driver's own that the device shows in place, made by {@link GpuDevice#createBlob}. Nothing is
 * transferred: what is drawn into the backing is seen at the next flush. After {@link GpuDevice#unref} it can not be used
 * any more. Used by the thread of its device.
 *
 * <p>Whoever draws while the device shows may be seen drawing: draw into another picture of the same blob, or into another
 * blob, and switch with {@link GpuDevice#setScanout(int, BlobResource, BlobImage)}.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq, RESOURCE_CREATE_BLOB.
 */
public final class BlobResource extends GpuResource {
    private final long lengthBytes;
    private final Set<BlobUse> uses;
    private @Nullable BlobImage image;

    BlobResource(Object owner, int id, long lengthBytes, Set<BlobUse> uses) {
        super(owner, id);
        this.lengthBytes = lengthBytes;
        this.uses = uses;
    }

    @Override
    public long lengthBytes() {
        return lengthBytes;
    }

    /** {@return what was said that it would be used for} */
    public Set<BlobUse> uses() {
        return uses;
    }

    /** {@return the picture that was shown last} */
    public Optional<BlobImage> image() {
        return Optional.ofNullable(image);
    }

    void checkHolds(BlobImage candidate) {
        if (candidate.endBytes() > lengthBytes) {
            throw new IllegalArgumentException(candidate + " does not lie within " + this);
        }
    }

    void shown(BlobImage newImage) {
        image = newImage;
    }

    @Override
    void checkRect(int x, int y, int w, int h) {
        BlobImage shown = image;
        if (shown == null) {
            throw new IllegalStateException(this + " has not been shown on a scanout, so its bytes are no picture yet");
        }
        checkRect(x, y, w, h, shown.width(), shown.height());
    }

    @Override
    public String toString() {
        return "BlobResource[" + id() + ", " + lengthBytes + " bytes]";
    }
}
