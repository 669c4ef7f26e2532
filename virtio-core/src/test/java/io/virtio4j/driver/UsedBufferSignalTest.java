// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static io.virtio4j.driver.WaitRig.LONG_NANOS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a waiting thread and a calling one do to each other. */
class UsedBufferSignalTest {
    private final UsedBufferSignal signal = new UsedBufferSignal();

    /** How long a park with a long bound took; a lost call would make it a minute. */
    private long parkSeconds() {
        long startNanos = System.nanoTime();
        signal.enter();
        signal.park(LONG_NANOS);
        signal.leave();
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
    }

    @Test
    void aCallBeforeTheParkKeepsTheThreadAwake() {
        signal.call(0);
        assertThat(parkSeconds()).isLessThan(30);
        // And goes on to, until it is taken.
        assertThat(parkSeconds()).isLessThan(30);
    }

    @Test
    void callsDoNotAddUp() {
        for (int i = 0; i < 5; i++) {
            signal.call(i);
        }
        signal.takeCalls();
        signal.enter();
        long startNanos = System.nanoTime();

        signal.park(TimeUnit.MILLISECONDS.toNanos(20));

        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
    }

    @Test
    void aCallAfterTheParkEndsItEveryTime() throws InterruptedException {
        int rounds = 5_000;
        AtomicInteger parked = new AtomicInteger();
        Thread waiter = WaitRig.start("waiter", () -> {
            for (int round = 0; round < rounds; round++) {
                signal.takeCalls();
                parked.set(round + 1);
                signal.enter();
                signal.park(LONG_NANOS);
                signal.leave();
            }
        });
        for (int round = 1; round <= rounds; round++) {
            while (parked.get() < round) {
                Thread.onSpinWait();
            }
            signal.call(0);
        }
        waiter.join(TimeUnit.SECONDS.toMillis(30));

        assertThat(waiter.isAlive()).isFalse();
    }

    @Test
    void aSignalThatServesAnotherSessionHasForgottenTheEndOfTheLast() {
        signal.attach(() -> true);
        signal.end();
        assertThat(signal.isDeviceWorking()).isFalse();

        signal.attach(() -> true);

        assertThat(signal.isDeviceWorking()).isTrue();
    }
}
