// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.ResetIncompleteException;
import io.virtio4j.queue.BrokenQueueException;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceStatus;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.AgentTerminationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One of several threads that serve a device's queues meets what it cannot go on after, or does not come back. */
final class WorkersFailureTest {
    private static final int[] OTHERS = {0, 1, 3};

    /** The others are in the middle of their work, and each ends: the driver's thread does not sleep for ever. */
    private static void failWhileOthersRun(WorkersRig rig, Runnable failure) throws Exception {
        List<Future<Integer>> others = rig.onLanes(
                index -> () -> {
                    int rounds = 0;
                    do {
                        rig.lanes[index].offerBatch();
                        rounds++;
                    } while (rig.lanes[index].take(8));
                    return rounds;
                },
                OTHERS);
        rig.lanes[2].exchange(5);
        failure.run();
        assertThat(rig.lanes[2].take(1)).isFalse();
        WorkersRig.all(others);
        assertThat(rig.session.needsReset()).isTrue();
        // The sleepers are woken first.
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (rig.configChanges.get() == 0) {
            assertThat(System.nanoTime() - deadlineNanos).isNegative();
            Thread.sleep(1);
        }
    }

    private static void resetAndGoOn(WorkersRig rig) {
        rig.session.close();
        for (WorkersRig.Lane lane : rig.lanes) {
            assertThat(lane.queue().cancelAll(token -> {})).isEqualTo(lane.offered - lane.taken);
            lane.free();
        }
        rig.open();
        for (WorkersRig.Lane lane : rig.lanes) {
            lane.exchange(5);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Clause({"CORE-DEV-NEEDS-RESET-SET", "CORE-DEV-NEEDS-RESET-NOTIFY"})
    void aBrokenRingNeedsAResetOfTheWholeDeviceAndIsToldOnce(boolean packed) throws Exception {
        try (WorkersRig rig = new WorkersRig(packed, 4)) {
            failWhileOthersRun(rig, rig.lanes[2]::breakRing);
            assertThat(rig.errors).singleElement().isInstanceOf(BrokenQueueException.class);
            assertThat(rig.configChanges).hasValue(1);
            resetAndGoOn(rig);
            assertThat(rig.errors).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Clause("CORE-DEV-NEEDS-RESET-SET")
    void anExceptionOfTheDeviceNeedsAResetAndIsToldOnce(boolean packed) throws Exception {
        try (WorkersRig rig = new WorkersRig(packed, 2)) {
            failWhileOthersRun(rig, () -> rig.lanes[2].offer(0, ParallelEcho.EXCEPTION));
            assertThat(rig.errors).singleElement().isInstanceOf(IllegalStateException.class);
            assertThat(rig.configChanges).hasValue(1);
            resetAndGoOn(rig);
            assertThat(rig.errors).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anErrorEndsTheDeviceAllItsThreadsAndNoWait(boolean packed) throws Exception {
        try (WorkersRig rig = new WorkersRig(packed, 2)) {
            failWhileOthersRun(rig, () -> rig.lanes[2].offer(0, ParallelEcho.ERROR));
            assertThat(rig.errors)
                    .singleElement()
                    .isInstanceOf(AgentTerminationException.class)
                    .extracting(Throwable::getCause)
                    .isInstanceOf(AssertionError.class);
            awaitNoThreads();
            assertThatThrownBy(() -> rig.transport.writeConfig(0, new byte[1]))
                    .isInstanceOf(TransportException.class)
                    .hasMessageContaining("thread has ended");
            rig.session.reset();
            for (WorkersRig.Lane lane : rig.lanes) {
                assertThat(lane.queue().cancelAll(token -> {})).isEqualTo(lane.offered - lane.taken);
            }
            assertThat(rig.errors).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 1", "false, 2", "true, 4"})
    @Clause({"CORE-DEV-NEEDS-RESET-SET", "CORE-DEV-NEEDS-RESET-NOTIFY"})
    void aThreadThatAnInterruptEndsEndsTheDeviceAndNoQueueIsLeftToNobody(boolean packed, int workers) throws Exception {
        try (WorkersRig rig = new WorkersRig(packed, workers)) {
            rig.lanes[2].offer(0, ParallelEcho.INTERRUPT);
            while (rig.lanes[2].take(1)) {
                rig.lanes[2].offer(0, 0);
            }
            assertThat(rig.session.needsReset()).isTrue();
            awaitNoThreads();
            if (workers > 1) {
                assertThat(rig.errors).singleElement().asString().contains("interrupted");
            }
        }
    }

    @Test
    void aDriverThatIsInterruptedLeavesNoThreadBehindWhenItCloses() {
        for (int workers : new int[] {1, 4}) {
            WorkersRig rig = new WorkersRig(true, workers);
            rig.lanes[2].exchange(2);
            Thread.currentThread().interrupt();
            try {
                rig.transport.close();
                assertThat(WorkersRig.deviceThreads()).isEmpty();
            } finally {
                assertThat(Thread.interrupted()).isTrue();
                rig.close();
            }
        }
    }

    private static void awaitNoThreads() throws InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!WorkersRig.deviceThreads().isEmpty()) {
            assertThat(System.nanoTime() - deadlineNanos)
                    .as(WorkersRig.deviceThreads().toString())
                    .isNegative();
            Thread.sleep(1);
        }
    }

    // --- a worker that does not come back ---------------------------------------------------------------------------

    private static void stick(WorkersRig rig) throws InterruptedException {
        rig.lanes[2].offer(0, ParallelEcho.STUCK);
        assertThat(rig.device.isStuck.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Clause({"CORE-DEV-RESET-STATUS-ZERO", "CORE-DEV-RESET-QUIET"})
    void aResetIsNotCompleteBeforeItDoesAndIsAnsweredAllTheSame() throws Exception {
        try (WorkersRig rig = new WorkersRig(true, 4)) {
            stick(rig);
            rig.transport.writeStatus(DeviceStatus.RESET);
            assertThat(rig.session.needsReset()).isTrue();
            assertThat(rig.device.resets).hasValue(1);
            assertThat(rig.errors)
                    .singleElement()
                    .isInstanceOf(ResetIncompleteException.class)
                    .asString()
                    .contains("worker 2");

            rig.device.release.countDown();
            rig.session.close();
            assertThat(rig.transport.status()).isZero();
            assertThat(rig.device.resets).hasValue(2);
            assertThat(rig.lanes[2].queue().cancelAll(token -> {})).isEqualTo(1);
            for (WorkersRig.Lane lane : rig.lanes) {
                lane.free();
            }
            rig.open();
            rig.lanes[2].exchange(5);
            assertThat(rig.errors).hasSize(1);
        }
    }

    @Test
    @Clause({"CORE-DEV-VQRESET-STOP", "CORE-DRV-VQRESET-VERIFY"})
    void theResetOfItsQueueIsNotCompleteBeforeItDoesAndTheOthersGoOn() throws Exception {
        try (WorkersRig rig = new WorkersRig(true, 4)) {
            stick(rig);
            rig.transport.resetQueue(2);
            assertThat(rig.transport.isQueueReset(2)).isFalse();
            rig.lanes[1].exchange(5);
            rig.session.resetQueue(rig.lanes[3].active());
            rig.renew(3);
            rig.lanes[3].exchange(5);
            assertThat(rig.transport.isQueueReset(2)).isFalse();

            rig.device.release.countDown();
            rig.session.resetQueue(rig.lanes[2].active());
            rig.lanes[2].queue().cancelAll(token -> {});
            rig.renew(2);
            rig.lanes[2].exchange(5);
            assertThat(rig.errors).isEmpty();
            assertThat(rig.session.needsReset()).isFalse();
        }
    }

    @Test
    void closingGivesUpOnItAndItEndsWhenItComesBack() throws Exception {
        WorkersRig rig = new WorkersRig(false, 2);
        stick(rig);
        assertThatThrownBy(rig.transport::close)
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("worker-0");
        assertThat(WorkersRig.deviceThreads()).containsExactly("virtio4j-device-62-worker-0");
        rig.device.release.countDown();
        awaitNoThreads();
        rig.close();
    }
}
