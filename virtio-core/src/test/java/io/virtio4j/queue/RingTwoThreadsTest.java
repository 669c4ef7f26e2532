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
class SplitTwoThreadsTest {
    private static final long BUFFERS = Long.getLong("virtio4j.stress.buffers", 500_000);

    @ParameterizedTest
    @CsvSource({"1, false, 20", "2, true, 20", "16, false, 1", "16, true, 1"})
    @Clause({
        "SPLIT-DRV-AVAIL-IDX-BARRIER",
        "SPLIT-DEV-AVAIL-READ-BARRIER",
        "SPLIT-DEV-USED-IDX-RELEASE",
        "SPLIT-DRV-USED-READ-BARRIER",
        "SPLIT-DEV-USED-LEN-BEFORE-IDX",
        "SPLIT-DEV-USED-DATA-BEFORE-IDX",
        "SPLIT-DEV-ACCESS-AFTER-IDX"
    })
    void pollingHalvesExchangeEveryBufferIntact(int size, boolean eventIdx, int fraction) throws InterruptedException {
        TwoThreads threads = new TwoThreads(size, eventIdx, false, BUFFERS / fraction);

        threads.run();

        assertThat(threads.deviceCalls()).isLessThan(BUFFERS / 1000);
    }

    @ParameterizedTest
    @CsvSource({"1, false", "1, true", "8, false", "8, true"})
    @Clause({"SPLIT-DRV-KICK-BARRIER", "SPLIT-DEV-IRQ-BARRIER", "SPLIT-DRV-REARM-RECHECK", "SPLIT-DEV-REARM-RECHECK"})
    void halvesThatSleepBetweenNotificationsLoseNone(int size, boolean eventIdx) throws InterruptedException {
        TwoThreads threads = new TwoThreads(size, eventIdx, true, BUFFERS / 20);

        threads.run();

        assertThat(threads.driverKicks()).isPositive();
        assertThat(threads.deviceCalls()).isPositive();
    }
}
