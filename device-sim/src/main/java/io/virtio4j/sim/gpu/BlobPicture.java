// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.wire.GpuFormat;

/**
 * How a blob is to be read as a picture: one plane, as every format here has.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq, SET_SCANOUT_BLOB.
 *
 * @param format what a pixel's four bytes mean
 * @param width of the picture in pixels; any 32 bits, unsigned
 * @param height in rows; any 32 bits, unsigned
 * @param strideBytes from one row to the next; any 32 bits, unsigned
 * @param offsetBytes where in the blob the first row begins; any 32 bits, unsigned
 */
record BlobPicture(GpuFormat format, long width, long height, long strideBytes, long offsetBytes) {
    /** Whether it is a picture, and lies in a blob of that size. */
    boolean isWithin(long sizeBytes) {
        long rowBytes = width * GpuFormat.BYTES_PER_PIXEL;
        if (width == 0 || height == 0 || height > Integer.MAX_VALUE) {
            return false;
        }
        if (strideBytes < rowBytes || strideBytes > Integer.MAX_VALUE || rowBytes > sizeBytes - offsetBytes) {
            return false;
        }
        // By division: the product of height and stride does not fit into 64 bits together with the offset.
        return height - 1 <= (sizeBytes - offsetBytes - rowBytes) / strideBytes;
    }

    boolean covers(Rect rect) {
        return rect.isWithin(width, height);
    }

    /** Where in the blob a rectangle's first pixel lies. */
    long offsetOf(Rect rect) {
        return offsetBytes + rect.y * strideBytes + rect.x * GpuFormat.BYTES_PER_PIXEL;
    }
}
