// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import static io.virtio4j.preempt.explore.PerCpuPrograms.BEGIN_CALLBACK;
import static io.virtio4j.preempt.explore.PerCpuPrograms.CLEAR_DRAINING;
import static io.virtio4j.preempt.explore.PerCpuPrograms.CLEAR_PENDING;
import static io.virtio4j.preempt.explore.PerCpuPrograms.COUNT_REQUEST;
import static io.virtio4j.preempt.explore.PerCpuPrograms.IS_DRAINING;
import static io.virtio4j.preempt.explore.PerCpuPrograms.IS_MASKED;
import static io.virtio4j.preempt.explore.PerCpuPrograms.IS_PENDING;
import static io.virtio4j.preempt.explore.PerCpuPrograms.LOAD_COUNT;
import static io.virtio4j.preempt.explore.PerCpuPrograms.MASK;
import static io.virtio4j.preempt.explore.PerCpuPrograms.SET_DRAINING;
import static io.virtio4j.preempt.explore.PerCpuPrograms.SET_PENDING;
import static io.virtio4j.preempt.explore.PerCpuPrograms.STORE_MINUS_ONE;
import static io.virtio4j.preempt.explore.PerCpuPrograms.UNMASK;

import io.virtio4j.preempt.explore.Op.Kind;

/** Programs that differ from the default's in one point. */
final class VariantPrograms {
    private VariantPrograms() {}

    private static Policy base() {
        return PerCpuPrograms.policy();
    }

    /** The reference to the CPU that the guard was taken on is used after the callback too. */
    static Policy cachedReference() {
        return base().with(Part.DRAIN, without(PerCpuPrograms.DRAIN, Kind.READ_CPU))
                .with(Part.EXIT_INTERRUPT, without(PerCpuPrograms.EXIT_INTERRUPT, Kind.READ_CPU));
    }

    private static Program without(Program program, Kind kind) {
        return Faults.leaveOut(program, kind);
    }

    /** The flag is looked at while the count still holds, and not after. */
    static Policy checkBeforeDecrement() {
        return base().with(
                        Part.EXIT,
                        Program.of(
                                "exit",
                                b -> b.step("loadCount", LOAD_COUNT)
                                        .loads()
                                        .step("isLast", (slots, cpu, value) -> value == 1 ? 1 : 0)
                                        .keeps()
                                        .ifZero("plain")
                                        .step("isPending", IS_PENDING)
                                        .keeps()
                                        .ifZero("plain")
                                        .step("isDraining", IS_DRAINING)
                                        .keeps()
                                        .ifNonZero("plain")
                                        .step("isMasked", IS_MASKED)
                                        .keeps()
                                        .ifNonZero("plain")
                                        .step("storeCountMinusOne", STORE_MINUS_ONE)
                                        .call(Part.DRAIN)
                                        .jump("done")
                                        .label("plain")
                                        .step("storeCountMinusOne", STORE_MINUS_ONE)
                                        .label("done")));
    }

    /** The flag is cleared when the callback is done. */
    static Policy clearAfterCallback() {
        return base().with(
                        Part.DRAIN,
                        Program.of(
                                "drain",
                                b -> b.label("again")
                                        .step("setDraining", SET_DRAINING)
                                        .step("beginCallback", BEGIN_CALLBACK)
                                        .beginsCallback()
                                        .call(Part.CALLBACK)
                                        .op(Kind.READ_CPU)
                                        .step("clearPending", CLEAR_PENDING)
                                        .step("clearDraining", CLEAR_DRAINING)
                                        .step("isPending", IS_PENDING)
                                        .ifNonZero("again")));
    }

    /** Draining is neither set nor looked at. */
    static Policy withoutDraining() {
        return base().with(
                        Part.EXIT,
                        Program.of(
                                "exit",
                                b -> b.step("loadCount", LOAD_COUNT)
                                        .loads()
                                        .step("storeCountMinusOne", STORE_MINUS_ONE)
                                        .ifNonZero("done")
                                        .step("isPending", IS_PENDING)
                                        .ifZero("done")
                                        .step("isMasked", IS_MASKED)
                                        .ifNonZero("done")
                                        .call(Part.DRAIN)
                                        .label("done")))
                .with(
                        Part.DRAIN,
                        Program.of(
                                "drain",
                                b -> b.label("again")
                                        .step("clearPending", CLEAR_PENDING)
                                        .step("beginCallback", BEGIN_CALLBACK)
                                        .beginsCallback()
                                        .call(Part.CALLBACK)
                                        .op(Kind.READ_CPU)
                                        .step("isPending", IS_PENDING)
                                        .ifNonZero("again")))
                .with(
                        Part.EXIT_INTERRUPT,
                        Program.of(
                                "exitInterrupt",
                                b -> b.step("loadCount", LOAD_COUNT)
                                        .ifNonZero("done")
                                        .step("isPending", IS_PENDING)
                                        .ifZero("done")
                                        .label("again")
                                        .step("unmask", UNMASK)
                                        .step("clearPending", CLEAR_PENDING)
                                        .step("beginCallback", BEGIN_CALLBACK)
                                        .beginsCallback()
                                        .call(Part.CALLBACK)
                                        .op(Kind.READ_CPU)
                                        .step("mask", MASK)
                                        .step("isPending", IS_PENDING)
                                        .ifNonZero("again")
                                        .label("done")
                                        .step("unmask", UNMASK)));
    }

    /** A task that gets the CPU back ends the draining at once, with interrupts still let in. */
    static Policy drainingEndsAtResume() {
        return base().with(
                        Part.EXIT_INTERRUPT,
                        Program.of(
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
                                        .step("clearDraining", CLEAR_DRAINING)
                                        .step("mask", MASK)
                                        .step("isPending", IS_PENDING)
                                        .ifNonZero("again")
                                        .label("done")
                                        .step("unmask", UNMASK)));
    }

    /** An interrupt that interrupted a guard does not ask. */
    static Policy ignoredWhenActive() {
        return base().with(
                        Part.INTERRUPT_REQUEST,
                        Program.of(
                                "request",
                                b -> b.step("countRequest", COUNT_REQUEST)
                                        .asks()
                                        .step("loadCount", LOAD_COUNT)
                                        .ifNonZero("ignored")
                                        .step("setPending", SET_PENDING)
                                        .label("ignored")));
    }

    static Policy noInterruptExitCheck() {
        return base().with(Part.EXIT_INTERRUPT, GlobalPrograms.EXIT_INTERRUPT);
    }

    static Policy noLookAfterUnmasking() {
        return base().with(Part.UNMASK, Program.of("unmask", b -> b.step("unmask", UNMASK)));
    }

    // ---- interrupts masked around the drop

    private static Program.Builder decrementMasked(Program.Builder b) {
        return b.step("isMasked", IS_MASKED)
                .ifNonZero("plain")
                .step("mask", MASK)
                .step("loadCount", LOAD_COUNT)
                .loads()
                .step("storeCountMinusOne", STORE_MINUS_ONE)
                .ifNonZero("unmask")
                .step("isPending", IS_PENDING)
                .ifZero("unmask");
    }

    private static void plainDecrement(Program.Builder b) {
        b.label("plain")
                .step("loadCount", LOAD_COUNT)
                .loads()
                .step("storeCountMinusOne", STORE_MINUS_ONE)
                .label("done");
    }

    /** Decrement, check and callback with interrupts masked; what is asked meanwhile comes when they are unmasked. */
    static Policy callbackMasked() {
        Program look = Program.of(
                "look",
                b -> b.step("mask", MASK)
                        .step("loadCount", LOAD_COUNT)
                        .ifNonZero("unmask")
                        .step("isPending", IS_PENDING)
                        .ifZero("unmask")
                        .call(Part.DRAIN)
                        .label("unmask")
                        .op(Kind.READ_CPU)
                        .step("unmask", UNMASK));
        return base().with(Part.EXIT, Program.of("exit", b -> {
                    decrementMasked(b)
                            .call(Part.DRAIN)
                            .label("unmask")
                            .op(Kind.READ_CPU)
                            .step("unmask", UNMASK)
                            .jump("done");
                    plainDecrement(b);
                }))
                .with(
                        Part.DRAIN,
                        Program.of(
                                "drain",
                                b -> b.label("again")
                                        .step("clearPending", CLEAR_PENDING)
                                        .step("beginCallback", BEGIN_CALLBACK)
                                        .beginsCallback()
                                        .call(Part.CALLBACK)
                                        .op(Kind.READ_CPU)
                                        .step("isPending", IS_PENDING)
                                        .ifNonZero("again")))
                .with(
                        Part.EXIT_INTERRUPT,
                        Program.of(
                                "exitInterrupt",
                                b -> b.step("loadCount", LOAD_COUNT)
                                        .ifNonZero("unmask")
                                        .step("isPending", IS_PENDING)
                                        .ifZero("unmask")
                                        .call(Part.DRAIN)
                                        .label("unmask")
                                        .op(Kind.READ_CPU)
                                        .step("unmask", UNMASK)))
                .with(Part.BEGIN_SWITCH, Program.empty("beginSwitch"))
                .with(Part.END_SWITCH, look)
                .with(Part.UNMASK, look)
                .with(base().rules().callbackMayBeMasked(true));
    }

    /** Decrement and check with interrupts masked, the callback after they were unmasked. */
    static Policy callbackAfterUnmask() {
        return base().with(Part.EXIT, Program.of("exit", b -> {
                    decrementMasked(b)
                            .step("clearPending", CLEAR_PENDING)
                            .step("unmask", UNMASK)
                            .step("beginCallback", BEGIN_CALLBACK)
                            .beginsCallback()
                            .call(Part.CALLBACK)
                            .jump("done")
                            .label("unmask")
                            .step("unmask", UNMASK)
                            .jump("done");
                    plainDecrement(b);
                }))
                .with(
                        Part.EXIT_INTERRUPT,
                        Program.of(
                                "exitInterrupt",
                                b -> b.step("loadCount", LOAD_COUNT)
                                        .ifNonZero("unmask")
                                        .step("isPending", IS_PENDING)
                                        .ifZero("unmask")
                                        .step("clearPending", CLEAR_PENDING)
                                        .step("unmask", UNMASK)
                                        .step("beginCallback", BEGIN_CALLBACK)
                                        .beginsCallback()
                                        .call(Part.CALLBACK)
                                        .op(Kind.READ_CPU)
                                        .step("mask", MASK)
                                        .label("unmask")
                                        .step("unmask", UNMASK)))
                .with(Part.BEGIN_SWITCH, Program.empty("beginSwitch"))
                .with(Part.END_SWITCH, Program.empty("endSwitch"))
                .with(Part.UNMASK, Program.of("unmask", b -> b.step("unmask", UNMASK)));
    }
}
