// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.virtio4j.driver.DriverSpec;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** One queue of a stepped device is reset while notifications are under way. */
final class SteppedQueueResetTest {
    private static final int MANY = StepRig.MANY;

    private static StepRig rig(StepPlan plan) {
        return new StepRig(plan, DriverSpec.RING_FEATURES.with(FeatureBits.RING_RESET));
    }

    @Property(tries = 50)
    @Clause({"CORE-DEV-VQRESET-STOP", "CORE-DEV-VQRESET-DEFAULT-STATE"})
    void aQueueIsResetAndSetUpAgainWhileTheOtherGoesOn(@ForAll long seed) {
        StepRig rig = rig(StepPlan.rough(seed));
        for (int i = 0; i < 6; i++) {
            rig.offer(0, i, i);
            rig.offer(1, i, 10 + i);
            rig.transport.step();
        }
        List<Long> back = new ArrayList<>(rig.poll(1));

        rig.session.resetQueue(rig.queues[1]);
        rig.queue(1).cancelAll(back::add);
        rig.setUp(1, 8);
        for (int i = 0; i < 4; i++) {
            rig.offer(1, i, 20 + i);
        }
        rig.transport.run(MANY);

        assertThat(back).containsExactlyInAnyOrder(10L, 11L, 12L, 13L, 14L, 15L);
        assertThat(rig.poll(0)).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(rig.poll(1)).as("%s", rig.transport).containsExactlyInAnyOrder(20L, 21L, 22L, 23L);
        assertThat(rig.errors).isEmpty();
    }

    @Test
    @Clause("CORE-DEV-VQRESET-STOP")
    void aCallThatWasUnderWayDoesNotArriveAfterItsQueueWasReset() {
        StepRig rig = rig(StepPlan.prompt(20));
        callUnderWayOnBothQueues(rig);

        rig.session.resetQueue(rig.queues[1]);
        rig.transport.holdCalls(false);
        rig.transport.run(MANY);
        assertThat(rig.calls).containsExactly(0);
        assertThat(rig.transport.calls()).isEqualTo(new NotificationCounts(2, 1, 0, 1));
    }

    @Test
    @Clause("CORE-DEV-VQRESET-DEFAULT-STATE")
    void aQueueThatIsSetUpAgainGetsNoCallOfTheOneBefore() {
        StepRig rig = rig(StepPlan.prompt(21));
        callUnderWayOnBothQueues(rig);

        rig.session.resetQueue(rig.queues[1]);
        rig.setUp(1, 8);
        rig.transport.holdCalls(false);
        rig.transport.run(MANY);
        assertThat(rig.calls).containsExactly(0);

        assertThat(rig.queue(1).enableCallbacks()).isTrue();
        rig.offer(1, 1, 3);
        rig.transport.run(MANY);
        assertThat(rig.calls).containsExactly(0, 1);
    }

    @Test
    void nobodyHearsACallWithoutReasonForAQueueThatWasReset() {
        StepRig rig = rig(StepPlan.prompt(22));
        rig.session.resetQueue(rig.queues[1]);
        rig.transport.callWithoutReason(1);
        rig.transport.callWithoutReason(0);
        rig.transport.run(MANY);
        assertThat(rig.calls).containsExactly(0);
    }

    @Test
    void aKickThatWasUnderWayDoesNotReachTheQueueThatIsSetUpAgain() {
        StepRig rig = rig(StepPlan.prompt(23));
        rig.transport.run(MANY);
        rig.transport.holdKicks(true);
        rig.offer(1, 1, 1);
        rig.session.resetQueue(rig.queues[1]);
        rig.queue(1).cancelAll(token -> {});
        rig.setUp(1, 8);
        rig.transport.run(MANY);
        rig.transport.holdKicks(false);
        assertThat(rig.transport.isQuiet()).as("%s", rig.transport).isTrue();
        assertThat(rig.transport.kicks()).isEqualTo(new NotificationCounts(1, 1, 0, 0));
    }

    @Test
    void aQueueResetThatWasNotAgreedOnIsRefusedAndLosesNothing() {
        StepRig rig = new StepRig(StepPlan.prompt(24));
        callUnderWayOnBothQueues(rig);
        assertThatIllegalStateException()
                .isThrownBy(() -> rig.transport.resetQueue(1))
                .withMessageContaining("RING_RESET");
        rig.transport.holdCalls(false);
        rig.transport.run(MANY);
        assertThat(rig.calls).containsExactlyInAnyOrder(0, 1);
    }

    private static void callUnderWayOnBothQueues(StepRig rig) {
        rig.transport.holdCalls(true);
        for (int i = 0; i < 2; i++) {
            assertThat(rig.queue(i).enableCallbacks()).isTrue();
            rig.offer(i, 1, i);
        }
        rig.transport.run(MANY);
        assertThat(rig.transport.calls().sent()).isEqualTo(2);
    }
}
