// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.BrokenQueueException;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueuePair;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a device writes into a ring, the driver throws nothing, says BROKEN from then on, tells its error handler once,
 * and gets every buffer back by cancelling.
 */
class DeviceLiesTest {
    private final List<Long> tokens = new ArrayList<>();

    static Stream<DeviceLie> lies() {
        return Stream.concat(SplitDeviceLies.all(), PackedDeviceLies.all());
    }

    private int poll(QueuePair pair) {
        int last = 1;
        for (int i = 0; i < 10 && last > 0; i++) {
            last = pair.driver.poll((token, written) -> tokens.add(token), 16);
        }
        return last;
    }

    @ParameterizedTest
    @MethodSource("lies")
    void aLieBreaksTheQueue(DeviceLie lie) {
        QueuePair pair = lie.tell();

        assertThat(poll(pair)).isEqualTo(DriverQueue.BROKEN);

        assertThat(pair.driver.isBroken()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("lies")
    void aSpinningDriverIsToldOfALieAsWell(DeviceLie lie) {
        QueuePair pair = lie.tell();
        int last = 1;
        for (int i = 0; i < 10 && last > 0; i++) {
            last = pair.driver.pollUsed((token, written) -> {}, 16, 3, NoOpIdleStrategy.INSTANCE);
        }

        assertThat(last).isEqualTo(DriverQueue.BROKEN);
    }

    @ParameterizedTest
    @MethodSource("lies")
    void theErrorHandlerIsToldOnceHoweverOftenTheDriverAsks(DeviceLie lie) {
        QueuePair pair = lie.tell();
        for (int i = 0; i < 5; i++) {
            poll(pair);
            pair.driver.offer(pair.parts(1), 9);
            pair.driver.enableCallbacks();
        }

        assertThat(pair.driverErrors).hasSize(1).first().isInstanceOf(BrokenQueueException.class);
        assertThat(pair.driver.counters().get(QueueCounter.BROKEN)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("lies")
    void everyBufferComesHomeOnceThoughTheDeviceLied(DeviceLie lie) {
        QueuePair pair = lie.tell();
        poll(pair);

        pair.driver.cancelAll(tokens::add);

        assertThat(tokens).contains(100L, 101L, 102L).doesNotHaveDuplicates();
        assertThat(pair.driver.inFlight()).isZero();
    }

    @ParameterizedTest
    @MethodSource("lies")
    void aBrokenQueueTakesAndShowsNothingMore(DeviceLie lie) {
        QueuePair pair = lie.tell();
        pair.driver.add(pair.parts(1), 103);
        poll(pair);
        byte[] avail = pair.raw.driverArea();
        byte[] table = pair.raw.descriptorArea();

        assertThat(pair.driver.add(pair.parts(1), 104)).isEqualTo(DriverQueue.BROKEN);
        pair.driver.publish();
        assertThat(pair.driver.kickNeeded()).isFalse();
        assertThat(pair.driver.enableCallbacks()).isFalse();
        pair.driver.disableCallbacks();

        assertThat(pair.raw.driverArea()).isEqualTo(avail);
        assertThat(pair.raw.descriptorArea()).isEqualTo(table);
    }
}
