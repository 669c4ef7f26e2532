// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import io.virtio4j.preempt.explore.Op.Action;
import io.virtio4j.preempt.explore.Policy.Gauge;
import io.virtio4j.preempt.step.CpuSlots;

/**
 * Count and flag in one word, the flag inverted, so that a decrement that gives 0 says both that no guard is left and that a
 * callback is owed. The drain counts itself, which keeps interrupts from draining too. Each step finds its CPU by itself.
 */
final class FoldedPrograms {
    /** Set while no callback is owed. */
    private static final int NOTHING_OWED = 0x40;

    private static final Action INCREMENT = (slots, cpu, value) -> add(slots, cpu, 1);
    private static final Action DECREMENT = (slots, cpu, value) -> add(slots, cpu, -1);
    private static final Action LOAD_WORD = (slots, cpu, value) -> slots.getCountOpaque(cpu);
    private static final Action STORE_PLUS_ONE = (slots, cpu, value) -> store(slots, cpu, value + 1);
    private static final Action STORE_MINUS_ONE = (slots, cpu, value) -> store(slots, cpu, value - 1);
    private static final Action OWE =
            (slots, cpu, value) -> store(slots, cpu, slots.getCountOpaque(cpu) & ~NOTHING_OWED);
    private static final Action OWE_NOTHING =
            (slots, cpu, value) -> store(slots, cpu, slots.getCountOpaque(cpu) | NOTHING_OWED);
    private static final Action IS_OWED =
            (slots, cpu, value) -> (slots.getCountOpaque(cpu) & NOTHING_OWED) == 0 ? 1 : 0;

    private static final Gauge GAUGE = new Gauge() {
        @Override
        public int count(CpuSlots slots, int cpu) {
            int word = slots.getCountOpaque(cpu);
            return (word & NOTHING_OWED) != 0 ? word - NOTHING_OWED : word;
        }

        @Override
        public boolean flag(CpuSlots slots, int cpu) {
            return (slots.getCountOpaque(cpu) & NOTHING_OWED) == 0;
        }

        @Override
        public void prepare(CpuSlots slots, int cpu) {
            slots.setCountOpaque(cpu, NOTHING_OWED);
        }
    };

    private FoldedPrograms() {}

    private static int add(CpuSlots slots, int cpu, int delta) {
        return store(slots, cpu, slots.getCountOpaque(cpu) + delta);
    }

    private static int store(CpuSlots slots, int cpu, int word) {
        slots.setCountOpaque(cpu, word);
        return word;
    }

    /** {@return the policy with words changed in one instruction each, and tasks that migrate whenever they are switched} */
    static Policy policy() {
        Policy base = PerCpuPrograms.policy();
        return base.with(Part.ENTER, Program.of("enter", b -> b.onThisCpu().step("increment", INCREMENT)))
                .with(
                        Part.EXIT,
                        Program.of(
                                "exit",
                                b -> b.onThisCpu()
                                        .step("decrementAndTest", DECREMENT)
                                        .ifNonZero("done")
                                        .step("isMasked", PerCpuPrograms.IS_MASKED)
                                        .ifNonZero("done")
                                        .call(Part.DRAIN)
                                        .label("done")))
                .with(
                        Part.DRAIN,
                        Program.of(
                                "drain",
                                b -> b.onThisCpu()
                                        .label("again")
                                        .step("increment", INCREMENT)
                                        .step("oweNothing", OWE_NOTHING)
                                        .step("beginCallback", PerCpuPrograms.BEGIN_CALLBACK)
                                        .beginsCallback()
                                        .call(Part.CALLBACK)
                                        .step("decrement", DECREMENT)
                                        .step("isOwed", IS_OWED)
                                        .ifNonZero("again")))
                .with(
                        Part.EXIT_INTERRUPT,
                        Program.of(
                                "exitInterrupt",
                                b -> b.onThisCpu()
                                        .step("isZero", LOAD_WORD)
                                        .ifNonZero("done")
                                        .label("again")
                                        .step("increment", INCREMENT)
                                        .step("unmask", PerCpuPrograms.UNMASK)
                                        .step("oweNothing", OWE_NOTHING)
                                        .step("beginCallback", PerCpuPrograms.BEGIN_CALLBACK)
                                        .beginsCallback()
                                        .call(Part.CALLBACK)
                                        .step("mask", PerCpuPrograms.MASK)
                                        .step("decrement", DECREMENT)
                                        .step("isOwed", IS_OWED)
                                        .ifNonZero("again")
                                        .label("done")
                                        .step("unmask", PerCpuPrograms.UNMASK)))
                .with(Part.REQUEST, request())
                .with(Part.INTERRUPT_REQUEST, request())
                .with(
                        Part.BEGIN_SWITCH,
                        Program.of("beginSwitch", b -> b.onThisCpu().step("increment", INCREMENT)))
                .with(
                        Part.END_SWITCH,
                        Program.of(
                                "endSwitch",
                                b -> b.onThisCpu()
                                        .step("decrementAndTest", DECREMENT)
                                        .ifNonZero("done")
                                        .call(Part.DRAIN)
                                        .label("done")))
                .with(Part.MASK, Program.of("mask", b -> b.onThisCpu().step("mask", PerCpuPrograms.MASK)))
                .with(
                        Part.UNMASK,
                        Program.of(
                                "unmaskAndLook",
                                b -> b.onThisCpu()
                                        .step("unmask", PerCpuPrograms.UNMASK)
                                        .step("isZero", LOAD_WORD)
                                        .ifNonZero("done")
                                        .call(Part.DRAIN)
                                        .label("done")))
                .with(base.rules().pinsPreempted(false).counted(1, GAUGE));
    }

    private static Program request() {
        return Program.of(
                "request",
                b -> b.onThisCpu()
                        .step("countRequest", PerCpuPrograms.COUNT_REQUEST)
                        .asks()
                        .step("owe", OWE));
    }

    /** {@return the same with guards that load and store the word, as a machine without such an instruction must} */
    static Policy loadAndStore() {
        Policy base = policy();
        return base.with(
                        Part.ENTER,
                        Program.of(
                                "enter",
                                b -> b.step("loadWord", LOAD_WORD).loads().step("storeWord", STORE_PLUS_ONE)))
                .with(
                        Part.EXIT,
                        Program.of(
                                "exit",
                                b -> b.step("loadWord", LOAD_WORD)
                                        .loads()
                                        .step("storeWord", STORE_MINUS_ONE)
                                        .ifNonZero("done")
                                        .step("isMasked", PerCpuPrograms.IS_MASKED)
                                        .ifNonZero("done")
                                        .call(Part.DRAIN)
                                        .label("done")))
                .with(base.rules().pinsPreempted(true));
    }
}
