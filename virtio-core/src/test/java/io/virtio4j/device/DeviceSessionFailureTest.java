// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static io.virtio4j.device.SessionRig.NEEDS_RESET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.queue.BrokenQueueException;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.testkit.Clause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever goes wrong, the session throws nothing, shows DEVICE_NEEDS_RESET and tells the driver if it is there. */
class DeviceSessionFailureTest {
    private final SessionRig rig = new SessionRig();
    private final DeviceSession session = rig.session;

    private boolean needsReset() {
        return (session.status() & NEEDS_RESET) != 0;
    }

    private static void failing() {
        throw new IllegalStateException("a mistake of the device");
    }

    @Test
    @Clause({"CORE-DEV-NEEDS-RESET-SET", "CORE-DEV-NEEDS-RESET-NOTIFY"})
    void aBrokenRingPutsTheDeviceIntoNeedsResetAndNotifiesTheDriver() {
        QueueConfig config = rig.start();
        rig.raw(config).makeAvailable(0xFFFF);

        session.service();

        assertThat(needsReset()).isTrue();
        assertThat(rig.configChanges).isEqualTo(1);
        assertThat(rig.errors).singleElement().isInstanceOf(BrokenQueueException.class);
    }

    @Test
    void aDeviceThatNeedsResetDoesNothingMore() {
        QueueConfig config = rig.start();
        rig.raw(config).makeAvailable(0xFFFF);
        session.service();
        int calls = rig.device.calls.size();

        assertThat(session.service()).isZero();
        assertThat(session.enableNotifications()).isTrue();

        assertThat(rig.device.calls).hasSize(calls);
        assertThat(rig.configChanges).isEqualTo(1);
        assertThat(rig.errors).hasSize(1);
    }

    @Test
    void aResetCuresABrokenRing() {
        rig.raw(rig.start()).makeAvailable(0xFFFF);
        session.service();

        session.writeStatus(0);
        rig.start();

        assertThat(session.status()).isEqualTo(15);
        assertThat(session.service()).isZero();
    }

    @Test
    @Clause("CORE-DEV-NEEDS-RESET-NOTIFY")
    void anExceptionOfTheDeviceIsReportedAndNeedsReset() {
        rig.start();
        rig.device.onQueueHook = DeviceSessionFailureTest::failing;

        session.service();

        assertThat(needsReset()).isTrue();
        assertThat(rig.configChanges).isEqualTo(1);
        assertThat(rig.errors).singleElement().isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anExceptionWhileStartingIsReportedAndNeedsReset() {
        rig.device.onStartHook = DeviceSessionFailureTest::failing;

        rig.start();

        assertThat(needsReset()).isTrue();
        assertThat(rig.configChanges).isEqualTo(1);
        assertThat(rig.errors).hasSize(1);
    }

    @Test
    @Clause("CORE-DEV-NEEDS-RESET-NOTIFY")
    void beforeDriverOkNobodyIsNotified() {
        rig.device.onConfigWriteHook = DeviceSessionFailureTest::failing;

        session.writeConfig(0, new byte[1]);

        assertThat(needsReset()).isTrue();
        assertThat(rig.configChanges).isZero();
        assertThat(rig.errors).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "0x100008, 0x100100, 0x100200",
        "0x100000, 0x100101, 0x100200",
        "0x100000, 0x100100, 0x100202",
        "0x0, 0x100100, 0x100200",
        "0x100000, 0x10FFFE, 0x100200",
        "0x100000, 0x100100, 0x7FFFFFFFFFFFFFFC",
        "-0x10, 0x100100, 0x100200"
    })
    void aRingThatIsMisalignedOrOutsideMemoryNeedsReset(String descriptors, String avail, String used) {
        QueueAddresses addresses = new QueueAddresses(Long.decode(descriptors), Long.decode(avail), Long.decode(used));

        rig.start(new QueueConfig(0, 8, SessionRig.VERSION_1, addresses));

        assertThat(needsReset()).isTrue();
        assertThat(rig.configChanges).isEqualTo(1);
        assertThat(rig.errors).hasSize(1);
        assertThat(rig.device.calls).isEmpty();
    }

    @Test
    void anExceptionWhileFeaturesAreJudgedRefusesThemAndNeedsReset() {
        rig.device.onAcceptHook = DeviceSessionFailureTest::failing;

        rig.negotiate(SessionRig.VERSION_1);

        assertThat(session.status() & SessionRig.FEATURES_OK).isZero();
        assertThat(needsReset()).isTrue();
        assertThat(rig.errors).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "16, 1", "15, 2", "0, 17", "2147483647, 1"})
    void aWriteOutsideTheConfigurationNeverReachesTheDevice(int offset, int length) {
        rig.start();

        session.writeConfig(offset, new byte[length]);

        assertThat(rig.device.calls).noneMatch(call -> call.startsWith("write config"));
        assertThat(session.status()).isEqualTo(15);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 16", "15, 1", "16, 0"})
    void aWriteWithinTheConfigurationReachesTheDevice(int offset, int length) {
        session.writeConfig(offset, new byte[length]);

        assertThat(rig.device.calls).containsExactly("write config " + offset + " " + length);
    }

    @Test
    void aQueueThatTheDeviceDoesNotHaveNeedsReset() {
        rig.start(rig.queueConfig(2, 8));

        assertThat(needsReset()).isTrue();
        assertThat(rig.device.calls).isEmpty();
    }

    @Test
    void aQueueLargerThanTheDeviceTakesNeedsReset() {
        rig.start(rig.queueConfig(0, 16));

        assertThat(needsReset()).isTrue();
        assertThat(rig.device.calls).isEmpty();
    }

    // --- whoever is told fails too -----------------------------------------------------------------------------

    private static void brokenEar() {
        throw new UnsupportedOperationException("a mistake of whoever is told");
    }

    private DeviceSession sessionWhoseErrorHandlerThrows() {
        return new DeviceSession(rig.device, rig.guest, () -> rig.configChanges++, error -> brokenEar());
    }

    private void bringUp(DeviceSession deaf) {
        deaf.writeStatus(SessionRig.ACKNOWLEDGE | SessionRig.DRIVER);
        deaf.acknowledgeFeatures(SessionRig.VERSION_1);
        deaf.writeStatus(SessionRig.ACKNOWLEDGE | SessionRig.DRIVER | SessionRig.FEATURES_OK);
        deaf.configureQueue(rig.queueConfig(0, 8), queueIndex -> rig.calls++);
        deaf.writeStatus(15);
    }

    @Test
    @Clause({"CORE-DEV-NEEDS-RESET-SET", "CORE-DEV-NEEDS-RESET-NOTIFY"})
    void theDriverLearnsOfAFailureThatTheErrorHandlerCannotTake() {
        DeviceSession deaf = sessionWhoseErrorHandlerThrows();
        bringUp(deaf);
        rig.device.onQueueHook = DeviceSessionFailureTest::failing;

        assertThatThrownBy(deaf::service).isInstanceOf(UnsupportedOperationException.class);

        assertThat(deaf.status() & NEEDS_RESET).isNotZero();
        assertThat(rig.configChanges).isEqualTo(1);
    }

    @Test
    void aResetEndsAlthoughTheErrorHandlerCannotTakeItsFailure() {
        DeviceSession deaf = sessionWhoseErrorHandlerThrows();
        bringUp(deaf);
        rig.device.onResetHook = DeviceSessionFailureTest::failing;

        assertThatThrownBy(() -> deaf.writeStatus(0)).isInstanceOf(UnsupportedOperationException.class);

        assertThat(deaf.status()).isZero();
    }

    @Test
    void anIncompleteResetIsShownAlthoughTheErrorHandlerCannotTakeIt() {
        DeviceSession deaf = sessionWhoseErrorHandlerThrows();
        bringUp(deaf);
        rig.device.onResetHook = () -> {
            throw new ResetIncompleteException("still writing");
        };

        assertThatThrownBy(() -> deaf.writeStatus(0)).isInstanceOf(UnsupportedOperationException.class);

        assertThat(deaf.status()).isEqualTo(15 | NEEDS_RESET);
    }
}
