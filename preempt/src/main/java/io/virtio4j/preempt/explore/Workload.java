// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import io.virtio4j.preempt.explore.Op.Kind;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What runs on the CPUs: tasks, an idle loop, and the handlers of interrupts. All of them only call the parts of a policy.
 *
 * @param tasks the tasks; as many of them run as are asked for
 * @param timer what a timer interrupt does
 * @param callback what a callback does
 */
record Workload(List<Part> tasks, Part timer, Part callback) {
    /** Each is explored by itself. */
    static final List<Workload> ALL = List.of(
            new Workload(
                    List.of(Part.NESTING_TASK, Part.ASKING_TASK, Part.NESTING_TASK, Part.NESTING_TASK),
                    Part.PLAIN_TIMER,
                    Part.GUARDED_CALLBACK),
            new Workload(
                    List.of(Part.MASKING_TASK, Part.UNMASKING_TASK, Part.NESTING_TASK, Part.NESTING_TASK),
                    Part.GUARDED_TIMER,
                    Part.MASKED_CALLBACK),
            new Workload(
                    List.of(Part.SENDING_TASK, Part.NESTING_TASK, Part.SENDING_TASK, Part.NESTING_TASK),
                    Part.PLAIN_TIMER,
                    Part.CALLBACK),
            new Workload(
                    List.of(Part.NESTING_TASK, Part.ASKING_TASK, Part.NESTING_TASK, Part.NESTING_TASK),
                    Part.SENDING_TIMER,
                    Part.CALLBACK));

    /** What the plan assumes: nobody asks but the timer, and handlers take no guards. */
    static final List<Workload> TIMER_ONLY = List.of(new Workload(
            List.of(Part.SINGLE_TASK, Part.SINGLE_TASK, Part.NESTING_TASK, Part.NESTING_TASK),
            Part.PLAIN_TIMER,
            Part.GUARDED_CALLBACK));

    /** The same with handlers that take guards. */
    static final List<Workload> GUARDED_TIMER_ONLY = List.of(new Workload(
            List.of(Part.SINGLE_TASK, Part.SINGLE_TASK, Part.NESTING_TASK, Part.NESTING_TASK),
            Part.GUARDED_TIMER,
            Part.CALLBACK));

    /** The most tasks that a workload has. */
    static final int MAX_TASKS = 4;

    /** Takes a guard on the CPU that it reads, as a task does. */
    private static Program.Builder take(Program.Builder b) {
        return b.op(Kind.READ_CPU).call(Part.ENTER).op(Kind.HOLD);
    }

    private static Program.Builder release(Program.Builder b) {
        return b.op(Kind.RELEASE).call(Part.EXIT);
    }

    /** A new task first ends the switch that brought it; those that run from the start begin behind that. */
    private static Program.Builder begin(Program.Builder b) {
        return b.op(Kind.READ_CPU).call(Part.END_SWITCH);
    }

    /** Computes without a guard for as long as it likes, and perhaps ends. */
    private static void end(Program.Builder b) {
        b.op(Kind.COMPUTE).op(Kind.READ_CPU).call(Part.BEGIN_SWITCH).op(Kind.LAST_SWITCH);
    }

    static void addTo(Map<Part, Program> programs) {
        programs.put(Part.CALLBACK, Program.of("callback", b -> b.op(Kind.SWITCH)));
        programs.put(
                Part.GUARDED_CALLBACK,
                Program.of("callback", b -> release(take(b)).op(Kind.SWITCH)));
        programs.put(
                Part.MASKED_CALLBACK,
                Program.of(
                        "callback",
                        b -> release(take(b.op(Kind.READ_CPU)
                                        .step("isMasked", PerCpuPrograms.IS_MASKED)
                                        .ifNonZero("switch")
                                        .call(Part.MASK)))
                                .call(Part.UNMASK)
                                .label("switch")
                                .op(Kind.SWITCH)));
        programs.put(Part.UNMASKING_TASK, Program.of("unmasking task", b -> {
            take(begin(b)).call(Part.MASK).call(Part.REQUEST).call(Part.UNMASK);
            release(b);
            end(b);
        }));
        programs.put(Part.SINGLE_TASK, Program.of("single task", b -> {
            take(begin(b));
            release(b);
            end(b);
        }));
        programs.put(Part.NESTING_TASK, Program.of("nesting task", b -> {
            take(begin(b));
            take(b);
            release(b);
            release(b);
            end(b);
        }));
        programs.put(Part.SENDING_TASK, Program.of("sending task", b -> {
            take(begin(b)).op(Kind.RAISE);
            release(b);
            end(b);
        }));
        programs.put(Part.ASKING_TASK, Program.of("asking task", b -> {
            take(begin(b)).call(Part.REQUEST);
            release(b);
            end(b);
        }));
        programs.put(Part.MASKING_TASK, Program.of("masking task", b -> {
            begin(b).op(Kind.READ_CPU).call(Part.BEGIN_SWITCH).op(Kind.SWITCH);
            b.op(Kind.READ_CPU).call(Part.END_SWITCH);
            b.op(Kind.READ_CPU).call(Part.MASK);
            take(b).call(Part.REQUEST);
            release(b).call(Part.UNMASK);
            end(b);
        }));
        programs.put(
                Part.IDLE,
                Program.of(
                        "idle",
                        b -> begin(b).label("again")
                                .op(Kind.IDLE)
                                .op(Kind.READ_CPU)
                                .call(Part.BEGIN_SWITCH)
                                .op(Kind.SWITCH)
                                .op(Kind.READ_CPU)
                                .call(Part.END_SWITCH)
                                .jump("again")));
        programs.put(Part.PLAIN_TIMER, handler(b -> b.call(Part.INTERRUPT_REQUEST)));
        programs.put(
                Part.GUARDED_TIMER,
                handler(b -> release(b.call(Part.ENTER).op(Kind.HOLD).call(Part.INTERRUPT_REQUEST))));
        programs.put(Part.SENDING_TIMER, handler(b -> b.op(Kind.RAISE)));
        programs.put(
                Part.IPI,
                Program.of(
                        "ipi",
                        b -> b.call(Part.ENTER_INTERRUPT)
                                .step("takeRaised", PerCpuPrograms.TAKE_RAISED)
                                .shared()
                                .ifZero("done")
                                .call(Part.INTERRUPT_REQUEST)
                                .label("done")
                                .call(Part.EXIT_INTERRUPT)));
    }

    private static Program handler(Consumer<Program.Builder> work) {
        return Program.of("timer", b -> {
            b.call(Part.ENTER_INTERRUPT);
            work.accept(b);
            b.call(Part.EXIT_INTERRUPT);
        });
    }
}
