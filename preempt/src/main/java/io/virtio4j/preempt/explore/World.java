// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import io.virtio4j.preempt.explore.Policy.Rules;
import io.virtio4j.preempt.step.CpuSlots;
import io.virtio4j.preempt.step.GuardSteps;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * CPUs, tasks and interrupts at one moment: the real slots, and where everybody is in the programs. It can be written as bytes and
 * read from them, tell what can happen next, and make one of those things happen.
 *
 * <p>A context is a task or the idle loop of a CPU. It has a stack of frames, one for each program that it is in; an interrupt
 * puts its frame on the stack of the context that it interrupts.
 */
final class World {
    /** Callbacks in progress on one stack: one is what a sound policy has. */
    static final int MAX_CALLBACKS = 2;

    /** Interrupts in progress on one stack: one whose callback runs, and one that returns at once. */
    static final int MAX_INTERRUPTS = 2;

    /** What can happen: the context of a CPU makes a step (argument: the context that gets the CPU in a switch). */
    static final int STEP = 0;
    /** A timer interrupt. */
    static final int TIMER = 1;
    /** An interrupt from another CPU. */
    static final int IPI = 2;

    /** The instructions that end the switch to a new context; who runs from the start begins behind them. */
    private static final int FIRST_SWITCH = 2;

    private static final long RESCHEDULE_LINE = 1;

    final Machine machine;
    final CpuSlots slots;
    private final Rules rules;
    private final int cpus;
    private final int tasks;
    private final boolean limitsNesting;
    private final Workload workload;

    // What belongs to a state; everything else is scratch.
    final int[] current;
    final boolean[] owed;
    private final int[] unasked;
    final int[] interruptsLeft;
    final Contexts contexts;

    private final Choices choices;
    private @Nullable Failure failure;
    private boolean touchedForeignSlot;
    private int deepestCallbacks;
    private int deepestInterrupts;

    World(Machine machine, Workload workload, boolean limitsNesting) {
        this.machine = machine;
        this.rules = machine.policy.rules();
        this.cpus = machine.bounds.cpus();
        this.tasks = machine.bounds.tasks();
        this.limitsNesting = limitsNesting;
        this.workload = workload;
        this.slots = new CpuSlots(cpus);
        this.current = new int[cpus];
        this.owed = new boolean[cpus];
        this.unasked = new int[cpus];
        this.interruptsLeft = new int[cpus];
        this.contexts = new Contexts(machine);
        this.choices = new Choices(this, workload);
        begin();
    }

    /** The first task runs on CPU 0, behind the end of the switch that brought it; the others wait, and the other CPUs idle. */
    private void begin() {
        for (int task = 0; task < tasks; task++) {
            int start = machine.start(workload.tasks().get(task));
            boolean runs = task == 0;
            int homeCpu = rules.migration() ? Contexts.ANYWHERE : task % cpus;
            contexts.begin(task, start + (runs ? FIRST_SWITCH : 0), task % cpus, homeCpu, runs);
            settle(task);
        }
        for (int cpu = 0; cpu < cpus; cpu++) {
            int idle = tasks + cpu;
            boolean runs = cpu > 0;
            contexts.begin(idle, machine.start(Part.IDLE) + (runs ? FIRST_SWITCH : 0), 0, cpu, runs);
            settle(idle);
            interruptsLeft[cpu] = cpu == 0 || rules.timerEverywhere() ? machine.bounds.interrupts() : 0;
            current[cpu] = runs ? idle : 0;
            machine.policy.rules().gauge().prepare(slots, cpu);
        }
    }

    /** Writes what can happen next, and returns how many things that are. */
    int possible(int[] happenings) {
        return choices.possible(happenings);
    }

    /** Writes enough of what can happen next to find what there is to find, and returns how many things that are. */
    int sufficient(int[] happenings) {
        return choices.sufficient(happenings);
    }

    /** Whether a program has used a CPU on which it does not run, since the world was made. */
    boolean touchedForeignSlot() {
        return touchedForeignSlot;
    }

    static int code(int kind, int cpu, int argument) {
        return kind << 16 | cpu << 8 | argument;
    }

    // ---- making it happen

    /** Makes one thing happen. Returns what went wrong, or null. */
    @Nullable
    Failure happen(int happening) {
        failure = null;
        int cpu = happening >> 8 & 0xFF;
        int argument = happening & 0xFF;
        switch (happening >> 16) {
            case TIMER -> {
                interruptsLeft[cpu]--;
                interrupt(cpu, workload.timer());
            }
            case IPI -> interrupt(cpu, Part.IPI);
            default -> step(cpu, argument);
        }
        forgetStatistics();
        if (failure == null) {
            checkCounts();
        }
        if (failure == null && isQuiet()) {
            checkQuiet();
        }
        return failure;
    }

    /** Delivery and the first instruction, which masks, are one. */
    private void interrupt(int cpu, Part part) {
        int context = current[cpu];
        push(context, machine.start(part), cpu);
        settle(context);
        if (failure == null) {
            step(cpu, context);
        }
    }

    private void step(int cpu, int argument) {
        int context = current[cpu];
        int frame = contexts.frames[context] - 1;
        int here = contexts.at[context][frame];
        Op op = machine.ops[here];
        int result = 0;
        switch (op.kind()) {
            case STEP -> result = run(op, cpu, context, frame);
            case READ_CPU -> contexts.cpuOf[context][frame] = cpu;
            case RAISE -> {
                int target = (cpu + 1) % cpus;
                GuardSteps.raise(slots, target, RESCHEDULE_LINE);
                owed[target] = true;
            }
            case SWITCH -> handOver(cpu, context, argument);
            case LAST_SWITCH -> {
                handOver(cpu, context, argument);
                contexts.end(context);
                return;
            }
            case COMPUTE, IDLE -> {}
            default -> throw new IllegalStateException(op.kind() + " is no step");
        }
        contexts.at[context][frame] = machine.next(here, result);
        settle(context);
    }

    private int run(Op op, int cpu, int context, int frame) {
        Op.Traits traits = op.traits();
        if (traits.beginsCallback()) {
            checkCallback(cpu, context);
            unasked[cpu] = owed[cpu] ? 0 : unasked[cpu] + 1;
            owed[cpu] = false;
        }
        if (traits.asks()) {
            owed[cpu] = true;
        }
        touchedForeignSlot |= !traits.thisCpu() && contexts.cpuOf[context][frame] != cpu;
        int actor = traits.thisCpu() ? cpu : contexts.cpuOf[context][frame];
        int result = Objects.requireNonNull(op.action()).run(slots, actor, contexts.value[context][frame]);
        if (traits.keepsResult()) {
            contexts.value[context][frame] = result;
        } else if (!traits.keepsValue()) {
            contexts.value[context][frame] = 0;
        }
        return result;
    }

    /** A switch keeps with each context whether it had interrupts masked, as the flags of a processor are kept. */
    private void handOver(int cpu, int context, int next) {
        if (next == context) {
            return;
        }
        contexts.status[context] = Contexts.READY;
        if (contexts.isTask(context)) {
            boolean stays = !rules.migration() || (rules.pinsPreempted() && contexts.interruptsOn(context) > 0);
            contexts.home[context] = stays ? cpu : Contexts.ANYWHERE;
        }
        contexts.maskedWhenLeft[context] = slots.getMaskedOpaque(cpu);
        slots.setMaskedOpaque(cpu, contexts.maskedWhenLeft[next]);
        contexts.maskedWhenLeft[next] = 0;
        contexts.status[next] = Contexts.RUNNING;
        current[cpu] = next;
    }

    /** Runs the control instructions that belong to the step before. */
    private void settle(int context) {
        while (failure == null && contexts.frames[context] > 0) {
            int frame = contexts.frames[context] - 1;
            int here = contexts.at[context][frame];
            Op op = machine.ops[here];
            switch (op.kind()) {
                case CALL -> {
                    contexts.at[context][frame] = machine.next(here, 0);
                    Part callee = Objects.requireNonNull(op.callee());
                    push(
                            context,
                            machine.start(callee == Part.CALLBACK ? workload.callback() : callee),
                            contexts.cpuOf[context][frame]);
                    if (callee == Part.CALLBACK) {
                        checkNesting(context);
                    }
                }
                case RETURN -> contexts.frames[context]--;
                case HOLD -> {
                    contexts.held[context]++;
                    contexts.at[context][frame] = machine.next(here, 0);
                }
                case RELEASE -> {
                    contexts.held[context]--;
                    contexts.at[context][frame] = machine.next(here, 0);
                }
                case JUMP -> contexts.at[context][frame] = machine.next(here, 0);
                default -> {
                    return;
                }
            }
        }
    }

    private void push(int context, int start, int cpu) {
        if (!contexts.push(context, start, cpu)) {
            failure = Failure.NESTING;
        } else if (machine.parts[start].isInterrupt()) {
            checkNesting(context);
        }
    }

    // ---- what must hold

    private void checkCallback(int cpu, int context) {
        if (rules.gauge().count(slots, cpu) != rules.callbackCount()) {
            failure = Failure.CALLBACK_WITH_COUNT;
        } else if (contexts.held[context] != 0) {
            failure = Failure.CALLBACK_IN_GUARD;
        } else if (slots.getMaskedOpaque(cpu) != 0 && !rules.callbackMayBeMasked()) {
            failure = Failure.CALLBACK_MASKED;
        } else if (!owed[cpu] && unasked[cpu] > tasks) {
            failure = Failure.ENDLESS; // each task, and the idle loop, may come late once: an interrupt was quicker
        }
    }

    private void checkNesting(int context) {
        int callbacks = contexts.callbacksOn(context);
        int interrupts = contexts.interruptsOn(context);
        deepestCallbacks = Math.max(deepestCallbacks, callbacks);
        deepestInterrupts = Math.max(deepestInterrupts, interrupts);
        if (limitsNesting && (callbacks > MAX_CALLBACKS || interrupts > MAX_INTERRUPTS)) {
            failure = Failure.NESTING;
        }
    }

    private void checkCounts() {
        for (int cpu = 0; cpu < cpus; cpu++) {
            if (rules.gauge().count(slots, cpu) < 0) {
                failure = Failure.WRONG_COUNT;
            }
        }
    }

    /** Nothing is in flight: no interrupt, no request on its way, no step to make but to go on computing or waiting. */
    boolean isQuiet() {
        for (int cpu = 0; cpu < cpus; cpu++) {
            int context = current[cpu];
            Op.Kind kind = contexts.top(context).kind();
            boolean rests = kind == Op.Kind.COMPUTE || (kind == Op.Kind.IDLE && !contexts.hasReadyTask(cpu));
            if (!rests
                    || contexts.frames[context] != 1
                    || (slots.getRaisedOpaque(cpu) != 0 && slots.getMaskedOpaque(cpu) == 0)) {
                return false;
            }
        }
        return true;
    }

    private void checkQuiet() {
        for (int cpu = 0; cpu < cpus; cpu++) {
            if (slots.getMaskedOpaque(cpu) != 0) {
                failure = Failure.LEFT_MASKED;
            } else if (rules.gauge().count(slots, cpu) != 0) {
                failure = Failure.WRONG_COUNT;
            } else if (owed[cpu]) {
                failure = rules.gauge().flag(slots, cpu) ? Failure.STRANDED : Failure.LOST;
            }
        }
    }

    /** Whether {@code requests - served}, what production measures as lost, says the same as the explorer's own knowledge. */
    boolean measuresWhatIsOwed() {
        for (int cpu = 0; cpu < cpus; cpu++) {
            if ((slots.getRequestsOpaque(cpu) > slots.getServedOpaque(cpu)) != owed[cpu]) {
                return false;
            }
        }
        return true;
    }

    /** {@return the most callbacks in progress on one stack that this world has seen} */
    int deepestCallbacks() {
        return deepestCallbacks;
    }

    /** {@return the most interrupts in progress on one stack that this world has seen} */
    int deepestInterrupts() {
        return deepestInterrupts;
    }

    // ---- bytes

    /** Whether the two counters differ tells states apart; how far, and how often a callback ran, does not. */
    private void forgetStatistics() {
        for (int cpu = 0; cpu < cpus; cpu++) {
            slots.setRequestsOpaque(cpu, slots.getRequestsOpaque(cpu) > slots.getServedOpaque(cpu) ? 1 : 0);
            slots.setServedOpaque(cpu, 0);
            slots.setCallbacksOpaque(cpu, 0);
        }
    }

    /** Writes the state; returns its length. */
    int write(byte[] to) {
        int n = 0;
        for (int cpu = 0; cpu < cpus; cpu++) {
            to[n++] = narrow(slots.getCountOpaque(cpu));
            to[n++] = (byte) (slots.getPendingOpaque(cpu)
                    | slots.getDrainingOpaque(cpu) << 1
                    | slots.getMaskedOpaque(cpu) << 2
                    | (int) slots.getRaisedOpaque(cpu) << 3
                    | (owed[cpu] ? 1 : 0) << 4
                    | unasked[cpu] << 5);
            to[n++] = narrow((int) slots.getRequestsOpaque(cpu));
            to[n++] = (byte) (current[cpu] | interruptsLeft[cpu] << 4);
        }
        to[n++] = (byte) slots.getGlobalPendingOpaque();
        return contexts.write(to, n);
    }

    /** Reads what {@link #write} wrote. */
    void read(byte[] from, int offset) {
        int n = offset;
        for (int cpu = 0; cpu < cpus; cpu++) {
            slots.setCountOpaque(cpu, from[n++]);
            int bits = from[n++];
            slots.setPendingOpaque(cpu, bits & 1);
            slots.setDrainingOpaque(cpu, bits >> 1 & 1);
            slots.setMaskedOpaque(cpu, bits >> 2 & 1);
            slots.getAndSetRaisedAcquire(cpu, bits >> 3 & 1);
            owed[cpu] = (bits >> 4 & 1) != 0;
            unasked[cpu] = bits >> 5 & 7;
            slots.setRequestsOpaque(cpu, from[n++]);
            slots.setServedOpaque(cpu, 0);
            slots.setCallbacksOpaque(cpu, 0);
            int who = from[n++];
            current[cpu] = who & 0xF;
            interruptsLeft[cpu] = who >> 4 & 0xF;
        }
        slots.setGlobalPendingVolatile(from[n++]);
        contexts.read(from, n);
    }

    static byte narrow(int number) {
        if ((byte) number != number) {
            throw new IllegalStateException(number + " does not fit a state");
        }
        return (byte) number;
    }

    // ---- for traces

    /** {@return the name of the context that has a CPU} */
    String contextName(int context) {
        return contexts.isTask(context) ? "task " + (char) ('A' + context) : "idle";
    }

    /** {@return where the context of a CPU is} */
    String place(int cpu) {
        int context = current[cpu];
        int here = contexts.place(context);
        return machine.names[here] + ": " + machine.ops[here].name();
    }

    /** {@return the interrupts in progress on the context of a CPU} */
    int interruptsHere(int cpu) {
        return contexts.interruptsOn(current[cpu]);
    }
}
