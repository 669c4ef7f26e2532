// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import io.virtio4j.examples.measure.Median;
import java.util.stream.DoubleStream;

/** Where the time of all frames went, in nanoseconds, part by part. */
final class FrameTimes {
    private final DoubleStream.Builder copyRatios = DoubleStream.builder();

    long drawNanos;
    long framePathNanos;
    long checkNanos;
    long encodeNanos;

    /** Counts a frame's path, and the plain copy of the same bytes that was timed right after it. */
    void addPath(long pathNanos, long plainCopyNanos) {
        framePathNanos += pathNanos;
        copyRatios.add((double) pathNanos / plainCopyNanos);
    }

    /**
     * {@return the path over the plain copy, in the median of the frames} Of the frames and not of the sums: what else the
     * machine does now and then falls upon one of the two. Once, after the last frame.
     */
    double copyRatio() {
        return Median.of(copyRatios.build()).median();
    }
}
