// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.QueueState;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** A queue of a stepped device is stopped after any step, saved as bytes, and goes on. */
final class SteppedQueueStopTest {
    private static final int MANY = StepRig.MANY;
    private static final int REQUESTS = 7;

    private static Features ring(boolean packed, boolean inOrder) {
        Features ring = Features.of(FeatureBits.EVENT_IDX, FeatureBits.RING_RESET);
        ring = packed ? ring.with(FeatureBits.RING_PACKED) : ring;
        return inOrder ? ring.with(FeatureBits.IN_ORDER) : ring;
    }

    @Property(tries = 200)
    void whereverItStopsEveryRequestComesBackOnce(
            @ForAll long seed,
            @ForAll boolean packed,
            @ForAll boolean inOrder,
            @ForAll @IntRange(max = 60) int stepsBefore) {
        StepRig rig = new StepRig(StepPlan.rough(seed), ring(packed, inOrder));
        for (int i = 0; i < REQUESTS; i++) {
            rig.offer(1, i, i);
        }
        for (int i = 0; i < stepsBefore; i++) {
            rig.transport.step();
        }
        byte[] saved = rig.transport.stopQueue(1).toBytes();
        List<Long> back = new ArrayList<>(rig.poll(1));
        rig.offer(0, 1, 50);
        rig.transport.run(MANY);
        assertThat(rig.poll(0)).containsExactly(50L);
        assertThat(rig.poll(1)).as("%s", rig.transport).isEmpty();

        rig.transport.startQueue(1, QueueState.fromBytes(saved));
        rig.transport.run(MANY);
        back.addAll(rig.poll(1));
        assertThat(back)
                .as("%s", rig.transport)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, REQUESTS).boxed().toList());
        assertThat(rig.errors).isEmpty();
    }

    @Test
    void whatTheDeviceHadDroppedIsTakenAgain() {
        StepRig rig = new StepRig(StepPlan.prompt(31).withCompletions(CompletionPlan.PROMPT.withDropPercent(50)));
        for (int i = 0; i < REQUESTS; i++) {
            rig.offer(1, i, i);
        }
        rig.transport.run(MANY);
        int dropped = rig.device.droppedChains();
        assertThat(dropped).isPositive();

        QueueState state = rig.transport.stopQueue(1);
        assertThat(state.taken()).hasSize(dropped);
        assertThat(rig.device.droppedChains()).isZero();
        rig.transport.startQueue(1, state);
        rig.transport.run(MANY);
        assertThat(rig.poll(1)).hasSize(REQUESTS - rig.device.droppedChains());
        assertThat(rig.device.droppedChains()).isLessThan(dropped);
    }

    @Test
    void aCallThatWasUnderWayStillArrivesAndAKickForTheStoppedQueueWakesNobody() {
        StepRig rig = new StepRig(StepPlan.prompt(32));
        rig.transport.holdCalls(true);
        assertThat(rig.queue(1).enableCallbacks()).isTrue();
        rig.offer(1, 1, 1);
        rig.transport.run(MANY);
        QueueState state = rig.transport.stopQueue(1);
        rig.transport.holdCalls(false);
        rig.transport.run(MANY);
        assertThat(rig.calls).containsExactly(1);
        assertThat(rig.poll(1)).containsExactly(1L);

        rig.offer(1, 2, 2);
        rig.transport.run(MANY);
        assertThat(rig.poll(1)).isEmpty();
        rig.transport.startQueue(1, state);
        rig.transport.run(MANY);
        assertThat(rig.poll(1)).containsExactly(2L);
    }

    @Test
    void whatCannotBeStoppedOrGoOnIsRefused() {
        StepRig rig = new StepRig(StepPlan.prompt(33), ring(false, false));
        QueueState idle = QueueState.idle(RingFormat.SPLIT, StepRig.QUEUE_SIZE, 0);
        assertThatIllegalStateException()
                .isThrownBy(() -> rig.transport.stopQueue(7))
                .withMessageContaining("seed 33");
        assertThatIllegalStateException().isThrownBy(() -> rig.transport.startQueue(1, idle));
        rig.transport.stopQueue(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rig.transport.startQueue(1, QueueState.idle(RingFormat.SPLIT, 8, 0)));
        rig.session.resetQueue(rig.queues[1]);
        assertThatIllegalStateException().isThrownBy(() -> rig.transport.startQueue(1, idle));

        rig.transport.fail("on demand");
        rig.transport.stall();
        assertThatThrownBy(() -> rig.transport.stopQueue(0))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("does not answer");
        rig.transport.resume();
        assertThatThrownBy(() -> rig.transport.stopQueue(0))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("needs a reset");
    }
}
