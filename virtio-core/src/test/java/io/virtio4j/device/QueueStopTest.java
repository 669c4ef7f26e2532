// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static io.virtio4j.device.SessionRig.ACKNOWLEDGE;
import static io.virtio4j.device.SessionRig.DRIVER;
import static io.virtio4j.device.SessionRig.DRIVER_OK;
import static io.virtio4j.device.SessionRig.FEATURES_OK;
import static io.virtio4j.device.SessionRig.NEEDS_RESET;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.queue.SplitLayout;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.DescFlags;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A device session whose queues are stopped where they stand, and go on there or in another session. */
class QueueStopTest {
    private final SessionRig rig = new SessionRig();
    private final DeviceSession session = rig.session;
    private final QueueConfig config = rig.queueConfig(0, 8);
    private final DriverQueue driver = rig.driverQueue(config);

    private void offer(long token) {
        driver.offer(new BufferChain(1).addWritable(rig.memory.guestAddress(), 4), token);
    }

    private List<Long> poll() {
        List<Long> tokens = new ArrayList<>();
        driver.poll((token, written) -> tokens.add(token), 8);
        return tokens;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStoppedQueueGoesOnWithTheChainsThatWereInHand(boolean inAnotherSession) {
        rig.start(config);
        offer(1);
        session.service();
        offer(2);
        offer(3);
        rig.device.queues.get(0).next();

        session.stopQueue(0);
        QueueState state = session.queueState(0).orElseThrow();
        offer(4);
        assertThat(session.service()).isZero();

        DeviceSession next = session;
        if (inAnotherSession) {
            next = new DeviceSession(new FakeDevice(), rig.guest, () -> {}, rig.errors::add);
            next.writeStatus(ACKNOWLEDGE | DRIVER);
            next.acknowledgeFeatures(SessionRig.VERSION_1);
            next.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK);
        }
        next.configureQueue(config, queueIndex -> rig.calls++, state);
        next.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);

        assertThat(next.service()).isEqualTo(3);
        assertThat(poll()).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
        assertThat(rig.errors).isEmpty();
    }

    @Test
    void theStateIsThereWhenTheDeviceHasLetGo() {
        rig.start(config);
        offer(1);
        DeviceQueue queue = rig.device.queues.get(0);
        int handle = queue.next();
        rig.device.letsGo = () -> false;

        session.stopQueue(0);
        assertThat(session.queueState(0)).isEmpty();
        // A device that cannot stop what it has begun completes it, and that counts.
        queue.complete(handle, 4);
        rig.device.letsGo = () -> true;
        session.service();

        assertThat(session.queueState(0).orElseThrow().taken()).isEmpty();
        assertThat(poll()).containsExactly(1L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aQueueThatBreaksWhileItIsBeingStoppedIsSeen(boolean letsGo) {
        rig.start(config);
        DeviceQueue queue = rig.device.queues.get(0);
        rig.device.letsGo = () -> false;
        session.stopQueue(0);
        assertThat(session.status() & NEEDS_RESET).isZero();

        offer(1);
        // A loop: the descriptor is its own next.
        long descriptor = config.addresses().descriptorArea() - rig.memory.guestAddress();
        rig.memory.putLe32(descriptor + SplitLayout.DESC_FLAGS, DescFlags.NEXT);
        assertThat(queue.next()).isEqualTo(DeviceQueue.BROKEN);
        rig.device.letsGo = () -> letsGo;
        session.service();

        assertThat(session.status() & NEEDS_RESET).isNotZero();
        assertThat(session.queueState(0)).isEmpty();
        assertThat(rig.errors).hasSize(1);
    }

    @Test
    void aDriverThatMightNotHaveBeenCalledIsCalled() {
        rig.start(config);
        offer(1);
        DeviceQueue queue = rig.device.queues.get(0);
        queue.complete(queue.next(), 4);
        queue.publish();

        session.stopQueue(0);
        assertThat(rig.calls).isZero();
        session.configureQueue(
                config, queueIndex -> rig.calls++, session.queueState(0).orElseThrow());

        assertThat(rig.calls).isEqualTo(1);
    }

    @Test
    void aStateThatDoesNotFitEndsInNeedsReset() {
        rig.start(config);
        session.stopQueue(0);

        session.configureQueue(config, queueIndex -> {}, QueueState.idle(RingFormat.SPLIT, 16, 0));

        assertThat(session.status() & NEEDS_RESET).isNotZero();
        assertThat(rig.errors).singleElement().asString().contains("16");
    }

    @Test
    void aQueueThatIsNotServedHasNoState() {
        rig.start(config);

        session.stopQueue(1);
        session.stopQueue(-1);

        assertThat(session.queueState(1)).isEmpty();
        assertThat(session.queueState(0)).isEmpty();
        assertThat(rig.device.calls).noneMatch(call -> call.startsWith("stop"));
    }

    @Test
    void aQueueThatStandsStillIsNotOneThatTheDriverHasReset() {
        rig.start(config);

        session.stopQueue(0);

        assertThat(session.queueState(0)).isPresent();
        assertThat(session.isQueueReset(0)).isFalse();
    }

    @Test
    void aQueueThatStandsStillGoesOnFromItsStateAlone() {
        rig.start(config);
        offer(1);
        session.service();
        offer(2);
        rig.device.queues.get(0).next();
        session.stopQueue(0);
        QueueState state = session.queueState(0).orElseThrow();

        session.configureQueue(config, queueIndex -> rig.calls++);
        assertThat(session.service()).isZero();
        assertThat(session.queueState(0)).contains(state);
        assertThat(rig.device.calls).noneMatch(call -> call.startsWith("start queue"));

        session.configureQueue(config, queueIndex -> rig.calls++, state);
        assertThat(session.service()).isEqualTo(1);
        assertThat(poll()).containsExactly(1L, 2L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Clause("CORE-DEV-VQRESET-STOP")
    void aQueueThatStandsStillOrIsAboutToCanBeReset(boolean standsStill) {
        Features ringReset = SessionRig.VERSION_1.with(FeatureBits.RING_RESET);
        rig.negotiate(ringReset);
        session.configureQueue(config, queueIndex -> rig.calls++);
        session.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
        rig.device.letsGo = () -> standsStill;
        session.stopQueue(0);

        session.resetQueue(0);
        rig.device.letsGo = () -> true;
        session.service();

        assertThat(session.isQueueReset(0)).isTrue();
        assertThat(session.queueState(0)).isEmpty();
        session.configureQueue(config, queueIndex -> rig.calls++);
        assertThat(session.isQueueReset(0)).isFalse();
        assertThat(rig.device.calls).contains("start queue 0 of 8");
    }
}
