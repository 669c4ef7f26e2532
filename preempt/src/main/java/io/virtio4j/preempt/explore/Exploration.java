// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import io.virtio4j.preempt.explore.Explorer.Mode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What came out of exploring a variant.
 *
 * @param variant the variant
 * @param bounds what was covered, one after the other
 * @param verdict whether it holds
 * @param failure what goes wrong: what the variant is known for where that was found, else the first of {@link Failure}
 * @param alsoFails what else goes wrong
 * @param trace a way to the failure, a line for each step; empty where nothing goes wrong
 * @param traceIsShortest whether no way is shorter
 * @param states how many states were kept; those at which only one thing had to be tried are not
 * @param transitions how many steps were made
 * @param nestedCallbacks the most callbacks in progress on one stack
 * @param nestedInterrupts the most interrupts in progress on one stack
 * @param growth the deepest nesting on one CPU with 1, 2 and 3 interrupts, where the stack grows; else empty
 * @param lostIsMeasured whether, whenever all was quiet, {@code requests - served} said exactly what was owed
 * @param nanos how long it took
 */
public record Exploration(
        Variant variant,
        List<Bounds> bounds,
        Verdict verdict,
        Optional<Failure> failure,
        Set<Failure> alsoFails,
        List<String> trace,
        boolean traceIsShortest,
        long states,
        long transitions,
        int nestedCallbacks,
        int nestedInterrupts,
        List<Integer> growth,
        boolean lostIsMeasured,
        long nanos) {
    /** Whether a variant holds. */
    public enum Verdict {
        /** Nothing wrong can be reached. */
        PROVED,
        /** Something wrong can be reached. */
        FAILS,
        /** Nothing wrong was found, and there are more states than the bounds allow. */
        UNDECIDED
    }

    /**
     * Copies the collections.
     *
     * @param variant the variant
     * @param bounds what was covered
     * @param verdict whether it holds
     * @param failure what goes wrong
     * @param alsoFails what else goes wrong
     * @param trace a way to the failure
     * @param traceIsShortest whether no way is shorter
     * @param states how many states were kept
     * @param transitions how many steps were made
     * @param nestedCallbacks the most callbacks on one stack
     * @param nestedInterrupts the most interrupts on one stack
     * @param growth the deepest nesting for each number of interrupts
     * @param lostIsMeasured whether the counters told what was owed
     * @param nanos how long it took
     */
    public Exploration {
        bounds = List.copyOf(bounds);
        alsoFails = Set.copyOf(alsoFails);
        trace = List.copyOf(trace);
        growth = List.copyOf(growth);
    }

    /** {@return whether it came out as the variant is known: it fails in that way, or is proved} */
    public boolean isAsKnown() {
        return variant.shows() == null ? verdict == Verdict.PROVED : failure.orElse(null) == variant.shows();
    }

    /**
     * Explores a variant.
     *
     * @param variant the variant
     * @param bounds what to cover, one after the other
     * @return what came out
     */
    public static Exploration of(Variant variant, List<Bounds> bounds) {
        return new Run(variant, bounds).result();
    }

    /** A search of every order is given up beyond this. */
    private static final int TRACE_STATES = 300_000;

    private static final int GROWTH_INTERRUPTS = 3;

    /** Explores with orders left out that cannot matter, and searches in all of them for a shortest way to what was found. */
    private static final class Run {
        private final Variant variant;
        private final List<Bounds> bounds = new ArrayList<>();
        private final Set<Failure> failures = EnumSet.noneOf(Failure.class);
        private boolean complete = true;
        private boolean lostIsMeasured = true;
        private boolean traceIsShortest = true;
        private long states;
        private long transitions;
        private int nestedCallbacks;
        private int nestedInterrupts;

        Run(Variant variant, List<Bounds> bounds) {
            this.variant = variant;
            bounds.forEach(b -> this.bounds.add(variant.within(b)));
        }

        Exploration result() {
            long start = System.nanoTime();
            for (Bounds b : bounds) {
                for (Workload workload : variant.workloads()) {
                    add(explore(b, workload));
                }
            }
            @Nullable
            Failure failure = failures.contains(variant.shows())
                    ? variant.shows()
                    : failures.stream().findFirst().orElse(null);
            List<String> trace = failure == null ? List.of() : shortestTo(failure);
            Set<Failure> others = EnumSet.copyOf(failures);
            others.remove(failure);
            Verdict verdict = failure != null ? Verdict.FAILS : complete ? Verdict.PROVED : Verdict.UNDECIDED;
            return new Exploration(
                    variant,
                    bounds,
                    verdict,
                    Optional.ofNullable(failure),
                    others,
                    trace,
                    traceIsShortest,
                    states,
                    transitions,
                    nestedCallbacks,
                    nestedInterrupts,
                    failures.contains(Failure.NESTING) ? growth() : List.of(),
                    lostIsMeasured,
                    System.nanoTime() - start);
        }

        private Explorer explore(Bounds b, Workload workload) {
            Explorer reduced = explorer(b, workload, new Mode(true, true, null, b.states(), Integer.MAX_VALUE))
                    .search();
            // Leaving out orders is right only while no CPU touches the slots of another.
            return reduced.world().touchedForeignSlot() && reduced.failures().isEmpty()
                    ? explorer(b, workload, new Mode(false, true, null, b.states(), Integer.MAX_VALUE))
                            .search()
                    : reduced;
        }

        private Explorer explorer(Bounds b, Workload workload, Mode mode) {
            return new Explorer(variant.policy(), b, workload, mode);
        }

        private void add(Explorer explorer) {
            failures.addAll(explorer.failures());
            complete &= explorer.isComplete();
            lostIsMeasured &= explorer.lostIsMeasured();
            states += explorer.states();
            transitions += explorer.transitions();
            nestedCallbacks = Math.max(nestedCallbacks, explorer.world().deepestCallbacks());
            nestedInterrupts = Math.max(nestedInterrupts, explorer.world().deepestInterrupts());
        }

        /** Searches every order as far as that is affordable; a way of the reduced search may be longer than need be. */
        private List<String> shortestTo(Failure failure) {
            List<String> shortest = List.of();
            int searched = Integer.MAX_VALUE;
            for (Bounds b : bounds) {
                for (Workload workload : variant.workloads()) {
                    int maxSteps = shortest.isEmpty() ? Integer.MAX_VALUE : shortest.size() - 2;
                    Explorer full = explorer(b, workload, new Mode(false, true, failure, TRACE_STATES, maxSteps))
                            .search();
                    shortest = full.trace().isEmpty() ? shortest : full.trace();
                    searched = full.isComplete() ? searched : Math.min(searched, full.steps());
                }
            }
            for (int i = 0; shortest.isEmpty() && i < bounds.size(); i++) {
                for (Workload workload : variant.workloads()) {
                    Mode mode = new Mode(true, true, failure, bounds.get(i).states(), Integer.MAX_VALUE);
                    List<String> found =
                            explorer(bounds.get(i), workload, mode).search().trace();
                    shortest = found.isEmpty() || (!shortest.isEmpty() && shortest.size() <= found.size())
                            ? shortest
                            : found;
                }
            }
            traceIsShortest = shortest.size() - 2 <= searched;
            return shortest;
        }

        private List<Integer> growth() {
            List<Integer> depths = new ArrayList<>();
            for (int interrupts = 1; interrupts <= GROWTH_INTERRUPTS; interrupts++) {
                Bounds one = bounds.get(0).withCpus(1).withInterrupts(interrupts);
                int deepest = 0;
                for (Workload workload : variant.workloads()) {
                    World world = explorer(one, workload, new Mode(true, false, null, one.states(), Integer.MAX_VALUE))
                            .search()
                            .world();
                    deepest = Math.max(deepest, Math.max(world.deepestCallbacks(), world.deepestInterrupts()));
                }
                depths.add(deepest);
            }
            return depths;
        }
    }
}
