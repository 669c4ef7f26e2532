// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A device that does something only when the test says so. */
final class SteppedTransportTest {
    private static final int MANY = StepRig.MANY;

    @Test
    void nothingHappensBetweenTwoSteps() {
        StepRig rig = new StepRig(StepPlan.prompt(1));
        rig.offer(0, 5, 7);
        assertThat(rig.poll(0)).isEmpty();
        rig.transport.run(MANY);
        assertThat(rig.poll(0)).containsExactly(7L);
        assertThat(rig.transport.isQuiet()).isTrue();
        assertThat(rig.transport.step()).isFalse();
    }

    @Test
    void aStepTakesOneChainOrShowsOneCompletion() {
        StepRig rig = new StepRig(StepPlan.prompt(1));
        for (int i = 0; i < 5; i++) {
            rig.offer(0, i, i);
        }
        int taken = 0;
        int shown = 0;
        while (!rig.transport.isQuiet()) {
            rig.transport.step();
            int shownNow = shown + rig.poll(0).size();
            int takenNow = shownNow + rig.device.heldChains();
            assertThat(takenNow - taken + shownNow - shown).isLessThanOrEqualTo(1);
            taken = takenNow;
            shown = shownNow;
        }
        assertThat(shown).isEqualTo(5);
    }

    @Property(tries = 50)
    @Clause("CORE-DRV-OUT-OF-ORDER")
    void whateverTheSeedEveryRequestComesBackOnce(@ForAll long seed) {
        StepRig rig = new StepRig(StepPlan.rough(seed));
        assertThat(rig.exchange(100))
                .as("%s", rig.transport)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, 100).boxed().toList());
        assertThat(rig.errors).isEmpty();
    }

    @Test
    void theSameSeedMakesTheSameRunAndAnotherSeedAnother() {
        List<List<String>> runs = new ArrayList<>();
        for (long seed : new long[] {42, 42, 43}) {
            StepRig rig = new StepRig(StepPlan.rough(seed));
            rig.exchange(100);
            runs.add(rig.log);
        }
        assertThat(runs.get(0)).isEqualTo(runs.get(1)).isNotEqualTo(runs.get(2));
    }

    @Test
    void completionsOvertakeEachOtherOnlyWhereThePlanSaysSo() {
        List<Long> inOrder = new ArrayList<>();
        StepRig prompt = new StepRig(StepPlan.prompt(3));
        StepRig anyOrder = new StepRig(StepPlan.prompt(3).withCompletions(CompletionPlan.ANY_ORDER));
        for (StepRig rig : List.of(prompt, anyOrder)) {
            inOrder.clear();
            for (long i = 0; i < 8; i++) {
                rig.offer(0, 0, i);
                inOrder.add(i);
            }
            rig.transport.run(MANY);
        }
        assertThat(prompt.poll(0)).isEqualTo(inOrder);
        assertThat(anyOrder.poll(0)).hasSize(8).isNotEqualTo(inOrder);
    }

    @Test
    @Clause("CORE-DRV-CLEANUP-RESET-FIRST")
    void aDroppedRequestComesBackByAResetOnly() {
        StepRig rig = new StepRig(StepPlan.prompt(9).withCompletions(CompletionPlan.ANY_ORDER.withDropPercent(50)));
        for (int i = 0; i < 8; i++) {
            rig.offer(0, 0, i);
        }
        rig.transport.run(MANY);
        List<Long> tokens = rig.poll(0);
        int dropped = rig.device.droppedChains();
        assertThat(dropped).isBetween(1, 7);
        assertThat(tokens).hasSize(8 - dropped);
        rig.session.reset();
        assertThat(rig.queue(0).cancelAll(tokens::add)).isEqualTo(dropped);
        assertThat(tokens).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
    }

    @Test
    void aHandlerDropsTheRequestThatTheTestChooses() {
        StepRig rig = new StepRig(StepPlan.prompt(9), (queueIndex, chain) -> {
            return chain.getByte(0) == 3 ? ChainHandler.NEVER : 0;
        });
        for (int i = 0; i < 6; i++) {
            rig.offer(0, i, i);
        }
        rig.transport.run(MANY);
        assertThat(rig.poll(0)).containsExactly(0L, 1L, 2L, 4L, 5L);
    }

    @Test
    void aChainIsHeldForItsDelayAndItsBytesAreWrittenAtTheEndOfIt() {
        StepRig rig = new StepRig(StepPlan.prompt(4).withCompletions(CompletionPlan.PROMPT.withDelaySteps(30, 30)));
        DmaBuffer response = rig.offer(0, 5, 1);
        rig.transport.runUntil(() -> rig.device.heldChains() == 1, MANY);
        for (int i = 0; i < 30; i++) {
            assertThat(rig.memory.getByte(response.offset())).isZero();
            assertThat(rig.poll(0)).isEmpty();
            rig.transport.step();
        }
        rig.transport.run(MANY);
        assertThat(rig.memory.getByte(response.offset())).isEqualTo(6);
        assertThat(rig.poll(0)).containsExactly(1L);
    }

    @Test
    void aKickThatIsHeldArrivesWhenItIsLetGoAndOneThatIsLostNever() {
        StepRig rig = new StepRig(StepPlan.prompt(5));
        rig.transport.run(MANY);
        rig.transport.holdKicks(true);
        rig.offer(0, 1, 1);
        assertThat(rig.transport.isQuiet()).isTrue();
        rig.transport.holdKicks(false);
        rig.transport.run(MANY);
        assertThat(rig.poll(0)).containsExactly(1L);

        rig.offer(0, 1, 2);
        assertThat(rig.transport.loseKicks()).isEqualTo(1);
        assertThat(rig.transport.isQuiet()).isTrue();
        assertThatThrownBy(() -> rig.transport.runUntil(() -> !rig.poll(0).isEmpty(), MANY))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nothing is left to do")
                .hasMessageContaining("seed 5");
        assertThat(rig.transport.kicks()).isEqualTo(new NotificationCounts(2, 1, 0, 1));
    }

    @Test
    @Clause({"SPLIT-DEV-REARM-RECHECK", "SPLIT-DRV-KICK-SUPPRESSED"})
    void aDeviceThatIsAwakeWantsNoKickAndLosesNoRequestWhenItFallsAsleep() {
        for (int wait = 0; wait < 12; wait++) {
            StepRig rig = new StepRig(StepPlan.prompt(6));
            rig.transport.run(MANY);
            rig.offer(0, 1, 1);
            for (int i = 0; i < wait; i++) {
                rig.transport.step();
            }
            rig.offer(0, 1, 2);
            rig.transport.run(MANY);
            assertThat(rig.poll(0)).as("after %d steps", wait).containsExactly(1L, 2L);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Clause({"SPLIT-DEV-SPURIOUS-KICK", "PACKED-DRV-EXTRA-KICKS"})
    void aSleepingDeviceThatIsKickedForNothingGoesOnAsBefore(boolean packed) {
        Features ring = Features.of(packed ? FeatureBits.RING_PACKED : FeatureBits.EVENT_IDX);
        StepRig rig = new StepRig(StepPlan.prompt(9), ring);
        rig.offer(0, 1, 1);
        rig.transport.run(MANY);
        assertThat(rig.poll(0)).containsExactly(1L);
        int calls = rig.calls.size();
        for (int i = 0; i < 3; i++) {
            assertThat(rig.transport.isQuiet()).isTrue();
            rig.queues[0].doorbell().ring(rig.queue(0).notificationPayload());
            // Not quiet: the kick is on its way, and arrives in the steps that follow.
            assertThat(rig.transport.isQuiet()).isFalse();
            rig.transport.run(MANY);
        }
        assertThat(rig.transport.kicks().delivered()).isEqualTo(1 + 3);
        assertThat(rig.calls).hasSize(calls);
        assertThat(rig.poll(0)).isEmpty();
        assertThat(rig.errors).isEmpty();

        rig.offer(0, 2, 2);
        rig.transport.run(MANY);
        assertThat(rig.poll(0)).containsExactly(2L);
    }

    @Test
    @Clause("SPLIT-DRV-SPURIOUS-IRQ")
    void callsAreHeldLostAndMadeWithoutReason() {
        StepRig rig = new StepRig(StepPlan.prompt(7));
        assertThat(rig.queue(0).enableCallbacks()).isTrue();
        rig.transport.holdCalls(true);
        rig.offer(0, 1, 1);
        rig.transport.run(MANY);
        assertThat(rig.calls).isEmpty();
        rig.transport.holdCalls(false);
        rig.transport.run(MANY);
        assertThat(rig.calls).containsExactly(0);

        rig.transport.callWithoutReason(1);
        rig.transport.run(MANY);
        assertThat(rig.calls).containsExactly(0, 1);
        assertThat(rig.poll(1)).isEmpty();

        rig.transport.callWithoutReason(1);
        assertThat(rig.transport.loseCalls()).isEqualTo(1);
        rig.transport.run(MANY);
        assertThat(rig.calls).containsExactly(0, 1);
        assertThat(rig.transport.calls()).isEqualTo(new NotificationCounts(1, 1, 2, 2));
    }

    @Test
    void chanceLosesAndAddsNotificationsWhereThePlanSaysSo() {
        NotificationPlan plan = NotificationPlan.PROMPT.withLostPercent(50).withExtraPercent(50);
        StepRig rig = new StepRig(StepPlan.prompt(8).withCalls(plan));
        for (int i = 0; i < 100; i++) {
            rig.queue(0).enableCallbacks();
            rig.offer(0, 1, i);
            rig.transport.run(MANY);
            rig.poll(0);
        }
        NotificationCounts counts = rig.transport.calls();
        assertThat(counts.sent()).isEqualTo(100);
        assertThat(counts.lost()).isBetween(20L, 80L);
        assertThat(counts.extra()).isBetween(20L, 80L);
        assertThat(rig.calls).hasSize((int) (100 - counts.lost() + counts.extra()));
    }

    @Test
    @Clause({"CORE-DEV-NEEDS-RESET-SET", "CORE-DEV-NEEDS-RESET-NOTIFY"})
    void aDeviceFailsOnDemandAndServesAgainAfterAReset() {
        StepRig rig = new StepRig(StepPlan.prompt(9));
        int[] told = {0};
        rig.transport.onConfigChange(() -> told[0]++);
        rig.offer(0, 1, 1);
        rig.transport.fail("on demand");
        assertThat(rig.session.needsReset()).isTrue();
        assertThat(rig.errors).singleElement().isInstanceOf(DeviceFailure.class);
        rig.transport.run(MANY);
        assertThat(told[0]).isEqualTo(1);
        assertThat(rig.poll(0)).isEmpty();
        assertThatThrownBy(() -> rig.transport.fail("again")).isInstanceOf(IllegalStateException.class);

        rig.session.reset();
        rig.open();
        rig.offer(0, 1, 2);
        rig.transport.run(MANY);
        assertThat(rig.poll(0)).containsExactly(2L);
    }

    @Test
    @Clause("CORE-DRV-RESET-WAIT-ZERO")
    void aResetTakesAsManyReadsOfTheStatusAsThePlanSays() {
        StepRig rig = new StepRig(StepPlan.prompt(10).withResetDelaySteps(5));
        rig.transport.writeStatus(DeviceStatus.RESET);
        for (int i = 0; i < 4; i++) {
            assertThat(rig.transport.status()).isNotEqualTo(DeviceStatus.RESET);
        }
        assertThatThrownBy(() -> rig.transport.writeStatus(DeviceStatus.ACKNOWLEDGE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("seed 10");
        assertThat(rig.transport.status()).isEqualTo(DeviceStatus.RESET);
    }

    @Test
    void aDeviceStillUsesBuffersWhileItsResetIsUnderWay() {
        StepRig rig = new StepRig(StepPlan.prompt(10).withResetDelaySteps(100));
        DmaBuffer response = rig.offer(0, 5, 1);
        rig.transport.writeStatus(DeviceStatus.RESET);
        assertThat(rig.memory.getByte(response.offset())).isZero();
        for (int i = 0; i < 99; i++) {
            assertThat(rig.transport.status()).isNotEqualTo(DeviceStatus.RESET);
        }
        assertThat(rig.memory.getByte(response.offset())).isEqualTo(6);
        assertThat(rig.transport.status()).isEqualTo(DeviceStatus.RESET);
    }

    @Test
    void aStalledDeviceAnswersNothingUntilItGoesOnAndADeadOneNever() {
        StepRig rig = new StepRig(StepPlan.prompt(11));
        rig.offer(0, 1, 1);
        rig.transport.stall();
        assertThat(rig.transport.isQuiet()).isTrue();
        assertThat(rig.transport.step()).isFalse();
        assertThatThrownBy(() -> rig.session.reset())
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("does not answer")
                .hasMessageContaining("seed 11");
        rig.transport.resume();
        rig.transport.run(MANY);
        assertThat(rig.poll(0)).containsExactly(1L);

        int[] told = {0};
        rig.transport.onConfigChange(() -> told[0]++);
        rig.transport.die();
        assertThat(told[0]).isEqualTo(1);
        assertThat(rig.session.needsReset()).isTrue();
        assertThatThrownBy(rig.session::reset)
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("dead");
        rig.transport.close();
    }

    @Test
    void anAssertionInAHandlerFailsTheTestInTheStepThatRanIt() {
        StepRig rig = new StepRig(StepPlan.prompt(12), (queueIndex, chain) -> {
            throw new AssertionError("a request that should not have been sent");
        });
        rig.offer(0, 1, 1);
        assertThatThrownBy(() -> rig.transport.run(MANY))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("should not");
        assertThat(rig.session.needsReset()).isTrue();
    }

    @Test
    @Clause("CORE-DEV-CFG-CHANGE-NOTIFY")
    void theDriverIsToldOfAConfigurationThatTheTestChanges() {
        StepRig rig = new StepRig(StepPlan.prompt(13));
        rig.transport.run(MANY);
        int[] told = {0};
        rig.transport.onConfigChange(() -> told[0]++);
        ConfigSpace config = rig.device.config();
        config.update(fields -> fields.putLe32(4, 77));
        assertThat(rig.transport.isQuiet()).isFalse();
        rig.transport.run(MANY);
        assertThat(told[0]).isEqualTo(1);
        assertThat(rig.session.readConfig(4, 4)).containsExactly(77, 0, 0, 0);

        rig.transport.writeConfig(0, new byte[] {1, 2});
        rig.transport.run(MANY);
        assertThat(told[0]).isEqualTo(1);
        assertThat(rig.session.readConfig(0, 4)).containsExactly(1, 2, 0, 0);
    }

    @Test
    void aDriverThatWaitsInItsOwnMethodsMakesTheDeviceStep() {
        StepRig rig = new StepRig(StepPlan.rough(14));
        rig.offer(0, 1, 1);
        long[] token = {0};
        int taken = rig.queue(0).pollUsed((t, written) -> token[0] = t, 1, MANY, rig.transport.idleStrategy());
        assertThat(taken).isEqualTo(1);
        assertThat(token[0]).isEqualTo(1);
    }

    @Test
    void runningIsBounded() {
        StepRig rig = new StepRig(StepPlan.prompt(15).withCompletions(CompletionPlan.PROMPT.withDelaySteps(500, 500)));
        rig.offer(0, 1, 1);
        assertThatThrownBy(() -> rig.transport.run(100))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("after 100 steps")
                .hasMessageContaining("seed 15");
        assertThatThrownBy(() -> rig.transport.runUntil(() -> false, 10))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the bound is reached");
    }

    @Test
    void closingResetsTheDeviceAndMayBeDoneTwice() {
        StepRig rig = new StepRig(StepPlan.prompt(16).withResetDelaySteps(3));
        rig.offer(0, 1, 1);
        rig.transport.close();
        rig.transport.close();
        assertThat(rig.transport.status()).isEqualTo(DeviceStatus.RESET);
        assertThat(rig.device.heldChains()).isZero();
    }

    @Test
    void aSecondSessionFindsNothingOfTheFirst() {
        StepRig rig = new StepRig(StepPlan.rough(17));
        for (int i = 0; i < 5; i++) {
            rig.offer(0, 1, i);
        }
        rig.transport.step();
        rig.session.close();
        List<Long> cancelled = new ArrayList<>();
        rig.queue(0).cancelAll(cancelled::add);
        assertThat(cancelled).hasSize(5);
        rig.calls.clear();
        DriverSession first = rig.session;
        rig.open();
        assertThat(rig.session).isNotSameAs(first);
        rig.transport.run(MANY);
        assertThat(rig.calls).isEmpty();
        assertThat(rig.exchange(20)).hasSize(20);
    }
}
