// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import java.util.List;

/** Every variant, with what it is known for. */
final class Variants {
    static final List<Variant> ALL = List.of(
            new Variant(
                    "plan",
                    "the plan: a count for each CPU, one flag, timer on CPU 0 only, no look at interrupt exit",
                    Failure.LOST,
                    GlobalPrograms.policy(),
                    Workload.TIMER_ONLY,
                    Bounds.MAX_CPUS),
            new Variant(
                    "plan-one-cpu",
                    "the plan on a machine with one CPU",
                    Failure.STRANDED,
                    GlobalPrograms.policy(),
                    Workload.TIMER_ONLY,
                    1),
            new Variant(
                    "plan-timer-everywhere",
                    "the plan with a timer on every CPU",
                    Failure.LOST,
                    timerEverywhere(GlobalPrograms.policy()),
                    Workload.TIMER_ONLY,
                    Bounds.MAX_CPUS),
            new Variant(
                    "plan-interrupt-exit",
                    "the plan with its kernel's look at interrupt exit: no guard, flag, clear, schedule",
                    Failure.LOST,
                    planInterruptExit(),
                    Workload.TIMER_ONLY,
                    Bounds.MAX_CPUS),
            new Variant(
                    "plan-guard-in-handler",
                    "the plan where an interrupt handler takes a guard",
                    Failure.CALLBACK_MASKED,
                    GlobalPrograms.policy(),
                    Workload.GUARDED_TIMER_ONLY,
                    Bounds.MAX_CPUS),
            new Variant(
                    "plan-own-flag",
                    "the plan with a flag for each CPU and a timer on every CPU",
                    Failure.STRANDED,
                    GlobalPrograms.ownFlag(),
                    Workload.TIMER_ONLY,
                    Bounds.MAX_CPUS),
            new Variant(
                    "no-interrupt-exit-check",
                    "the default without the look at interrupt exit",
                    Failure.STRANDED,
                    VariantPrograms.noInterruptExitCheck()),
            new Variant(
                    "no-look-after-unmasking",
                    "the default without the look when a task unmasks interrupts",
                    Failure.STRANDED,
                    VariantPrograms.noLookAfterUnmasking()),
            new Variant(
                    "ignored-when-active",
                    "an interrupt that finds a guard held does not ask (the plan's call site)",
                    Failure.LOST,
                    VariantPrograms.ignoredWhenActive()),
            new Variant(
                    "check-before-decrement",
                    "the flag is looked at before the decrement only",
                    Failure.STRANDED,
                    VariantPrograms.checkBeforeDecrement()),
            new Variant(
                    "clear-after-callback",
                    "the flag is cleared after the callback",
                    Failure.LOST,
                    VariantPrograms.clearAfterCallback()),
            new Variant(
                    "no-draining",
                    "nothing keeps interrupts from calling back while a callback runs",
                    Failure.NESTING,
                    VariantPrograms.withoutDraining()),
            new Variant(
                    "draining-ends-at-resume",
                    "who gets the CPU back ends draining before interrupts are masked",
                    Failure.NESTING,
                    VariantPrograms.drainingEndsAtResume()),
            new Variant(
                    "masked-drop-callback-outside",
                    "interrupts masked around decrement and check, unmasked for the callback",
                    Failure.NESTING,
                    VariantPrograms.callbackAfterUnmask()),
            new Variant(
                    "masked-drop-callback-inside",
                    "interrupts masked around decrement, check and callback",
                    null,
                    VariantPrograms.callbackMasked()),
            new Variant(
                    "folded-load-store",
                    "count and flag in one word, changed by a load and a store",
                    Failure.LOST,
                    FoldedPrograms.loadAndStore()),
            new Variant(
                    "folded",
                    "count and flag in one word, changed by one instruction each, as Linux on x86; free migration",
                    null,
                    FoldedPrograms.policy()),
            new Variant(
                    "enter-two-steps-free",
                    "the default where preempted tasks may migrate between reading the CPU and counting",
                    Failure.CALLBACK_IN_GUARD,
                    FreeMigrationPrograms.twoSteps()),
            new Variant(
                    "enter-masked-free",
                    "the same with interrupts masked while the CPU is read and counted on or looked at",
                    null,
                    FreeMigrationPrograms.masked()),
            new Variant(
                    "enter-one-instruction-free",
                    "the same with steps that find their CPU and act there in one instruction",
                    null,
                    FreeMigrationPrograms.oneInstruction()),
            new Variant(
                    "cached-reference",
                    "the default with the CPU not read again after a callback",
                    Failure.STRANDED,
                    VariantPrograms.cachedReference()),
            new Variant(
                    "cached-reference-no-migration",
                    "the same where no task migrates",
                    null,
                    noMigration(VariantPrograms.cachedReference())),
            new Variant(
                    "default-no-migration",
                    "the default where no task migrates",
                    null,
                    noMigration(PerCpuPrograms.policy())),
            new Variant(
                    "default",
                    "two steps to enter, preempted tasks pinned, flag and draining for each CPU, CPU read again",
                    null,
                    PerCpuPrograms.policy()));

    private Variants() {}

    private static Policy timerEverywhere(Policy policy) {
        return policy.with(policy.rules().timerEverywhere(true));
    }

    private static Policy noMigration(Policy policy) {
        return policy.with(policy.rules().migration(false));
    }

    private static Policy planInterruptExit() {
        Policy plan = GlobalPrograms.policy();
        return plan.with(Part.EXIT_INTERRUPT, GlobalPrograms.EXIT_INTERRUPT_LOOKING)
                .with(plan.rules().callbackMayBeMasked(true));
    }
}
