// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static io.virtio4j.device.SessionRig.NEEDS_RESET;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import org.junit.jupiter.api.Test;

/** A device session at work: before DRIVER_OK, while it runs, and after a reset. */
class DeviceSessionLifeTest {
    private final SessionRig rig = new SessionRig();
    private final DeviceSession session = rig.session;

    private BufferChain chain() {
        return new BufferChain(1).addReadable(rig.memory.guestAddress(), 1);
    }

    @Test
    @Clause("CORE-DEV-QUIET-BEFORE-DRIVER-OK")
    void nothingIsTakenAndNobodyIsCalledBeforeDriverOk() {
        QueueConfig config = rig.queueConfig(0, 8);
        DriverQueue driver = rig.driverQueue(config);
        driver.offer(chain(), 1);
        rig.negotiate(SessionRig.VERSION_1);
        session.configureQueue(config, queueIndex -> rig.calls++);
        byte[] used = rig.raw(config).deviceArea();

        assertThat(session.service()).isZero();
        session.disableNotifications();
        assertThat(session.enableNotifications()).isTrue();

        assertThat(rig.raw(config).deviceArea()).isEqualTo(used);
        assertThat(rig.calls).isZero();
    }

    @Test
    @Clause("CORE-QUEUE-LIVE")
    void whatWasOfferedEarlyIsUsedOnceTheDriverIsReady() {
        QueueConfig config = rig.queueConfig(0, 8);
        DriverQueue driver = rig.driverQueue(config);
        driver.offer(chain(), 1);
        rig.start(config);

        assertThat(session.service()).isEqualTo(1);

        assertThat(rig.raw(config).usedIdx()).isEqualTo(1);
        assertThat(rig.calls).isEqualTo(1);
    }

    @Test
    void aQueueThatTheDriverLeavesOutIsNotStarted() {
        rig.start(rig.queueConfig(1, 8));

        assertThat(rig.device.queues)
                .singleElement()
                .extracting(q -> q.config().index())
                .isEqualTo(1);
    }

    @Test
    void aQueueConfiguredTwiceIsTheSecondOne() {
        QueueConfig first = rig.queueConfig(0, 8);
        QueueConfig second = rig.queueConfig(0, 4);
        rig.start(first, second);

        assertThat(rig.device.queues)
                .singleElement()
                .extracting(q -> q.config().size())
                .isEqualTo(4);
    }

    @Test
    void aQueueThatComesFromElsewhereStartsInTheMemoryOfNow() {
        rig.start();
        QueueConfig config = rig.queueConfig(1, 8);
        DriverQueue driver = rig.driverQueue(config);
        driver.offer(chain(), 1);
        QueueState idle = QueueState.idle(RingFormat.SPLIT, 8, 0);
        session.configureQueue(config, queueIndex -> rig.calls++, idle);
        session.service();
        assertThat(rig.raw(config).usedIdx()).isEqualTo(1);

        // Served already: what it is told again changes nothing.
        session.configureQueue(config, queueIndex -> rig.calls++, idle);
        driver.offer(chain(), 2);
        session.service();
        assertThat(rig.raw(config).usedIdx()).isEqualTo(2);
        assertThat(rig.errors).isEmpty();

        session.useMemory(GuestMemory.of(SharedMemory.allocate(4096, 0)));
        session.stopQueue(1);
        session.configureQueue(config, queueIndex -> rig.calls++, QueueState.idle(RingFormat.SPLIT, 8, 2));
        assertThat(session.status() & NEEDS_RESET).as("its ring lies nowhere").isNotZero();
        assertThat(rig.errors).hasSize(1);
    }

    @Test
    void aQueueConfiguredAfterDriverOkIsIgnored() {
        rig.start();
        session.configureQueue(rig.queueConfig(1, 8), queueIndex -> {});
        session.writeStatus(15);

        assertThat(rig.device.queues).hasSize(1);
    }

    @Test
    @Clause({"CORE-DEV-RESET-STATUS-ZERO", "CORE-DEV-STATUS-INIT-ZERO"})
    void theStatusIsZeroAfterAReset() {
        rig.start();

        assertThat(session.writeStatus(0)).isZero();

        assertThat(session.status()).isZero();
        assertThat(rig.device.calls).endsWith("reset");
    }

    @Test
    @Clause("CORE-DEV-RESET-QUIET")
    void nothingIsTakenAndNobodyIsCalledAfterAReset() {
        QueueConfig config = rig.start();
        DriverQueue driver = rig.driverQueue(config);
        driver.offer(chain(), 1);
        session.writeStatus(0);
        byte[] used = rig.raw(config).deviceArea();

        assertThat(session.service()).isZero();
        session.enableNotifications();
        session.disableNotifications();

        assertThat(rig.raw(config).deviceArea()).isEqualTo(used);
        assertThat(rig.calls).isZero();
    }

    @Test
    void aResetDeviceStartsAgainFromTheBeginning() {
        rig.start();
        session.writeStatus(0);
        QueueConfig config = rig.start();
        DriverQueue driver = rig.driverQueue(config);
        driver.offer(chain(), 1);

        assertThat(session.service()).isEqualTo(1);
        assertThat(rig.raw(config).usedIdx()).isEqualTo(1);
    }

    @Test
    void theQueuesOfBeforeAResetAreForgotten() {
        rig.start();
        session.writeStatus(0);
        rig.start(new QueueConfig[0]);

        assertThat(rig.device.queues).isEmpty();
    }

    @Test
    @Clause("CORE-DEV-CFG-CHANGE-NOTIFY")
    void aChangeOfTheConfigurationIsNotified() {
        rig.start();
        session.service();
        rig.device.config.update(fields -> fields.putByte(0, 1));

        session.service();
        session.service();

        assertThat(rig.configChanges).isEqualTo(1);
    }

    @Test
    void aDriverIsNotToldOfWhatItChangedItself() {
        rig.start();
        rig.device.onConfigWriteHook = () -> rig.device.config.update(fields -> fields.putByte(0, 1));
        session.writeConfig(0, new byte[1]);

        session.service();

        assertThat(rig.configChanges).isZero();
    }

    @Test
    void aResetThatIsNotCompleteDoesNotShowZero() {
        rig.start();
        rig.device.onResetHook = () -> {
            throw new ResetIncompleteException("still writing");
        };

        assertThat(session.writeStatus(0) & NEEDS_RESET).isNotZero();
        assertThat(rig.errors).hasSize(1);
    }

    @Test
    void aResetThatThrowsIsCompleteAndReported() {
        rig.start();
        rig.device.onResetHook = () -> {
            throw new IllegalStateException("careless");
        };

        assertThat(session.writeStatus(0)).isZero();
        assertThat(rig.errors).hasSize(1);
    }

    @Test
    void aQueueRunsWithTheFeaturesThatWereAgreedOnWhateverItsConfigurationSays() {
        QueueConfig config = rig.queueConfig(0, 8);
        Features more = SessionRig.VERSION_1.with(FeatureBits.EVENT_IDX).with(FeatureBits.INDIRECT_DESC);
        rig.start(new QueueConfig(0, 8, more, config.addresses()));

        assertThat(rig.device.queues)
                .singleElement()
                .extracting(queue -> queue.config().features())
                .isEqualTo(SessionRig.VERSION_1);
    }

    @Test
    @Clause("CORE-DEV-RESET-QUIET")
    void aQueueThatADeviceKeptOverAResetTouchesNothing() {
        QueueConfig config = rig.start();
        DriverQueue driver = rig.driverQueue(config);
        driver.offer(chain(), 1);
        driver.offer(chain(), 2);
        driver.offer(chain(), 3);
        DeviceQueue kept = rig.device.queues.get(0);
        kept.complete(kept.next(), 0);
        int handle = kept.next();
        session.writeStatus(0);
        byte[] used = rig.raw(config).deviceArea();

        kept.complete(handle, 0);
        kept.flush();
        kept.disableNotifications();

        assertThat(kept.next()).isEqualTo(DeviceQueue.BROKEN);
        assertThat(kept.enableNotifications()).isTrue();
        assertThat(rig.raw(config).deviceArea()).isEqualTo(used);
        assertThat(rig.calls).isZero();
        assertThat(rig.errors).isEmpty();
    }
}
