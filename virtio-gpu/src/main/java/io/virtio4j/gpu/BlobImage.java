// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.wire.GpuFormat;

/**
 * How a blob's bytes are a picture: one plane of rows. VirtIO 1.2, 5.7.6.8 Device Operation: controlq, SET_SCANOUT_BLOB.
 *
 * @param format what a pixel's four bytes mean
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param strideBytes from one row to the next, at least a row
 * @param offsetBytes where in the blob the first row begins, 0 or more
 */
public record BlobImage(GpuFormat format, int width, int height, int strideBytes, int offsetBytes) {
    /**
     * Checks the ranges.
     *
     * @param format what a pixel's four bytes mean
     * @param width at least 1
     * @param height at least 1
     * @param strideBytes at least a row
     * @param offsetBytes 0 or more
     * @throws IllegalArgumentException if one is out of its range
     */
    public BlobImage {
        if (width < 1 || height < 1 || strideBytes < (long) width * GpuFormat.BYTES_PER_PIXEL || offsetBytes < 0) {
            throw new IllegalArgumentException("no picture of " + width + "x" + height + " has rows of " + strideBytes
                    + " bytes from offset " + offsetBytes);
        }
    }

    /**
     * {@return a picture at the blob's start whose rows follow each other without a gap}
     *
     * @param format what a pixel's four bytes mean
     * @param width in pixels, at least 1
     * @param height in pixels, at least 1
     */
    public static BlobImage of(GpuFormat format, int width, int height) {
        return new BlobImage(format, width, height, Math.multiplyExact(width, GpuFormat.BYTES_PER_PIXEL), 0);
    }

    /**
     * {@return the same elsewhere in the blob}
     *
     * @param newOffsetBytes where the first row begins
     */
    public BlobImage at(int newOffsetBytes) {
        return new BlobImage(format, width, height, strideBytes, newOffsetBytes);
    }

    /** {@return how long a blob must be to hold it} */
    public long endBytes() {
        return offsetBytes + GpuResource.spanBytes(width, height, strideBytes);
    }
}
