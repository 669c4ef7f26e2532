// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import io.virtio4j.preempt.explore.Op.Action;
import io.virtio4j.preempt.explore.Policy.Gauge;
import io.virtio4j.preempt.step.CpuSlots;
import io.virtio4j.preempt.step.GuardSteps;

/** {@link io.virtio4j.preempt.step.GlobalPendingGuard}, the plan's policy, as programs, and what is built of them. */
final class GlobalPrograms {
    static final Action FETCH_ADD_ONE = (slots, cpu, value) -> GuardSteps.fetchAddCount(slots, cpu, 1);
    static final Action FETCH_SUB_ONE = (slots, cpu, value) -> GuardSteps.fetchAddCount(slots, cpu, -1);
    static final Action WAS_OUTERMOST = (slots, cpu, value) -> GuardSteps.wasOutermost(value) ? 1 : 0;
    static final Action SWAP_GLOBAL = (slots, cpu, value) -> GuardSteps.swapGlobalPending(slots) ? 1 : 0;
    static final Action SET_GLOBAL = (slots, cpu, value) -> {
        GuardSteps.setGlobalPending(slots);
        return 0;
    };

    static final Program ENTER = Program.of("enter", b -> b.step("fetchAddCount", FETCH_ADD_ONE));

    static final Program EXIT = Program.of(
            "exit",
            b -> b.step("fetchAddCount", FETCH_SUB_ONE)
                    .loads()
                    .step("wasOutermost", WAS_OUTERMOST)
                    .ifZero("done")
                    .step("swapGlobalPending", SWAP_GLOBAL)
                    .shared()
                    .ifZero("done")
                    .step("beginCallback", PerCpuPrograms.BEGIN_CALLBACK)
                    .beginsCallback()
                    .call(Part.CALLBACK)
                    .label("done"));

    static final Program EXIT_INTERRUPT = Program.of("exitInterrupt", b -> b.step("unmask", PerCpuPrograms.UNMASK));

    static final Program REQUEST = Program.of(
            "request",
            b -> b.step("countRequest", PerCpuPrograms.COUNT_REQUEST)
                    .asks()
                    .step("setGlobalPending", SET_GLOBAL)
                    .shared());

    /** Where the plan's kernel looks when an interrupt ends: nothing active, then the flag, then cleared, then scheduled. */
    static final Program EXIT_INTERRUPT_LOOKING = Program.of(
            "exitInterrupt",
            b -> b.step("loadCount", PerCpuPrograms.LOAD_COUNT)
                    .ifNonZero("done")
                    .step("isGlobalPending", (slots, cpu, value) -> slots.getGlobalPendingOpaque())
                    .shared()
                    .ifZero("done")
                    .step("clearGlobalPending", (slots, cpu, value) -> {
                        slots.setGlobalPendingVolatile(0);
                        return 0;
                    })
                    .shared()
                    .step("beginCallback", PerCpuPrograms.BEGIN_CALLBACK)
                    .beginsCallback()
                    .call(Part.CALLBACK)
                    .op(Op.Kind.READ_CPU)
                    .label("done")
                    .step("unmask", PerCpuPrograms.UNMASK));

    /** The plan's drop with a flag for each CPU. */
    static final Program EXIT_OWN_FLAG = Program.of(
            "exit",
            b -> b.step("fetchAddCount", FETCH_SUB_ONE)
                    .loads()
                    .step("wasOutermost", WAS_OUTERMOST)
                    .ifZero("done")
                    .step("swapPending", (slots, cpu, value) -> {
                        int before = slots.getPendingOpaque(cpu);
                        slots.setPendingOpaque(cpu, 0);
                        return before;
                    })
                    .ifZero("done")
                    .step("beginCallback", PerCpuPrograms.BEGIN_CALLBACK)
                    .beginsCallback()
                    .call(Part.CALLBACK)
                    .label("done"));

    private static final Gauge GAUGE = new Gauge() {
        @Override
        public int count(CpuSlots slots, int cpu) {
            return slots.getCountOpaque(cpu);
        }

        @Override
        public boolean flag(CpuSlots slots, int cpu) {
            return slots.getGlobalPendingOpaque() != 0;
        }
    };

    private GlobalPrograms() {}

    /** {@return the plan's policy: tasks stay on their CPU, the timer interrupts CPU 0 alone} */
    static Policy policy() {
        Policy base = PerCpuPrograms.policy();
        return base.with(Part.ENTER, ENTER)
                .with(Part.EXIT, EXIT)
                .with(Part.EXIT_INTERRUPT, EXIT_INTERRUPT)
                .with(Part.REQUEST, REQUEST)
                .with(Part.INTERRUPT_REQUEST, REQUEST)
                .with(Part.BEGIN_SWITCH, Program.empty("beginSwitch"))
                .with(Part.END_SWITCH, Program.empty("endSwitch"))
                .with(Part.UNMASK, Program.of("unmask", b -> b.step("unmask", PerCpuPrograms.UNMASK)))
                .with(base.rules().migration(false).timerEverywhere(false).counted(0, GAUGE));
    }

    /** {@return the same with a flag for each CPU} */
    static Policy ownFlag() {
        return policy().with(Part.EXIT, EXIT_OWN_FLAG)
                .with(Part.REQUEST, PerCpuPrograms.REQUEST)
                .with(Part.INTERRUPT_REQUEST, PerCpuPrograms.REQUEST)
                .with(policy().rules().counted(0, PerCpuPrograms.GAUGE).timerEverywhere(true));
    }
}
