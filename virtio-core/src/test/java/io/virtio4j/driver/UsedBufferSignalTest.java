// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static io.virtio4j.driver.WaitRig.LONG_NANOS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.transport.ParkStrategy;
import io.virtio4j.transport.TransportException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
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
        BooleanSupplier session = () -> true;
        signal.attach(session, ParkStrategy.THREAD);
        signal.end(session);
        assertThat(signal.isDeviceWorking()).isFalse();
        signal.detach(session);

        signal.attach(() -> true, ParkStrategy.THREAD);

        assertThat(signal.isDeviceWorking()).isTrue();
    }

    @Test
    void aSignalServesOneSessionAtATime() {
        BooleanSupplier first = () -> true;
        BooleanSupplier second = () -> false;
        signal.attach(first, ParkStrategy.THREAD);

        assertThatIllegalStateException().isThrownBy(() -> signal.attach(second, ParkStrategy.THREAD));
        signal.end(second);
        signal.detach(second);
        signal.wake();

        assertThat(signal.isDeviceWorking()).isTrue();
        assertThatIllegalStateException().isThrownBy(() -> signal.attach(second, ParkStrategy.THREAD));
    }

    @Test
    void aDeviceThatCannotBeAskedWorksNoMore() {
        BooleanSupplier gone = () -> {
            throw new TransportException("gone");
        };
        signal.attach(gone, ParkStrategy.THREAD);
        signal.wake();

        assertThatThrownBy(signal::isDeviceWorking).isInstanceOf(TransportException.class);

        assertThat(signal.isDeviceWorking()).isFalse();
    }

    @Test
    void theWaiterSleepsAsItsSessionsTransportSays() {
        long[] parkedNanos = {0};
        signal.attach(() -> true, (blocker, maxNanos) -> {
            assertThat(blocker).isSameAs(signal);
            parkedNanos[0] = maxNanos;
            signal.call(0);
        });

        signal.park(LONG_NANOS);

        assertThat(parkedNanos[0]).isEqualTo(LONG_NANOS);
    }

    @Test
    void aSleepThatFailsLeavesTheSignalReadyForTheNext() {
        int[] sleeps = {0};
        signal.attach(() -> true, (blocker, maxNanos) -> {
            if (sleeps[0]++ == 0) {
                throw new IllegalStateException("no sleep");
            }
            signal.call(0);
        });

        assertThatIllegalStateException().isThrownBy(() -> signal.park(LONG_NANOS));
        signal.park(LONG_NANOS);

        assertThat(sleeps[0]).isEqualTo(2);
    }

    @Test
    void aSignalWithoutASessionAsksWhatItWasMadeWith() {
        AtomicBoolean works = new AtomicBoolean(true);
        UsedBufferSignal own = new UsedBufferSignal(works::get);
        own.wake();
        assertThat(own.isDeviceWorking()).isTrue();

        works.set(false);
        own.wake();

        assertThat(own.isDeviceWorking()).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> own.attach(() -> true, ParkStrategy.THREAD));
    }

    @Test
    void theSignalIsVacantWhenTheOutermostWaitHasEnded() throws InterruptedException {
        AtomicBoolean[] vacant = {new AtomicBoolean(), new AtomicBoolean(true), new AtomicBoolean()};
        signal.enter();
        signal.enter();
        vacant[0].set(signal.isVacant());
        signal.leave();
        Thread other = WaitRig.start("other", () -> vacant[1].set(signal.isVacant()));
        other.join();
        signal.leave();
        other = WaitRig.start("other", () -> vacant[2].set(signal.isVacant()));
        other.join();

        assertThat(vacant[0]).as("to the waiter").isTrue();
        assertThat(vacant[1]).as("to another, within the outer wait").isFalse();
        assertThat(vacant[2]).as("to another, after it").isTrue();
    }
}
