// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Puts what a benchmark found out itself, such as fences per frame, beside its score.
 *
 * <p>A profiler and not JMH's auxiliary counters, which are either added up over all iterations or divided into the time;
 * neither is a number per frame or per step. {@link Main} turns it on.
 */
public final class SecondaryResults implements InternalProfiler {
    private static volatile Iteration last = new Iteration("", Map.of());

    private record Iteration(String unit, Map<String, Double> values) {}

    /** Made by JMH. */
    public SecondaryResults() {}

    /**
     * Says what an iteration found. Called on the benchmark's thread at the end of each.
     *
     * @param unit the unit of all values
     * @param values each by its name
     */
    static void record(String unit, Map<String, Double> values) {
        last = new Iteration(unit, Map.copyOf(values));
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmarkParams, IterationParams iterationParams) {
        last = new Iteration("", Map.of());
    }

    @Override
    public Collection<ScalarResult> afterIteration(
            BenchmarkParams benchmarkParams, IterationParams iterationParams, IterationResult result) {
        Iteration iteration = last;
        List<ScalarResult> results = new ArrayList<>();
        iteration.values.forEach(
                (label, value) -> results.add(new ScalarResult(label, value, iteration.unit, AggregationPolicy.AVG)));
        return results;
    }

    @Override
    public String getDescription() {
        return "what a benchmark found out itself, such as fences per frame";
    }
}
