// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;

import org.openjdk.jcstress.annotations.Outcome;

/**
 * What may come of a wake-up, a kick or a call, where a fence was changed: what may come of the shipped code, and of each mutant the
 * one outcome that must not be, by flags and by event index.
 */
final class WakeUpOutcomes {
    private WakeUpOutcomes() {}

    /** Of the mutants of one fence. */
    @Outcome(id = "woken, .*", expect = ACCEPTABLE, desc = "in every round a wake-up, or found in the last look")
    @Outcome(
            id = "woken and both noticed, .*",
            expect = ACCEPTABLE,
            desc = "the same, and once a wake-up that was not needed")
    @Outcome(id = "alone, .*", expect = ACCEPTABLE, desc = "the sides did not run at the same time")
    @Outcome(id = "lost, dropped by flags", expect = ACCEPTABLE_INTERESTING, desc = "lost wake-up: no fence")
    @Outcome(id = "lost, dropped by event index", expect = ACCEPTABLE_INTERESTING, desc = "lost wake-up: no fence")
    @Outcome(id = "lost, weakened to Wmb by flags", expect = ACCEPTABLE_INTERESTING, desc = "lost wake-up: Wmb for Mb")
    @Outcome(
            id = "lost, weakened to Wmb by event index",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Wmb for Mb")
    @Outcome(id = "lost, weakened to Rmb by flags", expect = ACCEPTABLE_INTERESTING, desc = "lost wake-up: Rmb for Mb")
    @Outcome(
            id = "lost, weakened to Rmb by event index",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Rmb for Mb")
    @Outcome(
            id = "lost, weakened to Wmb and Rmb by flags",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Wmb and Rmb for Mb")
    @Outcome(
            id = "lost, weakened to Wmb and Rmb by event index",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Wmb and Rmb for Mb")
    @Outcome(id = "lost, early by flags", expect = ACCEPTABLE_INTERESTING, desc = "lost wake-up: Mb before the store")
    @Outcome(
            id = "lost, early by event index",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Mb before the store")
    @Outcome(id = "lost, late by flags", expect = ACCEPTABLE_INTERESTING, desc = "lost wake-up: Mb after the load")
    @Outcome(
            id = "lost, late by event index",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Mb after the load")
    static final class OneFence {
        private OneFence() {}
    }

    /** Of the mutants of every full fence of a split ring. */
    @Outcome(id = "woken, .*", expect = ACCEPTABLE, desc = "in every round a wake-up, or found in the last look")
    @Outcome(
            id = "woken and both noticed, .*",
            expect = ACCEPTABLE,
            desc = "the same, and once a wake-up that was not needed")
    @Outcome(id = "alone, .*", expect = ACCEPTABLE, desc = "the sides did not run at the same time")
    @Outcome(id = "lost, split-ring-mb/all/dropped", expect = ACCEPTABLE_INTERESTING, desc = "lost wake-up: no fence")
    @Outcome(
            id = "lost, split-ring-mb/all/weakened-to-Wmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Wmb for Mb")
    @Outcome(
            id = "lost, split-ring-mb/all/weakened-to-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Rmb for Mb")
    @Outcome(
            id = "lost, split-ring-mb/all/weakened-to-Wmb-and-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Wmb and Rmb for Mb")
    @Outcome(id = "lost, memory-mb/all/dropped", expect = ACCEPTABLE_INTERESTING, desc = "lost wake-up: no fence")
    @Outcome(
            id = "lost, memory-mb/all/weakened-to-Wmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Wmb for Mb")
    @Outcome(
            id = "lost, memory-mb/all/weakened-to-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Rmb for Mb")
    @Outcome(
            id = "lost, memory-mb/all/weakened-to-Wmb-and-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Wmb and Rmb for Mb")
    @Outcome(id = "lost, token-mb/all/dropped", expect = ACCEPTABLE_INTERESTING, desc = "lost wake-up: no fence")
    @Outcome(
            id = "lost, token-mb/all/weakened-to-Wmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Wmb for Mb")
    @Outcome(
            id = "lost, token-mb/all/weakened-to-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Rmb for Mb")
    @Outcome(
            id = "lost, token-mb/all/weakened-to-Wmb-and-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Wmb and Rmb for Mb")
    static final class FencesOfSplit {
        private FencesOfSplit() {}
    }

    /** Of the mutants of every full fence of a packed ring. */
    @Outcome(id = "woken, .*", expect = ACCEPTABLE, desc = "in every round a wake-up, or found in the last look")
    @Outcome(
            id = "woken and both noticed, .*",
            expect = ACCEPTABLE,
            desc = "the same, and once a wake-up that was not needed")
    @Outcome(id = "alone, .*", expect = ACCEPTABLE, desc = "the sides did not run at the same time")
    @Outcome(id = "lost, packed-ring-mb/all/dropped", expect = ACCEPTABLE_INTERESTING, desc = "lost wake-up: no fence")
    @Outcome(
            id = "lost, packed-ring-mb/all/weakened-to-Wmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Wmb for Mb")
    @Outcome(
            id = "lost, packed-ring-mb/all/weakened-to-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Rmb for Mb")
    @Outcome(
            id = "lost, packed-ring-mb/all/weakened-to-Wmb-and-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Wmb and Rmb for Mb")
    @Outcome(id = "lost, memory-mb/all/dropped", expect = ACCEPTABLE_INTERESTING, desc = "lost wake-up: no fence")
    @Outcome(
            id = "lost, memory-mb/all/weakened-to-Wmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Wmb for Mb")
    @Outcome(
            id = "lost, memory-mb/all/weakened-to-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Rmb for Mb")
    @Outcome(
            id = "lost, memory-mb/all/weakened-to-Wmb-and-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Wmb and Rmb for Mb")
    @Outcome(id = "lost, token-mb/all/dropped", expect = ACCEPTABLE_INTERESTING, desc = "lost wake-up: no fence")
    @Outcome(
            id = "lost, token-mb/all/weakened-to-Wmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Wmb for Mb")
    @Outcome(
            id = "lost, token-mb/all/weakened-to-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Rmb for Mb")
    @Outcome(
            id = "lost, token-mb/all/weakened-to-Wmb-and-Rmb",
            expect = ACCEPTABLE_INTERESTING,
            desc = "lost wake-up: Wmb and Rmb for Mb")
    static final class FencesOfPacked {
        private FencesOfPacked() {}
    }
}
