// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Both halves sleep between notifications, millions of times, and none is lost. {@code -Dsoak.buffers=N} sets how many buffers
 * go through each queue.
 */
final class NotificationSoakTest {
    private static final long BUFFERS = Long.getLong("soak.buffers", 100_000);

    @ParameterizedTest
    @CsvSource({"false, 2", "true, 2", "true, 3"})
    // The watchdog is the bound: it ends a run that stands still, however long a run is.
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    @Clause({
        "SPLIT-DRV-KICK-BARRIER",
        "SPLIT-DEV-IRQ-BARRIER",
        "SPLIT-DRV-REARM-RECHECK",
        "SPLIT-DEV-REARM-RECHECK",
        "PACKED-DRV-KICK-BARRIER",
        "PACKED-DEV-IRQ-BARRIER",
        "PACKED-DRV-REARM-RECHECK",
        "PACKED-DEV-REARM-RECHECK"
    })
    void noNotificationIsLostBetweenHalvesThatSleep(boolean packed, int size) throws InterruptedException {
        Features features = Features.of(FeatureBits.VERSION_1, FeatureBits.EVENT_IDX);
        features = packed ? features.with(FeatureBits.RING_PACKED) : features;
        SleepingHalves halves = new SleepingHalves(features, size, BUFFERS);

        halves.run();

        System.out.println(halves.report());
        assertThat(halves.sleeps()).isGreaterThan(BUFFERS / 100);
        assertThat(halves.kicks()).isPositive();
        assertThat(halves.calls()).isPositive();
    }
}
