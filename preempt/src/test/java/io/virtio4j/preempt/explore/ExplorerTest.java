// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.preempt.explore.Explorer.Mode;
import io.virtio4j.preempt.explore.Op.Kind;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The explorer against programs so small that what it must find is known beforehand. */
class ExplorerTest {
    private static final Workload SINGLE = new Workload(List.of(Part.SINGLE_TASK), Part.PLAIN_TIMER, Part.CALLBACK);

    private static Bounds bounds(int cpus, int interrupts) {
        return new Bounds(cpus, 1, interrupts, 1_000_000);
    }

    /** A task that does what is given and then computes, on a machine whose switches do nothing. */
    private static Policy task(Consumer<Program.Builder> body) {
        return PerCpuPrograms.policy()
                .with(Part.BEGIN_SWITCH, Program.empty("beginSwitch"))
                .with(Part.END_SWITCH, Program.empty("endSwitch"))
                .with(Part.SINGLE_TASK, Program.of("task", b -> {
                    b.op(Kind.READ_CPU).call(Part.END_SWITCH);
                    body.accept(b);
                    b.op(Kind.COMPUTE).op(Kind.LAST_SWITCH);
                }));
    }

    private static Program.Builder idling(Program.Builder b, int steps) {
        for (int i = 0; i < steps; i++) {
            b.step("nothing", (slots, cpu, value) -> 0);
        }
        return b;
    }

    private static Policy timer(Policy policy, Consumer<Program.Builder> body) {
        return policy.with(Part.PLAIN_TIMER, Program.of("timer", body));
    }

    private static Explorer search(Policy policy, Bounds bounds, Failure wanted, boolean reduces) {
        return new Explorer(policy, bounds, SINGLE, new Mode(reduces, true, wanted, 1_000_000, Integer.MAX_VALUE))
                .search();
    }

    /**
     * A task of m steps has m + 4 places: before each, computing, ending, and the idle loop's first step and its wait. Each of k
     * interrupts of h steps adds as many places behind it, and h - 1 inside it at each. A second CPU that only waits has 1 place.
     */
    @ParameterizedTest
    @CsvSource({"1,0,2,0", "1,3,2,0", "1,3,2,1", "1,3,5,1", "1,4,3,2", "2,3,5,1", "2,4,3,2"})
    void visitsAsManyStatesAsCountedByHand(int cpus, int taskSteps, int interruptSteps, int interrupts) {
        Policy policy = timer(
                task(b -> idling(b, taskSteps)),
                b -> idling(b.step("mask", PerCpuPrograms.MASK), interruptSteps - 2)
                        .step("unmask", PerCpuPrograms.UNMASK));
        int busy = taskSteps + 4;
        int perPlace = interrupts + 1 + interrupts * (interruptSteps - 1);
        int expected = busy * perPlace * (cpus == 2 ? perPlace : 1);

        Explorer explorer = search(policy, bounds(cpus, interrupts), null, false);

        assertThat(explorer.failures()).isEmpty();
        assertThat(explorer.isComplete()).isTrue();
        assertThat(explorer.states()).isEqualTo(expected);
        assertThat(search(policy, bounds(cpus, interrupts), null, true).failures())
                .isEmpty();
    }

    @Test
    void triesEachStepAndEachInterruptOnceFromEachState() {
        Policy policy = timer(
                task(b -> idling(b, 3)),
                b -> b.step("mask", PerCpuPrograms.MASK).step("unmask", PerCpuPrograms.UNMASK));
        // 7 places: 6 steps between them with the interrupt left and 6 without, 7 interrupts, each with 1 step left.
        assertThat(search(policy, bounds(1, 1), null, false).transitions()).isEqualTo(6 + 6 + 7 + 7);
    }

    private static void finds(Failure failure, int steps, int interrupts, Policy policy) {
        Explorer full = search(policy, bounds(1, interrupts), failure, false);
        assertThat(full.failures()).contains(failure);
        assertThat(full.trace()).hasSize(steps + 1).last().isEqualTo("=> " + failure.text());
        assertThat(search(policy, bounds(1, interrupts), failure, true).failures())
                .contains(failure);
    }

    @Test
    void aRequestThatSetsNoFlagIsLost() {
        finds(
                Failure.LOST,
                1,
                0,
                task(b -> b.step("ask", (slots, cpu, value) -> 0).asks()));
    }

    @Test
    void aRequestThatNobodyLooksAtIsStranded() {
        finds(Failure.STRANDED, 2, 0, task(b -> b.call(Part.REQUEST)));
    }

    @Test
    void aCallbackWhileTheCpuCountsAGuardIsFound() {
        finds(Failure.CALLBACK_WITH_COUNT, 5, 0, task(b -> b.call(Part.ENTER).call(Part.DRAIN)));
    }

    @Test
    void aCallbackInATaskWhoseGuardIsNotCountedIsFound() {
        finds(Failure.CALLBACK_IN_GUARD, 3, 0, task(b -> b.op(Kind.HOLD).call(Part.DRAIN)));
    }

    @Test
    void aCallbackWithInterruptsMaskedIsFound() {
        finds(Failure.CALLBACK_MASKED, 4, 0, task(b -> b.call(Part.MASK).call(Part.DRAIN)));
    }

    @Test
    void aReleaseWithoutAGuardIsFound() {
        finds(Failure.WRONG_COUNT, 2, 0, task(b -> b.call(Part.EXIT)));
    }

    @Test
    void aGuardThatIsNeverReleasedIsFound() {
        finds(Failure.WRONG_COUNT, 2, 0, task(b -> b.call(Part.ENTER)));
    }

    @Test
    void handlersThatLetTheNextInterruptInAreFound() {
        finds(
                Failure.NESTING,
                5,
                3,
                timer(
                        task(b -> idling(b, 1)),
                        b -> b.step("mask", PerCpuPrograms.MASK)
                                .step("unmask", PerCpuPrograms.UNMASK)
                                .step("nothing", (slots, cpu, value) -> 0)));
    }

    @Test
    void callbacksWithoutEndAreFound() {
        Policy forgetful = task(b -> b.call(Part.REQUEST).call(Part.DRAIN))
                .with(Part.DRAIN, Faults.leaveOut(PerCpuPrograms.DRAIN, 1, 0));
        // 2 to ask, 2 to the first callback, which was asked for, 6 from each to the next, and one late callback for
        // the task and one for the idle loop are
        // allowed.
        finds(Failure.ENDLESS, 2 + 2 + 6 + 6 + 6, 0, forgetful);
    }

    @Test
    void interruptsLeftMaskedAreFound() {
        finds(Failure.LEFT_MASKED, 1, 0, task(b -> b.call(Part.MASK)));
    }

    @Test
    void givesUpBeyondTheStatesAllowed() {
        Mode mode = new Mode(false, true, null, 5, Integer.MAX_VALUE);
        Explorer explorer = new Explorer(task(b -> idling(b, 20)), bounds(1, 0), SINGLE, mode).search();
        assertThat(explorer.isComplete()).isFalse();
    }

    @Test
    void aSecondExplorationGivesTheSame() {
        Variant variant = Variant.named("plan").orElseThrow();
        Exploration first = Exploration.of(variant, Bounds.TABLE);
        Exploration second = Exploration.of(variant, Bounds.TABLE);
        assertThat(second.trace()).isEqualTo(first.trace());
        assertThat(VariantTable.markdown(List.of(second))).isEqualTo(VariantTable.markdown(List.of(first)));
    }
}
