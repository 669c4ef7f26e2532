// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import static io.virtio4j.preempt.explore.PerCpuPrograms.BEGIN_CALLBACK;
import static io.virtio4j.preempt.explore.PerCpuPrograms.CLEAR_DRAINING;
import static io.virtio4j.preempt.explore.PerCpuPrograms.CLEAR_PENDING;
import static io.virtio4j.preempt.explore.PerCpuPrograms.IS_DRAINING;
import static io.virtio4j.preempt.explore.PerCpuPrograms.IS_MASKED;
import static io.virtio4j.preempt.explore.PerCpuPrograms.IS_PENDING;
import static io.virtio4j.preempt.explore.PerCpuPrograms.LOAD_COUNT;
import static io.virtio4j.preempt.explore.PerCpuPrograms.MASK;
import static io.virtio4j.preempt.explore.PerCpuPrograms.SET_DRAINING;
import static io.virtio4j.preempt.explore.PerCpuPrograms.STORE_MINUS_ONE;
import static io.virtio4j.preempt.explore.PerCpuPrograms.STORE_PLUS_ONE;
import static io.virtio4j.preempt.explore.PerCpuPrograms.UNMASK;

import io.virtio4j.preempt.explore.Op.Kind;

/** The default's parts where a task that an interrupt preempted may go on anywhere. */
final class FreeMigrationPrograms {
    private FreeMigrationPrograms() {}

    private static Policy base() {
        Policy base = PerCpuPrograms.policy();
        return base.with(base.rules().pinsPreempted(false));
    }

    /** Nothing else is changed: the CPU is read, and counted on later. */
    static Policy twoSteps() {
        return base();
    }

    /** Every step finds its CPU and acts there in one instruction. */
    static Policy oneInstruction() {
        Policy policy = base();
        for (Part part : new Part[] {
            Part.DRAIN,
            Part.EXIT_INTERRUPT,
            Part.REQUEST,
            Part.INTERRUPT_REQUEST,
            Part.BEGIN_SWITCH,
            Part.END_SWITCH,
            Part.MASK,
            Part.UNMASK
        }) {
            policy = policy.with(part, Faults.onThisCpu(policy.program(part)));
        }
        return policy.with(
                        Part.ENTER,
                        Program.of("enter", b -> b.onThisCpu().step("increment", GlobalPrograms.FETCH_ADD_ONE)))
                .with(
                        Part.EXIT,
                        Program.of(
                                "exit",
                                b -> b.onThisCpu()
                                        .step(
                                                "decrementAndTest",
                                                (slots, cpu, value) ->
                                                        GlobalPrograms.FETCH_SUB_ONE.run(slots, cpu, 0) - 1)
                                        .ifNonZero("done")
                                        .step("isPending", IS_PENDING)
                                        .ifZero("done")
                                        .step("isDraining", IS_DRAINING)
                                        .ifNonZero("done")
                                        .step("isMasked", IS_MASKED)
                                        .ifNonZero("done")
                                        .call(Part.DRAIN)
                                        .label("done")));
    }

    /** Reads the CPU and counts with interrupts masked; looks at the flags with interrupts masked as well. */
    static Policy masked() {
        return base().with(Part.ENTER, Program.of("enter", b -> {
                    maskUnlessMasked(b)
                            .step("loadCount", LOAD_COUNT)
                            .loads()
                            .step("storeCountPlusOne", STORE_PLUS_ONE)
                            .step("unmask", UNMASK)
                            .jump("done")
                            .label("plain")
                            .op(Kind.READ_CPU)
                            .step("loadCount", LOAD_COUNT)
                            .loads()
                            .step("storeCountPlusOne", STORE_PLUS_ONE)
                            .label("done");
                }))
                .with(Part.EXIT, Program.of("exit", b -> {
                    maskUnlessMasked(b)
                            .step("loadCount", LOAD_COUNT)
                            .loads()
                            .step("storeCountMinusOne", STORE_MINUS_ONE)
                            .ifNonZero("unmask");
                    lookMasked(b)
                            .label("plain")
                            .op(Kind.READ_CPU)
                            .step("loadCount", LOAD_COUNT)
                            .loads()
                            .step("storeCountMinusOne", STORE_MINUS_ONE)
                            .label("done");
                }))
                .with(
                        Part.DRAIN,
                        Program.of(
                                "drain",
                                b -> b.label("again")
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
                                        .step("unmask", UNMASK)))
                .with(
                        Part.REQUEST,
                        Program.of(
                                "request",
                                b -> b.op(Kind.READ_CPU)
                                        .step("countRequest", PerCpuPrograms.COUNT_REQUEST)
                                        .asks()
                                        .step("setPending", PerCpuPrograms.SET_PENDING)))
                .with(Part.BEGIN_SWITCH, Program.of("beginSwitch", b -> {
                    maskUnlessMasked(b)
                            .step("setDraining", SET_DRAINING)
                            .step("unmask", UNMASK)
                            .label("plain");
                }))
                .with(Part.END_SWITCH, Program.of("endSwitch", b -> {
                    b.op(Kind.READ_CPU).step("mask", MASK).step("clearDraining", CLEAR_DRAINING);
                    lookMasked(b).label("done");
                }))
                .with(Part.MASK, Program.of("mask", b -> maskUnlessMasked(b).label("plain")))
                .with(Part.UNMASK, Program.of("unmaskAndLook", b -> {
                    b.op(Kind.READ_CPU).step("loadCount", LOAD_COUNT).ifNonZero("unmask");
                    lookMasked(b).label("done");
                }));
    }

    /** Masks interrupts on whatever CPU this is, and then reads which one it is. */
    private static Program.Builder maskUnlessMasked(Program.Builder b) {
        return b.onThisCpu()
                .step("isMasked", IS_MASKED)
                .ifNonZero("plain")
                .step("mask", MASK)
                .op(Kind.READ_CPU)
                .eachOnItsCpu();
    }

    /** With interrupts masked: drains, or unmasks them. */
    private static Program.Builder lookMasked(Program.Builder b) {
        return b.step("isPending", IS_PENDING)
                .ifZero("unmask")
                .step("isDraining", IS_DRAINING)
                .ifNonZero("unmask")
                .call(Part.DRAIN)
                .jump("done")
                .label("unmask")
                .step("unmask", UNMASK)
                .jump("done");
    }
}
