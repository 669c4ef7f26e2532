// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import io.virtio4j.preempt.explore.Op.Action;
import io.virtio4j.preempt.explore.Op.Kind;
import io.virtio4j.preempt.explore.Policy.Gauge;
import io.virtio4j.preempt.explore.Policy.Rules;
import io.virtio4j.preempt.step.CpuSlots;
import io.virtio4j.preempt.step.GuardSteps;
import java.util.EnumMap;
import java.util.Map;

/** {@link io.virtio4j.preempt.step.PerCpuGuard} as programs, step for step, and the tasks and interrupts that use it. */
final class PerCpuPrograms {
    static final Action LOAD_COUNT = (slots, cpu, value) -> GuardSteps.loadCount(slots, cpu);
    static final Action STORE_PLUS_ONE = (slots, cpu, value) -> {
        GuardSteps.storeCountPlusOne(slots, cpu, value);
        return 0;
    };
    static final Action STORE_MINUS_ONE = (slots, cpu, value) -> GuardSteps.storeCountMinusOne(slots, cpu, value);
    static final Action IS_PENDING = (slots, cpu, value) -> bit(GuardSteps.isPending(slots, cpu));
    static final Action IS_DRAINING = (slots, cpu, value) -> bit(GuardSteps.isDraining(slots, cpu));
    static final Action IS_MASKED = (slots, cpu, value) -> bit(GuardSteps.isMasked(slots, cpu));
    static final Action SET_DRAINING = (slots, cpu, value) -> {
        GuardSteps.setDraining(slots, cpu);
        return 0;
    };
    static final Action CLEAR_DRAINING = (slots, cpu, value) -> {
        GuardSteps.clearDraining(slots, cpu);
        return 0;
    };
    static final Action CLEAR_PENDING = (slots, cpu, value) -> {
        GuardSteps.clearPending(slots, cpu);
        return 0;
    };
    static final Action SET_PENDING = (slots, cpu, value) -> {
        GuardSteps.setPending(slots, cpu);
        return 0;
    };
    static final Action BEGIN_CALLBACK = (slots, cpu, value) -> {
        GuardSteps.beginCallback(slots, cpu);
        return 0;
    };
    static final Action COUNT_REQUEST = (slots, cpu, value) -> {
        GuardSteps.countRequest(slots, cpu);
        return 0;
    };
    static final Action MASK = (slots, cpu, value) -> {
        GuardSteps.mask(slots, cpu);
        return 0;
    };
    static final Action UNMASK = (slots, cpu, value) -> {
        GuardSteps.unmask(slots, cpu);
        return 0;
    };
    static final Action TAKE_RAISED = (slots, cpu, value) -> (int) GuardSteps.takeRaised(slots, cpu);

    /** Count and flag where the default has them. */
    static final Gauge GAUGE = new Gauge() {
        @Override
        public int count(CpuSlots slots, int cpu) {
            return slots.getCountOpaque(cpu);
        }

        @Override
        public boolean flag(CpuSlots slots, int cpu) {
            return slots.getPendingOpaque(cpu) != 0;
        }
    };

    static final Program ENTER =
            Program.of("enter", b -> b.step("loadCount", LOAD_COUNT).loads().step("storeCountPlusOne", STORE_PLUS_ONE));

    static final Program EXIT = Program.of(
            "exit",
            b -> b.step("loadCount", LOAD_COUNT)
                    .loads()
                    .step("storeCountMinusOne", STORE_MINUS_ONE)
                    .ifNonZero("done")
                    .step("isPending", IS_PENDING)
                    .ifZero("done")
                    .step("isDraining", IS_DRAINING)
                    .ifNonZero("done")
                    .step("isMasked", IS_MASKED)
                    .ifNonZero("done")
                    .call(Part.DRAIN)
                    .label("done"));

    static final Program DRAIN = Program.of(
            "drain",
            b -> b.label("again")
                    .step("setDraining", SET_DRAINING)
                    .step("clearPending", CLEAR_PENDING)
                    .step("beginCallback", BEGIN_CALLBACK)
                    .beginsCallback()
                    .call(Part.CALLBACK)
                    .op(Kind.READ_CPU)
                    .step("clearDraining", CLEAR_DRAINING)
                    .step("isPending", IS_PENDING)
                    .ifNonZero("again"));

    static final Program ENTER_INTERRUPT = Program.of("enterInterrupt", b -> b.step("mask", MASK));

    static final Program EXIT_INTERRUPT = Program.of(
            "exitInterrupt",
            b -> b.step("loadCount", LOAD_COUNT)
                    .ifNonZero("done")
                    .step("isPending", IS_PENDING)
                    .ifZero("done")
                    .step("isDraining", IS_DRAINING)
                    .ifNonZero("done")
                    .label("again")
                    .step("setDraining", SET_DRAINING)
                    .step("unmask", UNMASK)
                    .step("clearPending", CLEAR_PENDING)
                    .step("beginCallback", BEGIN_CALLBACK)
                    .beginsCallback()
                    .call(Part.CALLBACK)
                    .op(Kind.READ_CPU)
                    .step("mask", MASK)
                    .step("clearDraining", CLEAR_DRAINING)
                    .step("isPending", IS_PENDING)
                    .ifNonZero("again")
                    .label("done")
                    .step("unmask", UNMASK));

    static final Program REQUEST = Program.of(
            "request", b -> b.step("countRequest", COUNT_REQUEST).asks().step("setPending", SET_PENDING));

    static final Program BEGIN_SWITCH = Program.of("beginSwitch", b -> b.step("setDraining", SET_DRAINING));

    static final Program END_SWITCH = Program.of(
            "endSwitch",
            b -> b.step("clearDraining", CLEAR_DRAINING)
                    .step("isPending", IS_PENDING)
                    .ifZero("done")
                    .call(Part.DRAIN)
                    .label("done"));

    static final Program MASK_IRQS = Program.of("mask", b -> b.step("mask", MASK));

    static final Program UNMASK_AND_LOOK = Program.of(
            "unmaskAndLook",
            b -> b.step("unmask", UNMASK)
                    .step("loadCount", LOAD_COUNT)
                    .ifNonZero("done")
                    .step("isPending", IS_PENDING)
                    .ifZero("done")
                    .step("isDraining", IS_DRAINING)
                    .ifNonZero("done")
                    .call(Part.DRAIN)
                    .label("done"));

    private PerCpuPrograms() {}

    private static int bit(boolean value) {
        return value ? 1 : 0;
    }

    /** {@return the default policy} */
    static Policy policy() {
        Map<Part, Program> programs = new EnumMap<>(Part.class);
        programs.put(Part.ENTER, ENTER);
        programs.put(Part.EXIT, EXIT);
        programs.put(Part.DRAIN, DRAIN);
        programs.put(Part.ENTER_INTERRUPT, ENTER_INTERRUPT);
        programs.put(Part.EXIT_INTERRUPT, EXIT_INTERRUPT);
        programs.put(Part.REQUEST, REQUEST);
        programs.put(Part.INTERRUPT_REQUEST, REQUEST);
        programs.put(Part.BEGIN_SWITCH, BEGIN_SWITCH);
        programs.put(Part.END_SWITCH, END_SWITCH);
        programs.put(Part.MASK, MASK_IRQS);
        programs.put(Part.UNMASK, UNMASK_AND_LOOK);
        Workload.addTo(programs);
        return new Policy(programs, new Rules(true, true, true, false, 0, GAUGE));
    }
}
