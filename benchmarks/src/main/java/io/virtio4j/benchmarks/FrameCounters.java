// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueueStats;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Puts fences, spins and completions per frame beside the frame time of {@link FencesPerFrame}, as secondary results.
 *
 * <p>A profiler and not JMH's auxiliary counters, which are either added up over all iterations or divided into the time;
 * neither is a number per frame. {@link Main} turns it on.
 */
public final class FrameCounters implements InternalProfiler {
    private static volatile Iteration last = new Iteration(0, null);

    private record Iteration(long frames, QueueStats counted) {
        ScalarResult perFrame(String label, QueueCounter counter) {
            return new ScalarResult(label, (double) counted.get(counter) / frames, "#", AggregationPolicy.AVG);
        }
    }

    /** Made by JMH. */
    public FrameCounters() {}

    /**
     * Says what an iteration counted. Called on the benchmark's thread at the end of each.
     *
     * @param frames how many frames were drawn
     * @param counted the queue's counters, from the iteration's start to its end
     */
    static void record(long frames, QueueStats counted) {
        last = new Iteration(frames, counted);
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmarkParams, IterationParams iterationParams) {
        last = new Iteration(0, null);
    }

    @Override
    public Collection<ScalarResult> afterIteration(
            BenchmarkParams benchmarkParams, IterationParams iterationParams, IterationResult result) {
        Iteration iteration = last;
        return iteration.frames == 0
                ? List.of()
                : List.of(
                        iteration.perFrame("fencesPerFrame", QueueCounter.POLL_FENCES),
                        iteration.perFrame("spinsPerFrame", QueueCounter.SPINS),
                        iteration.perFrame("completionsPerFrame", QueueCounter.COMPLETIONS));
    }

    @Override
    public String getDescription() {
        return "fences, spins and completions per frame, of benchmarks that draw frames";
    }
}
