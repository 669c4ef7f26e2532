// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.DisplaySource;
import io.virtio4j.device.Scanout;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuFeatureBits;

/**
 * What a {@link SimGpu} is made with. An immutable value; {@link #of} has defaults, the {@code with} methods change one
 * thing each.
 *
 * @param displays what displays there are
 * @param scanout what the scanouts are shown on
 * @param serviceTimeNanos how long every command takes at least, from when the device takes it until it is used; 0: no
 *     longer than the work
 * @param maxHostBytes how much of the host's memory all resources together may take, pixels and lists of backing entries
 * @param maxResources how many resources there may be
 * @param features what is offered of EDID, RESOURCE_UUID, RESOURCE_BLOB and BLOB_ALIGNMENT; the last needs the one before
 * @param blobAlignmentBytes what the size of a blob must be a multiple of if BLOB_ALIGNMENT is negotiated
 */
public record SimGpuConfig(
        DisplaySource displays,
        Scanout scanout,
        long serviceTimeNanos,
        long maxHostBytes,
        int maxResources,
        Features features,
        int blobAlignmentBytes) {
    private static final Features WITHOUT_SETTINGS =
            Features.of(GpuFeatureBits.EDID, GpuFeatureBits.RESOURCE_UUID, GpuFeatureBits.RESOURCE_BLOB);
    private static final Features KNOWN = WITHOUT_SETTINGS.with(GpuFeatureBits.BLOB_ALIGNMENT);
    private static final long DEFAULT_MAX_HOST_BYTES = 256L << 20;
    private static final int DEFAULT_MAX_RESOURCES = 4096;
    private static final Scanout NOWHERE = (scanoutId, view, x, y, width, height) -> {};

    /**
     * Checks the ranges.
     *
     * @param displays what displays there are, 1..16
     * @param scanout what the scanouts are shown on
     * @param serviceTimeNanos 0 or more
     * @param maxHostBytes 0 or more
     * @param maxResources 0 or more
     * @param features of those that the device has; whether one comes without what it builds on is checked where the device
     *     is offered to a driver
     * @param blobAlignmentBytes a power of two, at least 1
     * @throws IllegalArgumentException if one is out of its range
     */
    public SimGpuConfig {
        int scanouts = displays.count();
        if (scanouts < 1 || scanouts > GpuConfigLayout.MAX_SCANOUTS) {
            throw new IllegalArgumentException(
                    "a GPU has 1.." + GpuConfigLayout.MAX_SCANOUTS + " scanouts, not " + scanouts);
        }
        if (serviceTimeNanos < 0 || maxHostBytes < 0 || maxResources < 0) {
            throw new IllegalArgumentException("neither may be negative: service time of " + serviceTimeNanos + " ns, "
                    + maxHostBytes + " host bytes, " + maxResources + " resources");
        }
        if (!features.isSubsetOf(KNOWN)) {
            throw new IllegalArgumentException(
                    "a 2D GPU offers features of " + KNOWN + " only, not " + features.minus(KNOWN));
        }
        if (Integer.bitCount(blobAlignmentBytes) != 1 || blobAlignmentBytes < 0) {
            throw new IllegalArgumentException(
                    "blobs are aligned to a power of two of bytes, at least 1, not " + blobAlignmentBytes);
        }
    }

    /**
     * Takes the defaults: shown nowhere, no service time, 256 MiB, 4096 resources, with EDID, RESOURCE_UUID and RESOURCE_BLOB.
     *
     * @param displays what displays there are
     * @return the configuration
     */
    public static SimGpuConfig of(DisplaySource displays) {
        return new SimGpuConfig(
                displays, NOWHERE, 0, DEFAULT_MAX_HOST_BYTES, DEFAULT_MAX_RESOURCES, WITHOUT_SETTINGS, 1);
    }

    /**
     * Takes the defaults and one display.
     *
     * @param width the display's preferred width in pixels
     * @param height its preferred height
     * @return the configuration
     */
    public static SimGpuConfig of(int width, int height) {
        return of(DisplaySource.fixed(width, height));
    }

    /**
     * {@return the same with another display of the pixels}
     *
     * @param newScanout what the scanouts are shown on
     */
    public SimGpuConfig withScanout(Scanout newScanout) {
        return new SimGpuConfig(
                displays, newScanout, serviceTimeNanos, maxHostBytes, maxResources, features, blobAlignmentBytes);
    }

    /**
     * {@return the same with another service time}
     *
     * @param newServiceTimeNanos how long every command takes at least
     */
    public SimGpuConfig withServiceTimeNanos(long newServiceTimeNanos) {
        return new SimGpuConfig(
                displays, scanout, newServiceTimeNanos, maxHostBytes, maxResources, features, blobAlignmentBytes);
    }

    /**
     * {@return the same with other limits}
     *
     * @param newMaxHostBytes how much memory all resources together may take
     * @param newMaxResources how many resources there may be
     */
    public SimGpuConfig withLimits(long newMaxHostBytes, int newMaxResources) {
        return new SimGpuConfig(
                displays, scanout, serviceTimeNanos, newMaxHostBytes, newMaxResources, features, blobAlignmentBytes);
    }

    /**
     * {@return the same with other features}
     *
     * @param newFeatures what is offered
     */
    public SimGpuConfig withFeatures(Features newFeatures) {
        return new SimGpuConfig(
                displays, scanout, serviceTimeNanos, maxHostBytes, maxResources, newFeatures, blobAlignmentBytes);
    }

    /**
     * {@return the same with BLOB_ALIGNMENT offered}
     *
     * @param newBlobAlignmentBytes what the size of a blob must be a multiple of: a power of two
     */
    public SimGpuConfig withBlobAlignment(int newBlobAlignmentBytes) {
        return new SimGpuConfig(
                displays,
                scanout,
                serviceTimeNanos,
                maxHostBytes,
                maxResources,
                features.with(GpuFeatureBits.BLOB_ALIGNMENT),
                newBlobAlignmentBytes);
    }
}
