// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.virtio4j.preempt.PreemptStatistics;

/**
 * What {@code perf.json} says of one run.
 *
 * @param frames how many frames were shown
 * @param width of a frame in pixels
 * @param height of a frame in pixels
 * @param barriers the barrier policy: optimized or baseline
 * @param serviceTimeNanos the device's time for one command
 * @param fps frames a second of the frame path: from the first offer of a frame to its last completion
 * @param fencesPerFrame fences inside pollUsed, of any kind
 * @param spinsPerFrame looks at the used index that found nothing
 * @param completionsPerFrame used elements
 * @param wmbPerFrame write barriers of the driver
 * @param mbPerFrame full barriers of the driver
 * @param kicksPerFrame notifications sent to the device
 * @param corruptFrames frames whose scanout was not, to the last pixel, what had been drawn
 * @param copyRatio time of the frame path over one plain copy of the same bytes right after it, in the median of the frames;
 *     the device's service time is part of the path
 * @param framePathNanosPerFrame time of the frame path
 * @param drawNanosPerFrame time to paint a frame and write it to guest memory
 * @param checkNanosPerFrame time to read the scanout and compare checksums
 * @param encodeNanosPerFrame time to add the frame to the animation
 * @param preempt what happened on the CPUs, of which the driver is the first, with every flush inside a guard; its {@code lost}
 *     counts requests to reschedule after which no callback ran, measured when all was quiet
 */
@JsonPropertyOrder({"frames", "width", "height", "barriers"})
record PerfReport(
        int frames,
        int width,
        int height,
        String barriers,
        long serviceTimeNanos,
        double fps,
        double fencesPerFrame,
        double spinsPerFrame,
        double completionsPerFrame,
        double wmbPerFrame,
        double mbPerFrame,
        double kicksPerFrame,
        int corruptFrames,
        double copyRatio,
        long framePathNanosPerFrame,
        long drawNanosPerFrame,
        long checkNanosPerFrame,
        long encodeNanosPerFrame,
        PreemptStatistics preempt) {

    /**
     * What {@code perf.json} says when both policies ran.
     *
     * @param optimized no fence in the spin
     * @param baseline a fence in every spin
     */
    record Comparison(PerfReport optimized, PerfReport baseline) {}
}
