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
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a device session does when the driver resets one of two queues, and sets it up again. */
class QueueResetTest {
    private static final Features WITH_RESET = Features.of(FeatureBits.VERSION_1, FeatureBits.RING_RESET);

    private final SessionRig rig = new SessionRig();
    private final DeviceSession session = rig.session;
    private final QueueConfig first = rig.queueConfig(0, 8);
    private final QueueConfig second = rig.queueConfig(1, 8);
    private final DriverQueue firstDriver = rig.driverQueue(first);
    private final DriverQueue secondDriver = rig.driverQueue(second);

    private void run(Features features) {
        rig.negotiate(features);
        session.configureQueue(first, queueIndex -> rig.calls++);
        session.configureQueue(second, queueIndex -> rig.calls++);
        session.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    }

    private BufferChain chain() {
        return new BufferChain(1).addWritable(rig.memory.guestAddress(), 4);
    }

    @Test
    @Clause("CORE-DEV-VQRESET-STOP")
    void whatWasOfferedAndNotTakenIsNeverTaken() {
        run(WITH_RESET);
        firstDriver.offer(chain(), 1);
        byte[] used = rig.raw(first).deviceArea();

        session.resetQueue(0);
        firstDriver.offer(chain(), 2);

        assertThat(session.service()).isZero();
        session.disableNotifications();
        session.enableNotifications();
        assertThat(rig.raw(first).deviceArea()).isEqualTo(used);
        assertThat(rig.calls).isZero();
        assertThat(session.isQueueReset(0)).isTrue();
    }

    @Test
    @Clause("CORE-DEV-VQRESET-STOP")
    void whatWasTakenIsCompletedIntoTheVoid() {
        run(WITH_RESET);
        DeviceQueue queue = rig.device.queues.get(0);
        firstDriver.offer(chain(), 1);
        firstDriver.offer(chain(), 2);
        int unpublished = queue.next();
        int unfinished = queue.next();
        queue.complete(unpublished, 4);
        byte[] used = rig.raw(first).deviceArea();

        session.resetQueue(0);
        queue.complete(unfinished, 4);
        queue.flush();

        assertThat(queue.next()).isEqualTo(DeviceQueue.BROKEN);
        assertThat(rig.raw(first).deviceArea()).isEqualTo(used);
        assertThat(rig.calls).isZero();
        assertThat(rig.errors).isEmpty();
    }

    @Test
    @Clause("CORE-DEV-VQRESET-STOP")
    void theResetIsNotCompleteBeforeTheDeviceHasLetGo() {
        run(WITH_RESET);
        rig.device.letsGo = () -> false;

        session.resetQueue(0);
        session.service();
        assertThat(session.isQueueReset(0)).isFalse();
        rig.device.letsGo = () -> true;
        session.service();

        assertThat(session.isQueueReset(0)).isTrue();
        assertThat(rig.device.calls).endsWith("stop queue 0", "stop queue 0", "stop queue 0");
        session.service();
        assertThat(rig.device.calls).filteredOn(call -> call.startsWith("stop")).hasSize(3);
    }

    @Test
    @Clause("CORE-DEV-VQRESET-STOP")
    void aQueueBeingResetIsNotServedNorSetUpAgain() {
        run(WITH_RESET);
        rig.device.letsGo = () -> false;
        session.resetQueue(0);

        session.configureQueue(first, queueIndex -> rig.calls++);
        rig.driverQueue(first).offer(chain(), 1);

        assertThat(session.service()).isZero();
        assertThat(rig.device.calls).noneMatch(call -> call.startsWith("start queue"));
    }

    @Test
    @Clause("CORE-DEV-VQRESET-STOP")
    void theOtherQueueGoesOn() {
        run(WITH_RESET);
        secondDriver.offer(chain(), 1);
        session.service();
        session.resetQueue(0);
        secondDriver.offer(chain(), 2);

        assertThat(session.service()).isEqualTo(1);

        assertThat(rig.raw(second).usedIdx()).isEqualTo(2);
        assertThat(rig.calls).isEqualTo(2);
        assertThat(session.status() & NEEDS_RESET).isZero();
    }

    @Test
    @Clause("CORE-DEV-VQRESET-DEFAULT-STATE")
    void aQueueSetUpAgainBeginsAtIndexZero() {
        run(WITH_RESET);
        for (int i = 0; i < 5; i++) {
            firstDriver.offer(chain(), i);
            session.service();
            firstDriver.poll((token, written) -> {}, 8);
        }
        session.resetQueue(0);

        DriverQueue again = rig.driverQueue(first);
        session.configureQueue(first, queueIndex -> rig.calls++);
        again.offer(chain(), 7);
        session.service();

        assertThat(rig.raw(first).usedIdx()).isEqualTo(1);
        assertThat(again.poll((token, written) -> assertThat(token).isEqualTo(7), 8))
                .isEqualTo(1);
        assertThat(session.isQueueReset(0)).isFalse();
    }

    @Test
    @Clause("CORE-DEV-VQENABLE-OBSERVE")
    void anotherSizeAndOtherAddressesCount() {
        run(WITH_RESET);
        session.resetQueue(0);
        QueueConfig smaller = rig.queueConfig(0, 4);
        DriverQueue again = rig.driverQueue(smaller);

        session.configureQueue(smaller, queueIndex -> rig.calls++);
        for (int i = 0; i < 9; i++) {
            again.offer(chain(), i);
            session.service();
            assertThat(again.poll((token, written) -> {}, 8)).isEqualTo(1);
        }

        assertThat(rig.device.calls).endsWith("start queue 0 of 4");
        assertThat(rig.raw(first).usedIdx()).isZero();
        assertThat(rig.errors).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, -1, 65535})
    void aQueueThatIsNotThereCannotBeReset(int index) {
        run(WITH_RESET);

        session.resetQueue(index);

        assertThat(session.isQueueReset(index)).isFalse();
        assertThat(rig.device.calls).noneMatch(call -> call.startsWith("stop"));
    }

    @Test
    @Clause("CORE-DRV-VQRESET-NEGOTIATED")
    void withoutTheFeatureAQueueGoesOn() {
        run(SessionRig.VERSION_1);
        firstDriver.offer(chain(), 1);

        session.resetQueue(0);

        assertThat(session.isQueueReset(0)).isFalse();
        assertThat(session.service()).isEqualTo(1);
    }

    @Test
    void beforeDriverOkThereIsNothingToReset() {
        rig.negotiate(WITH_RESET);
        session.configureQueue(first, queueIndex -> rig.calls++);

        session.resetQueue(0);
        session.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
        firstDriver.offer(chain(), 1);

        assertThat(session.service()).isEqualTo(1);
    }

    @Test
    void aQueueThatCannotBeAsTheDriverSaysEndsInNeedsReset() {
        run(WITH_RESET);
        session.resetQueue(0);

        session.configureQueue(
                new QueueConfig(0, 8, WITH_RESET, new QueueAddresses(0x10, 0x20, 0x30)), queueIndex -> {});

        assertThat(session.status() & NEEDS_RESET).isNotZero();
        assertThat(rig.configChanges).isEqualTo(1);
        assertThat(rig.errors).singleElement().asString().contains("0x10");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDeviceThatThrowsOverAQueueEndsInNeedsReset(boolean stopping) {
        run(WITH_RESET);
        Runnable throwing = () -> {
            throw new IllegalStateException("worn out");
        };
        if (stopping) {
            rig.device.letsGo = () -> {
                throwing.run();
                return true;
            };
        } else {
            rig.device.onQueueStartHook = throwing;
        }

        session.resetQueue(0);
        session.configureQueue(first, queueIndex -> {});

        assertThat(session.status() & NEEDS_RESET).isNotZero();
        assertThat(rig.errors).singleElement().asString().contains("worn out");
    }

    @Test
    void aResetOfTheDeviceForgetsAQueueBeingReset() {
        run(WITH_RESET);
        rig.device.letsGo = () -> false;
        session.resetQueue(0);

        session.writeStatus(0);
        assertThat(session.isQueueReset(0)).isFalse();
        run(WITH_RESET);
        rig.driverQueue(first).offer(chain(), 1);

        assertThat(session.service()).isEqualTo(1);
    }
}
