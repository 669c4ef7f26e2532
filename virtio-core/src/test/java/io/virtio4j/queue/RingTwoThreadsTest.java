// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.testkit.Clause;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Both halves at once, on two threads. {@code -Dvirtio4j.stress.buffers=N} sets how many buffers go through each queue
 * whose halves poll; a twentieth of that goes through those that hold one or two, or that sleep.
 */
class RingTwoThreadsTest {
    private static final long BUFFERS = Long.getLong("virtio4j.stress.buffers", 500_000);

    @ParameterizedTest
    @CsvSource({
        "SPLIT, 1, false, 20",
        "SPLIT, 2, true, 20",
        "SPLIT, 16, false, 1",
        "SPLIT, 16, true, 1",
        "PACKED, 1, false, 20",
        "PACKED, 3, true, 20",
        "PACKED, 7, false, 1",
        "PACKED, 16, true, 1"
    })
    @Clause({
        "SPLIT-DRV-AVAIL-IDX-BARRIER",
        "SPLIT-DEV-AVAIL-READ-BARRIER",
        "SPLIT-DEV-USED-IDX-RELEASE",
        "SPLIT-DRV-USED-READ-BARRIER",
        "SPLIT-DEV-USED-LEN-BEFORE-IDX",
        "SPLIT-DEV-USED-DATA-BEFORE-IDX",
        "SPLIT-DEV-ACCESS-AFTER-IDX",
        "PACKED-DRV-FLAGS-BARRIER",
        "PACKED-DEV-AVAIL-READ-BARRIER",
        "PACKED-DEV-USED-FLAGS-RELEASE",
        "PACKED-DRV-USED-READ-BARRIER",
        "PACKED-DEV-ACCESS-AFTER-FLAGS"
    })
    void pollingHalvesExchangeEveryBufferIntact(RingFormat format, int size, boolean eventIdx, int fraction)
            throws InterruptedException {
        TwoThreads threads = new TwoThreads(format, size, eventIdx, false, BUFFERS / fraction);

        threads.run();

        assertThat(threads.deviceCalls()).isLessThan(BUFFERS / 1000);
    }

    @ParameterizedTest
    @CsvSource({
        "SPLIT, 1, false",
        "SPLIT, 1, true",
        "SPLIT, 8, false",
        "SPLIT, 8, true",
        "PACKED, 1, false",
        "PACKED, 1, true",
        "PACKED, 5, false",
        "PACKED, 8, true"
    })
    @Clause({
        "SPLIT-DRV-KICK-BARRIER",
        "SPLIT-DEV-IRQ-BARRIER",
        "SPLIT-DRV-REARM-RECHECK",
        "SPLIT-DEV-REARM-RECHECK",
        "PACKED-DRV-KICK-BARRIER",
        "PACKED-DEV-IRQ-BARRIER",
        "PACKED-DRV-REARM-RECHECK",
        "PACKED-DEV-REARM-RECHECK",
        "PACKED-EVENT-OFFWRAP-BEFORE-FLAGS"
    })
    void halvesThatSleepBetweenNotificationsLoseNone(RingFormat format, int size, boolean eventIdx)
            throws InterruptedException {
        TwoThreads threads = new TwoThreads(format, size, eventIdx, true, BUFFERS / 20);

        threads.run();

        assertThat(threads.driverKicks()).isPositive();
        assertThat(threads.deviceCalls()).isPositive();
    }
}
