// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static io.virtio4j.device.SessionRig.ACKNOWLEDGE;
import static io.virtio4j.device.SessionRig.DRIVER;
import static io.virtio4j.device.SessionRig.DRIVER_OK;
import static io.virtio4j.device.SessionRig.FEATURES_OK;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.memory.RecordingMemory;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.queue.RingNames;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a device does to a ring around its start, a stop and a reset: letters H and I, the device's part. The fences of both
 * are the transport's, after it saw a status and before it shows one.
 */
@ParameterizedClass
@EnumSource(RingFormat.class)
class DeviceSessionOrderTest {
    private static final int ALL_BITS = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;

    private final RecordingMemory memory = new RecordingMemory(1 << 16, QueuePair.GUEST_BASE);
    private final SessionRig rig = new SessionRig(memory);
    private final DeviceSession session = rig.session;
    private final boolean packed;
    private final Features features;
    private final QueueConfig config;
    private final DriverQueue driver;

    DeviceSessionOrderTest(RingFormat format) {
        packed = format == RingFormat.PACKED;
        features = QueuePair.features(format, FeatureBits.RING_RESET);
        config = new QueueConfig(
                0,
                FakeDevice.QUEUE_SIZE,
                features,
                rig.queueConfig(0, FakeDevice.QUEUE_SIZE).addresses());
        driver = rig.driverQueue(config);
        memory.nameBy((offset, lengthBytes) -> RingNames.of(config, QueuePair.GUEST_BASE + offset, lengthBytes));
    }

    private void configure() {
        rig.negotiate(features);
        session.configureQueue(config, queueIndex -> rig.calls++);
    }

    private void offer() {
        driver.offer(new BufferChain(1).addWritable(QueuePair.GUEST_BASE + 4096, 4), 1);
    }

    /** A device that runs, with a chain that is complete and not shown, one in hand, and one that it has not taken. */
    private DeviceQueue busy() {
        configure();
        session.writeStatus(ALL_BITS);
        DeviceQueue queue = rig.device.queues.get(0);
        offer();
        offer();
        offer();
        queue.complete(queue.next(), 4);
        assertThat(queue.next()).isNotNegative();
        return queue;
    }

    private String look() {
        return packed ? "opaque load desc[0].flags" : "opaque load avail.idx";
    }

    private String used() {
        return packed ? "opaque store desc[0].flags" : "opaque store used.idx";
    }

    private String wishForCalls() {
        return packed ? "opaque load driver.off_wrap, flags" : "opaque load avail.flags";
    }

    /** Whatever the device and its transport still do with a queue that is not theirs any more. */
    private void goOn(DeviceQueue queue) {
        queue.complete(queueInHand(queue), 4);
        queue.flush();
        queue.next();
        queue.enableNotifications();
        queue.disableNotifications();
        session.service();
        session.enableNotifications();
        session.disableNotifications();
    }

    private static int queueInHand(DeviceQueue queue) {
        for (int handle = 0; handle < FakeDevice.QUEUE_SIZE; handle++) {
            if (queue.pooled(handle).isTaken()) {
                return handle;
            }
        }
        throw new AssertionError("nothing in hand");
    }

    /** H': the ring is not looked at while it is set up, nor by the start itself: first in the service that follows. */
    @Test
    @Clause("CORE-DEV-QUIET-BEFORE-DRIVER-OK")
    void beforeDriverOkNothingOfARingIsTouchedAndTheFirstServiceBeginsWithALook() {
        List<String> before = memory.during(() -> {
            configure();
            session.service();
            session.enableNotifications();
            session.disableNotifications();
            session.writeStatus(ALL_BITS);
        });
        List<String> after = memory.during(session::service);

        assertThat(before).isEmpty();
        assertThat(after).containsExactly(look());
    }

    /** I: the last access of the device was before the request; what is complete and not shown stays unshown. */
    @Test
    @Clause({"CORE-DEV-RESET-QUIET", "CORE-DEV-RESET-STATUS-ZERO"})
    void aResetTouchesNoRingAndNothingAfterItDoes() {
        DeviceQueue queue = busy();

        List<String> lines = memory.during(() -> {
            assertThat(session.writeStatus(0)).isZero();
            goOn(queue);
        });

        assertThat(lines).isEmpty();
        assertThat(rig.calls).isZero();
    }

    @Test
    @Clause("CORE-DEV-VQRESET-STOP")
    void aQueuesResetTouchesNothingOfItAndNothingAfterItDoes() {
        DeviceQueue queue = busy();

        List<String> lines = memory.during(() -> {
            session.resetQueue(0);
            assertThat(session.isQueueReset(0)).isTrue();
            goOn(queue);
        });

        assertThat(lines).isEmpty();
        assertThat(rig.calls).isZero();
    }

    /** Unlike a reset, a stop shows what is complete: the driver will not be told to forget it. */
    @Test
    void aStopPublishesWhatIsCompleteAndThatIsTheLastAccess() {
        DeviceQueue queue = busy();

        List<String> lines = memory.during(() -> session.stopQueue(0));
        List<String> after = memory.during(() -> goOn(queue));

        assertThat(lines).containsExactly("WMB", used());
        assertThat(after).isEmpty();
        assertThat(rig.calls).isZero();
    }

    /** D: the one who stopped may not have asked, so the one who goes on does, before it takes anything. */
    @Test
    void goingOnFromAStateFirstAsksWhetherTheDriverIsToBeCalled() {
        busy();
        session.stopQueue(0);
        QueueState state = session.queueState(0).orElseThrow();

        List<String> lines = memory.during(() -> session.configureQueue(config, queueIndex -> rig.calls++, state));

        assertThat(state.callPending()).isTrue();
        assertThat(lines).containsExactly("MB", wishForCalls());
        assertThat(rig.calls).isEqualTo(1);
    }

    @Test
    @Clause("CORE-DEV-VQENABLE-OBSERVE")
    void aQueueThatWasResetBeginsAnewWithALook() {
        busy();
        session.resetQueue(0);
        rig.driverQueue(config);

        List<String> enabling = memory.during(() -> session.configureQueue(config, queueIndex -> rig.calls++));
        List<String> after = memory.during(session::service);

        assertThat(enabling).isEmpty();
        assertThat(after).containsExactly(look());
    }
}
