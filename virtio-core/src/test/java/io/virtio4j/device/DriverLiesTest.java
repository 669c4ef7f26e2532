// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.BrokenQueueException;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.testkit.Clause;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a driver writes into a ring, the device throws nothing, says BROKEN from then on, tells its error handler once,
 * and writes nothing.
 */
class DriverLiesTest {

    static Stream<DriverLie> lies() {
        return Stream.concat(SplitDriverLies.all(), PackedDriverLies.all());
    }

    @ParameterizedTest
    @MethodSource("lies")
    void aLieBreaksTheQueue(DriverLie lie) {
        HostileDriver driver = lie.tell();

        assertThat(driver.takeAll()).isEqualTo(DeviceQueue.BROKEN);

        assertThat(driver.device.isBroken()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("lies")
    void theErrorHandlerIsToldOnceHoweverOftenTheDeviceLooks(DriverLie lie) {
        HostileDriver driver = lie.tell();
        for (int i = 0; i < 5; i++) {
            driver.takeAll();
            driver.device.flush();
            driver.device.enableNotifications();
        }

        assertThat(driver.errors).hasSize(1).first().isInstanceOf(BrokenQueueException.class);
        assertThat(driver.device.counters().get(QueueCounter.BROKEN)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("lies")
    @Clause("SPLIT-DEV-NO-WRITE-DESC")
    void theDeviceWritesNothingForALie(DriverLie lie) {
        HostileDriver driver = lie.tell();
        byte[] table = driver.raw.descriptorArea();
        byte[] avail = driver.raw.driverArea();
        byte[] used = driver.raw.deviceArea();

        driver.takeAll();
        driver.device.flush();
        assertThat(driver.calls).isZero();

        assertThat(driver.raw.descriptorArea()).isEqualTo(table);
        assertThat(driver.raw.driverArea()).isEqualTo(avail);
        assertThat(driver.raw.deviceArea()).isEqualTo(used);
    }

    @ParameterizedTest
    @MethodSource("lies")
    void aBrokenQueueLetsItsThreadSleep(DriverLie lie) {
        HostileDriver driver = lie.tell();
        driver.takeAll();

        assertThat(driver.device.enableNotifications()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("lies")
    void aBrokenQueueStaysBrokenAndStandsStill(DriverLie lie) {
        HostileDriver driver = lie.tell();
        driver.takeAll();
        byte[] used = driver.raw.deviceArea();

        driver.device.disableNotifications();
        driver.device.flush();

        assertThat(driver.device.next()).isEqualTo(DeviceQueue.BROKEN);
        assertThat(driver.device.callNeeded()).isFalse();
        assertThat(driver.raw.deviceArea()).isEqualTo(used);
    }
}
