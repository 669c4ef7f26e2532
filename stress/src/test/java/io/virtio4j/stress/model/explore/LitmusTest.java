// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model.explore;

import static io.virtio4j.stress.model.explore.Fence.ACQUIRE;
import static io.virtio4j.stress.model.explore.Fence.ACQUIRE_AND_RELEASE;
import static io.virtio4j.stress.model.explore.Fence.FULL;
import static io.virtio4j.stress.model.explore.Fence.LOAD_LOAD;
import static io.virtio4j.stress.model.explore.Fence.RELEASE;
import static io.virtio4j.stress.model.explore.Fence.STORE_STORE;
import static io.virtio4j.stress.model.explore.MemoryModel.ARM;
import static io.virtio4j.stress.model.explore.MemoryModel.PSO;
import static io.virtio4j.stress.model.explore.MemoryModel.SC;
import static io.virtio4j.stress.model.explore.MemoryModel.TSO;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The explorer against what the literature says of the classic litmus tests: which memory models allow the outcome, without
 * fences, with fences enough, and with fences that are one too weak.
 */
class LitmusTest {
    private static final Set<MemoryModel> NONE = EnumSet.noneOf(MemoryModel.class);
    private static final Set<MemoryModel> ALL = EnumSet.allOf(MemoryModel.class);
    private static final Set<MemoryModel> ONLY_ARM = EnumSet.of(ARM);
    private static final Set<MemoryModel> FROM_PSO = EnumSet.of(PSO, ARM);
    private static final Set<MemoryModel> FROM_TSO = EnumSet.of(TSO, PSO, ARM);

    private static Step store(String cell, int value) {
        return new Step.Store(cell, value);
    }

    private static Step load(String... cells) {
        return new Step.Load(List.of(cells), null);
    }

    private static Step fence(Fence fence) {
        return new Step.Barrier("", fence);
    }

    private static Step[] steps(Step... steps) {
        return steps;
    }

    /** The models that allow an outcome; the threads are called 0, 1 and so on. */
    private static Set<MemoryModel> allow(Predicate<Outcome> outcome, Step[]... threads) {
        Map<String, List<Step>> named = new LinkedHashMap<>();
        for (Step[] thread : threads) {
            named.put(Integer.toString(named.size()), List.of(thread));
        }
        Program program = new Program("litmus", Map.of(), named, end -> outcome.test(end) ? "reached" : null);
        return Arrays.stream(MemoryModel.values())
                .filter(model -> !Explorer.explore(program, model).isProved())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(MemoryModel.class)));
    }

    private static Set<MemoryModel> storeBuffering(Step... between) {
        return allow(
                end -> end.loaded("0", "y") == 0 && end.loaded("1", "x") == 0,
                around(store("x", 1), between, load("y")),
                around(store("y", 1), between, load("x")));
    }

    private static Step[] around(Step first, Step[] between, Step last) {
        List<Step> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(between));
        all.add(last);
        return all.toArray(Step[]::new);
    }

    @Test
    void storeBufferingNeedsFullFences() {
        assertThat(storeBuffering()).isEqualTo(FROM_TSO);
        assertThat(storeBuffering(fence(RELEASE))).isEqualTo(FROM_TSO);
        assertThat(storeBuffering(fence(ACQUIRE))).isEqualTo(FROM_TSO);
        assertThat(storeBuffering(fence(ACQUIRE_AND_RELEASE))).isEqualTo(FROM_TSO);
        assertThat(storeBuffering(fence(RELEASE), fence(ACQUIRE))).isEqualTo(FROM_TSO);
        assertThat(storeBuffering(fence(FULL))).isEqualTo(NONE);
        assertThat(storeBuffering(new Step.Swap("z", null, 1))).isEqualTo(NONE);
    }

    @Test
    void storeBufferingNeedsThemOnBothSides() {
        assertThat(allow(
                        end -> end.loaded("0", "y") == 0 && end.loaded("1", "x") == 0,
                        steps(store("x", 1), fence(FULL), load("y")),
                        steps(store("y", 1), load("x"))))
                .isEqualTo(FROM_TSO);
    }

    private static Set<MemoryModel> messagePassing(Fence writer, Fence reader) {
        return allow(
                end -> end.loaded("1", "y") == 1 && end.loaded("1", "x") == 0,
                writer == null
                        ? steps(store("x", 1), store("y", 1))
                        : steps(store("x", 1), fence(writer), store("y", 1)),
                reader == null ? steps(load("y"), load("x")) : steps(load("y"), fence(reader), load("x")));
    }

    @Test
    void messagePassingNeedsStoresInOrderAndLoadsInOrder() {
        assertThat(messagePassing(null, null)).isEqualTo(FROM_PSO);
        assertThat(messagePassing(null, ACQUIRE)).isEqualTo(FROM_PSO);
        assertThat(messagePassing(RELEASE, null)).isEqualTo(ONLY_ARM);
        assertThat(messagePassing(LOAD_LOAD, LOAD_LOAD)).isEqualTo(FROM_PSO);
        assertThat(messagePassing(STORE_STORE, STORE_STORE)).isEqualTo(ONLY_ARM);
        assertThat(messagePassing(STORE_STORE, LOAD_LOAD)).isEqualTo(NONE);
        assertThat(messagePassing(RELEASE, ACQUIRE)).isEqualTo(NONE);
        assertThat(messagePassing(FULL, FULL)).isEqualTo(NONE);
    }

    private static Set<MemoryModel> loadBuffering(Fence first, Fence second) {
        return allow(
                end -> end.loaded("0", "x") == 1 && end.loaded("1", "y") == 1,
                first == null ? steps(load("x"), store("y", 1)) : steps(load("x"), fence(first), store("y", 1)),
                second == null ? steps(load("y"), store("x", 1)) : steps(load("y"), fence(second), store("x", 1)));
    }

    /** The shape of F: what a thread loads must not be what another stored because it saw this thread's store. */
    @Test
    void loadBufferingNeedsLoadsBeforeStoresWhichAStoreStoreFenceIsNot() {
        assertThat(loadBuffering(null, null)).isEqualTo(ONLY_ARM);
        assertThat(loadBuffering(RELEASE, null)).isEqualTo(ONLY_ARM);
        assertThat(loadBuffering(STORE_STORE, STORE_STORE)).isEqualTo(ONLY_ARM);
        assertThat(loadBuffering(LOAD_LOAD, LOAD_LOAD)).isEqualTo(ONLY_ARM);
        assertThat(loadBuffering(RELEASE, ACQUIRE)).isEqualTo(NONE);
        assertThat(loadBuffering(ACQUIRE, ACQUIRE)).isEqualTo(NONE);
        assertThat(loadBuffering(RELEASE, RELEASE)).isEqualTo(NONE);
    }

    /** No order from a branch: not even of a store behind it. */
    @Test
    void aConditionOnALoadedValueOrdersNothing() {
        assertThat(allow(
                        end -> end.loaded("0", "x") == 1,
                        steps(load("x"), fence(RELEASE), store("y", 1)),
                        steps(new Step.Load(List.of("y"), value -> value == 1), store("x", 1))))
                .isEqualTo(ONLY_ARM);
        assertThat(allow(
                        end -> end.loaded("0", "x") == 1,
                        steps(load("x"), fence(RELEASE), store("y", 1)),
                        steps(new Step.Load(List.of("y"), value -> value == 1), fence(ACQUIRE), store("x", 1))))
                .isEqualTo(NONE);
    }

    @Test
    void anExecutionThatLoadsAnotherValueThanTheConditionsIsLeftOut() {
        assertThat(allow(
                        end -> true,
                        steps(store("x", 1)),
                        steps(new Step.Load(List.of("x"), value -> value == 2), store("y", 1))))
                .isEqualTo(NONE);
    }

    /** S: the store that message passing publishes must not be undone by a later store of the one that saw it. */
    @Test
    void sNeedsStoresInOrderAndALoadBeforeAStore() {
        Predicate<Outcome> outcome = end -> end.loaded("1", "y") == 1 && end.holds("x") == 2;
        Step[] plain = steps(store("x", 2), store("y", 1));
        Step[] fenced = steps(store("x", 2), fence(RELEASE), store("y", 1));

        assertThat(allow(outcome, plain, steps(load("y"), store("x", 1)))).isEqualTo(FROM_PSO);
        assertThat(allow(outcome, fenced, steps(load("y"), store("x", 1)))).isEqualTo(ONLY_ARM);
        assertThat(allow(outcome, fenced, steps(load("y"), fence(LOAD_LOAD), store("x", 1))))
                .isEqualTo(ONLY_ARM);
        assertThat(allow(outcome, plain, steps(load("y"), fence(ACQUIRE), store("x", 1))))
                .isEqualTo(FROM_PSO);
        assertThat(allow(outcome, fenced, steps(load("y"), fence(ACQUIRE), store("x", 1))))
                .isEqualTo(NONE);
    }

    @Test
    void rNeedsStoresInOrderAndAStoreBeforeALoad() {
        Predicate<Outcome> outcome = end -> end.loaded("1", "x") == 0 && end.holds("y") == 2;
        Step[] fenced = steps(store("x", 1), fence(RELEASE), store("y", 1));

        assertThat(allow(outcome, steps(store("x", 1), store("y", 1)), steps(store("y", 2), load("x"))))
                .isEqualTo(FROM_TSO);
        assertThat(allow(outcome, fenced, steps(store("y", 2), fence(ACQUIRE_AND_RELEASE), load("x"))))
                .isEqualTo(FROM_TSO);
        assertThat(allow(outcome, steps(store("x", 1), store("y", 1)), steps(store("y", 2), fence(FULL), load("x"))))
                .isEqualTo(FROM_PSO);
        assertThat(allow(outcome, fenced, steps(store("y", 2), fence(FULL), load("x"))))
                .isEqualTo(NONE);
    }

    @Test
    void twoPlusTwoWritesNeedsStoresInOrder() {
        Predicate<Outcome> outcome = end -> end.holds("x") == 1 && end.holds("y") == 1;

        assertThat(allow(outcome, steps(store("x", 1), store("y", 2)), steps(store("y", 1), store("x", 2))))
                .isEqualTo(FROM_PSO);
        assertThat(allow(
                        outcome,
                        steps(store("x", 1), fence(STORE_STORE), store("y", 2)),
                        steps(store("y", 1), fence(RELEASE), store("x", 2))))
                .isEqualTo(NONE);
        assertThat(allow(
                        outcome,
                        steps(store("x", 1), fence(ACQUIRE), store("y", 2)),
                        steps(store("y", 1), fence(RELEASE), store("x", 2))))
                .isEqualTo(FROM_PSO);
    }

    private static Set<MemoryModel> independentReads(Step... between) {
        return allow(
                end -> end.loaded("2", "x") == 1
                        && end.loaded("2", "y") == 0
                        && end.loaded("3", "y") == 1
                        && end.loaded("3", "x") == 0,
                steps(store("x", 1)),
                steps(store("y", 1)),
                around(load("x"), between, load("y")),
                around(load("y"), between, load("x")));
    }

    /** Memory is one for all: with loads in order, two readers agree on the order of two writers. */
    @Test
    void independentReadsOfIndependentWritesNeedLoadsInOrderAndNoMore() {
        assertThat(independentReads()).isEqualTo(ONLY_ARM);
        assertThat(independentReads(fence(LOAD_LOAD))).isEqualTo(NONE);
        assertThat(independentReads(fence(RELEASE))).isEqualTo(ONLY_ARM);
    }

    @Test
    void writeToReadCausalityNeedsOrderInBothThatRead() {
        Predicate<Outcome> outcome =
                end -> end.loaded("1", "x") == 1 && end.loaded("2", "y") == 1 && end.loaded("2", "x") == 0;

        assertThat(allow(outcome, steps(store("x", 1)), steps(load("x"), store("y", 1)), steps(load("y"), load("x"))))
                .isEqualTo(ONLY_ARM);
        assertThat(allow(
                        outcome,
                        steps(store("x", 1)),
                        steps(load("x"), fence(RELEASE), store("y", 1)),
                        steps(load("y"), fence(ACQUIRE), load("x"))))
                .isEqualTo(NONE);
    }

    @Test
    void oneCellIsCoherentInEveryModel() {
        // CoRR
        assertThat(allow(
                        end -> end.loaded("1", "x", 0) == 1 && end.loaded("1", "x", 1) == 0,
                        steps(store("x", 1)),
                        steps(load("x"), load("x"))))
                .isEqualTo(NONE);
        // CoWW
        assertThat(allow(end -> end.holds("x") == 1, steps(store("x", 1), store("x", 2))))
                .isEqualTo(NONE);
        // CoRW1
        assertThat(allow(end -> end.loaded("0", "x") == 1, steps(load("x"), store("x", 1))))
                .isEqualTo(NONE);
        // CoRW2
        assertThat(allow(
                        end -> end.loaded("0", "x") == 2 && end.holds("x") == 2,
                        steps(load("x"), store("x", 1)),
                        steps(store("x", 2))))
                .isEqualTo(NONE);
        // CoWR
        assertThat(allow(
                        end -> end.loaded("0", "x") == 2 && end.holds("x") == 1,
                        steps(store("x", 1), load("x")),
                        steps(store("x", 2))))
                .isEqualTo(NONE);
        assertThat(allow(end -> end.loaded("0", "x") == 0, steps(store("x", 1), load("x"))))
                .isEqualTo(NONE);
    }

    /** A thread sees its own store before others do: SB with both stores loaded back first. */
    @Test
    void aThreadSeesItsOwnStoreInTheBuffer() {
        assertThat(allow(
                        end -> end.loaded("0", "x") == 1
                                && end.loaded("0", "y") == 0
                                && end.loaded("1", "y") == 1
                                && end.loaded("1", "x") == 0,
                        steps(store("x", 1), load("x"), load("y")),
                        steps(store("y", 1), load("y"), load("x"))))
                .isEqualTo(FROM_TSO);
    }

    @Test
    void aLoadOfTwoCellsSeesBothAtOneMoment() {
        Predicate<Outcome> torn = end -> end.loaded("1", "x") == 0 && end.loaded("1", "y") == 1;

        assertThat(allow(torn, steps(store("x", 1), fence(STORE_STORE), store("y", 1)), steps(load("x", "y"))))
                .isEqualTo(NONE);
        assertThat(allow(torn, steps(store("x", 1), fence(STORE_STORE), store("y", 1)), steps(load("x"), load("y"))))
                .isEqualTo(ALL);
        assertThat(allow(torn, steps(store("x", 1), store("y", 1)), steps(load("x", "y"))))
                .isEqualTo(FROM_PSO);
    }

    @Test
    void ofTwoExchangesOneComesFirst() {
        assertThat(allow(
                        end -> end.loaded("0", "x") == 0 && end.loaded("1", "x") == 0,
                        steps(new Step.Swap("x", null, 1)),
                        steps(new Step.Swap("x", null, 1))))
                .isEqualTo(NONE);
        assertThat(allow(
                        end -> end.loaded("0", "x") == 0 && end.loaded("1", "x") == 0,
                        steps(load("x"), store("x", 1)),
                        steps(load("x"), store("x", 1))))
                .isEqualTo(ALL);
    }

    /** x86: the store waits, the load overtakes it; the trace has the fewest such steps, and says which. */
    @Test
    void aTraceShowsTheReorderingAndNoMoreThanIsNeeded() {
        Map<String, List<Step>> threads = new LinkedHashMap<>();
        threads.put("left", List.of(store("x", 1), load("y")));
        threads.put("right", List.of(store("y", 1), load("x")));
        Exploration found = Explorer.explore(
                new Program(
                        "SB",
                        Map.of(),
                        threads,
                        end -> end.loaded("left", "y") == 0 && end.loaded("right", "x") == 0 ? "both 0" : null),
                TSO);

        assertThat(found.trace())
                .hasSize(5)
                .endsWith("=> both 0")
                .filteredOn(line -> line.contains("overtakes"))
                .hasSize(1);
        assertThat(found.trace().stream()
                        .filter(line -> line.contains("overtakes"))
                        .findFirst())
                .hasValueSatisfying(line -> assertThat(line)
                        .containsAnyOf(
                                "left   load y = 0   <- overtakes store x = 1",
                                "right  load x = 0   <- overtakes store y = 1"));
    }

    /** With n stores on each side and nothing in between, each subset of them is a state of its own: all are counted. */
    @Test
    void everyStateIsVisited() {
        Map<String, List<Step>> threads = new LinkedHashMap<>();
        threads.put("0", List.of(store("a", 1), store("b", 1), store("c", 1)));
        threads.put("1", List.of(store("d", 1), store("e", 1)));
        Program program = new Program("stores", Map.of(), threads, end -> null);

        assertThat(Explorer.explore(program, PSO).states()).isEqualTo(8 * 4);
        assertThat(Explorer.explore(program, TSO).states()).isEqualTo(4 * 3);
        assertThat(Explorer.explore(program, SC).states()).isEqualTo(4 * 3);
        assertThat(Explorer.explore(program, ARM).ends()).isEqualTo(1);
    }
}
