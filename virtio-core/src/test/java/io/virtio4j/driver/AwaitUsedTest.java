// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static io.virtio4j.driver.WaitRig.LONG_NANOS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.virtio4j.driver.WaitRig.Ring;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.ParkStrategy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A driver that sleeps until the device calls. */
class AwaitUsedTest {
    private static final int ROUNDS = Integer.getInteger("virtio4j.wait.rounds", 20_000);
    private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static long millisSince(long startNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }

    // --- the protocol ------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(Ring.class)
    @Clause({"SPLIT-DRV-REARM-RECHECK", "PACKED-DRV-REARM-RECHECK", "SPLIT-DEV-IRQ-BARRIER", "PACKED-DEV-IRQ-BARRIER"})
    void noUsedBufferIsSleptThrough(Ring ring) throws InterruptedException {
        WaitRig rig = new WaitRig(ring);
        AtomicBoolean stop = new AtomicBoolean();
        Thread device = WaitRig.start("device", () -> {
            while (!stop.get()) {
                if (!rig.use()) {
                    Thread.onSpinWait();
                }
            }
        });
        try {
            for (int round = 0; round < ROUNDS; round++) {
                rig.offer(round);
                // Nothing but a call ends this wait in time: a lost one shows as 0 a minute later.
                assertThat(rig.awaitUsed(LONG_NANOS)).as("round %d", round).isEqualTo(1);
                assertThat(rig.lastToken).isEqualTo(round);
            }
        } finally {
            stop.set(true);
            device.join();
        }
        assertThat(rig.errors).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Ring.class)
    @Clause({"SPLIT-DRV-REARM-RECHECK", "PACKED-DRV-REARM-RECHECK"})
    void aBufferUsedBetweenTheLastLookAndTheParkIsNotSleptThrough(Ring ring) throws InterruptedException {
        WaitRig rig = new WaitRig(ring);
        AtomicBoolean stop = new AtomicBoolean();
        Thread device = WaitRig.start("device", () -> {
            for (int taken = 0; taken < ROUNDS && !stop.get(); taken++) {
                // A chain that is here was offered after the last wait had ended: what is armed now is this round's.
                int id = rig.device.next();
                while (id < 0 && !stop.get()) {
                    Thread.onSpinWait();
                    id = rig.device.next();
                }
                while (!rig.isArmed(taken) && !stop.get()) {
                    Thread.onSpinWait();
                }
                if (stop.get()) {
                    return;
                }
                // The driver has just asked for a call: what it does next is look, take its calls and park.
                for (int pause = taken % 64; pause > 0; pause--) {
                    Thread.onSpinWait();
                }
                rig.device.complete(id, 0);
                rig.device.flush();
            }
        });
        try {
            for (int round = 0; round < ROUNDS; round++) {
                rig.offer(round);
                assertThat(rig.awaitUsed(LOST_NANOS)).as("round %d", round).isEqualTo(1);
            }
        } finally {
            stop.set(true);
            device.join();
        }
        assertThat(rig.errors).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Ring.class)
    void aSleepingDriverIsCalledOnceAndNotAgainWhenItIsAwake(Ring ring) throws InterruptedException {
        WaitRig rig = new WaitRig(ring);
        AtomicInteger taken = new AtomicInteger();
        for (int round = 1; round <= 3; round++) {
            rig.offer(round);
            Thread driver = WaitRig.start("driver", () -> taken.addAndGet(rig.awaitUsed(LONG_NANOS)));
            WaitRig.awaitParked(driver);
            rig.use();
            driver.join();
            assertThat(taken).hasValue(round);
            assertThat(rig.calls).hasValue(round);

            // Awake: it has asked for no calls.
            rig.offer(round);
            rig.use();
            assertThat(rig.calls).hasValue(round);
            assertThat(rig.driver.poll(rig.handler, 1)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Ring.class)
    void whatIsThereIsTakenWithOneReadBarrierAndNoSleep(Ring ring) {
        WaitRig rig = new WaitRig(ring);
        rig.offer(7);
        rig.use();

        assertThat(rig.awaitUsed(LONG_NANOS)).isEqualTo(1);

        assertThat(rig.lastToken).isEqualTo(7);
        assertThat(rig.calls).hasValue(0);
        assertThat(rig.driver.counters().get(QueueCounter.MB)).isZero();
        assertThat(rig.driver.counters().get(QueueCounter.POLL_FENCES)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Ring.class)
    void theFencesOfASleepAreCounted(Ring ring) throws InterruptedException {
        WaitRig rig = new WaitRig(ring);
        rig.offer(7);
        long publishFences = rig.driver.counters().get(QueueCounter.WMB);
        Thread driver = WaitRig.start("driver", () -> rig.awaitUsed(LONG_NANOS));
        WaitRig.awaitParked(driver);
        rig.use();
        driver.join();

        long armed = rig.driver.counters().get(QueueCounter.MB);
        assertThat(armed).isPositive();
        assertThat(rig.driver.counters().get(QueueCounter.POLL_FENCES))
                .isEqualTo(armed
                        + rig.driver.counters().get(QueueCounter.WMB)
                        - publishFences
                        + rig.driver.counters().get(QueueCounter.RMB));
    }

    @Test
    void aHandlerMayOfferAndSleepItself() throws InterruptedException {
        WaitRig rig = new WaitRig(Ring.SPLIT_BY_INDEX);
        AtomicInteger inner = new AtomicInteger();
        AtomicBoolean stop = new AtomicBoolean();
        Thread device = WaitRig.start("device", () -> {
            while (!stop.get()) {
                rig.use();
            }
        });
        rig.offer(1);

        int outer = rig.driver.awaitUsed(
                (token, written) -> {
                    rig.offer(2);
                    inner.set(rig.awaitUsed(LONG_NANOS));
                },
                1,
                rig.signal,
                LONG_NANOS);

        stop.set(true);
        device.join();
        assertThat(outer).isEqualTo(1);
        assertThat(inner).hasValue(1);
        assertThat(rig.lastToken).isEqualTo(2);
    }

    // --- its end -----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(Ring.class)
    void aDeviceThatStallsEndsTheWaitWhenTheTimeIsUp(Ring ring) {
        WaitRig rig = new WaitRig(ring);
        rig.offer(1);
        long startNanos = System.nanoTime();

        assertThat(rig.awaitUsed(SHORT_NANOS)).isZero();

        assertThat(millisSince(startNanos)).isGreaterThanOrEqualTo(20);
        // The buffer still belongs to the device, and comes later.
        rig.use();
        assertThat(rig.awaitUsed(0)).isEqualTo(1);
    }

    @Test
    void callsForNothingDoNotEndTheWait() throws InterruptedException {
        WaitRig rig = new WaitRig(Ring.SPLIT_BY_FLAG);
        rig.offer(1);
        AtomicBoolean stop = new AtomicBoolean();
        Thread waiter = Thread.currentThread();
        Thread noise = WaitRig.start("noise", () -> {
            while (!stop.get()) {
                rig.signal.call(3);
                rig.signal.wake();
                LockSupport.unpark(waiter);
                Thread.onSpinWait();
            }
        });
        long startNanos = System.nanoTime();

        int taken = rig.awaitUsed(SHORT_NANOS);
        long millis = millisSince(startNanos);

        stop.set(true);
        noise.join();
        assertThat(taken).isZero();
        assertThat(millis).isGreaterThanOrEqualTo(20);
    }

    @Test
    void anInterruptEndsTheWaitAndStaysSet() throws InterruptedException {
        WaitRig rig = new WaitRig(Ring.SPLIT_BY_FLAG);
        rig.offer(1);
        AtomicInteger taken = new AtomicInteger(-9);
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread driver = WaitRig.start("driver", () -> {
            taken.set(rig.awaitUsed(LONG_NANOS));
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        WaitRig.awaitParked(driver);

        driver.interrupt();
        driver.join();

        assertThat(taken).hasValue(0);
        assertThat(interrupted).isTrue();
    }

    @Test
    void anotherThreadEndsTheWaitThatGoesOnAndNoOther() throws InterruptedException {
        WaitRig rig = new WaitRig(Ring.SPLIT_BY_FLAG);
        rig.offer(1);
        AtomicInteger taken = new AtomicInteger(-9);
        Thread driver = WaitRig.start("driver", () -> taken.set(rig.awaitUsed(LONG_NANOS)));
        WaitRig.awaitParked(driver);

        rig.signal.endWait();
        driver.join();

        assertThat(taken).hasValue(0);
        long startNanos = System.nanoTime();
        assertThat(rig.awaitUsed(SHORT_NANOS)).isZero();
        assertThat(millisSince(startNanos)).isGreaterThanOrEqualTo(20);
        assertThat(rig.isArmed(0)).isFalse();
    }

    @Test
    void aWaitThatIsEndedBeforeItBeginsTakesWhatIsThereAndDoesNotSleep() {
        WaitRig rig = new WaitRig(Ring.SPLIT_BY_FLAG);
        rig.offer(1);
        rig.signal.endWait();
        rig.signal.endWait();
        assertThat(rig.awaitUsed(LONG_NANOS)).isZero();
        rig.signal.endWait();
        rig.use();
        assertThat(rig.awaitUsed(LONG_NANOS)).isEqualTo(1);
    }

    @Test
    void anInterruptedThreadTakesWhatIsThereAndDoesNotSleep() {
        WaitRig rig = new WaitRig(Ring.SPLIT_BY_FLAG);
        rig.offer(1);
        Thread.currentThread().interrupt();
        try {
            assertThat(rig.awaitUsed(LONG_NANOS)).isZero();
            rig.use();
            assertThat(rig.awaitUsed(LONG_NANOS)).isEqualTo(1);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aDeviceThatFailsWakesTheDriver() throws InterruptedException {
        WaitRig rig = new WaitRig(Ring.SPLIT_BY_FLAG);
        AtomicBoolean works = new AtomicBoolean(true);
        rig.signal.attach(works::get, ParkStrategy.THREAD);
        rig.offer(1);
        AtomicInteger taken = new AtomicInteger();
        Thread driver = WaitRig.start("driver", () -> taken.set(rig.awaitUsed(LONG_NANOS)));
        WaitRig.awaitParked(driver);

        works.set(false);
        rig.signal.wake();
        driver.join();

        assertThat(taken).hasValue(DriverQueue.BROKEN);
        assertThat(rig.awaitUsed(LONG_NANOS)).isEqualTo(DriverQueue.BROKEN);
        assertThat(rig.driver.isBroken()).isFalse();
    }

    @Test
    void whatWasUsedBeforeTheDeviceFailedIsTakenFirst() {
        WaitRig rig = new WaitRig(Ring.PACKED_BY_FLAG);
        rig.signal.attach(() -> false, ParkStrategy.THREAD);
        rig.offer(5);
        rig.use();
        rig.signal.wake();

        assertThat(rig.awaitUsed(LONG_NANOS)).isEqualTo(1);
        assertThat(rig.lastToken).isEqualTo(5);
        assertThat(rig.awaitUsed(LONG_NANOS)).isEqualTo(DriverQueue.BROKEN);
    }

    @ParameterizedTest
    @EnumSource(Ring.class)
    void aWaitOnADeviceThatWasResetWritesNothing(Ring ring) {
        WaitRig rig = new WaitRig(ring);
        byte[] before = new byte[1 << 16];
        rig.offer(1);
        rig.memory.getBytes(0, before, 0, before.length);
        BooleanSupplier session = () -> true;
        rig.signal.attach(session, ParkStrategy.THREAD);
        rig.signal.end(session);

        assertThat(rig.awaitUsed(LONG_NANOS)).isEqualTo(DriverQueue.BROKEN);

        byte[] after = new byte[1 << 16];
        rig.memory.getBytes(0, after, 0, after.length);
        assertThat(after).isEqualTo(before);
    }

    @Test
    void aRingThatBreaksWhileTheDriverSleepsEndsTheWait() throws InterruptedException {
        WaitRig rig = new WaitRig(Ring.SPLIT_BY_FLAG);
        rig.offer(1);
        AtomicInteger taken = new AtomicInteger();
        Thread driver = WaitRig.start("driver", () -> taken.set(rig.awaitUsed(LONG_NANOS)));
        WaitRig.awaitParked(driver);

        long usedIdx = rig.config.addresses().deviceArea() - rig.memory.guestAddress() + 2;
        rig.memory.putLe16(usedIdx, 9);
        rig.signal.call(0);
        driver.join();

        assertThat(taken).hasValue(DriverQueue.BROKEN);
        assertThat(rig.errors).hasSize(1);
    }

    @Test
    void aSecondWaiterIsRefused() throws InterruptedException {
        WaitRig rig = new WaitRig(Ring.SPLIT_BY_FLAG);
        rig.offer(1);
        Thread driver = WaitRig.start("first", () -> rig.awaitUsed(LONG_NANOS));
        WaitRig.awaitParked(driver);

        assertThatIllegalStateException().isThrownBy(rig.signal::enter).withMessageContaining("first");

        rig.use();
        driver.join();
    }
}
