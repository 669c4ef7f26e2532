// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.virtio4j.device.QueueState;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.InProcessOptions;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.sim.rng.SimRng;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.DeviceStatus;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The queues of one device served by several threads, with a thread of the driver's on each. */
final class WorkersTest {
    private static final int[] ALL = {0, 1, 2, 3};

    // --- who serves what ---------------------------------------------------------------------------------------

    @Test
    void queueIIsServedByWorkerIModuloTheirNumberAndTheRestIsDoneByOneThread() throws Exception {
        try (WorkersRig rig = new WorkersRig(true, 3)) {
            assertThat(WorkersRig.deviceThreads())
                    .containsExactly(
                            "virtio4j-device-62",
                            "virtio4j-device-62-worker-0",
                            "virtio4j-device-62-worker-1",
                            "virtio4j-device-62-worker-2");
            for (int index : ALL) {
                rig.lanes[index].exchange(10);
                rig.transport.startQueue(index, rig.transport.stopQueue(index));
                rig.lanes[index].exchange(10);
                assertThat(rig.device.servedBy.get(index))
                        .singleElement()
                        .extracting(Thread::getName)
                        .isEqualTo("virtio4j-device-62-worker-" + index % 3);
            }
            assertThat(rig.device.controlledBy)
                    .singleElement()
                    .extracting(Thread::getName)
                    .isEqualTo("virtio4j-device-62");
        }
    }

    @Test
    void withoutWorkersOneThreadDoesItAll() {
        try (WorkersRig rig = new WorkersRig(true, 1)) {
            assertThat(WorkersRig.deviceThreads()).containsExactly("virtio4j-device-62");
            rig.lanes[0].exchange(10);
            rig.lanes[3].exchange(10);
            assertThat(rig.device.servedBy.get(0))
                    .isEqualTo(rig.device.servedBy.get(3))
                    .isEqualTo(rig.device.controlledBy);
        }
    }

    @Test
    void thereIsNoWorkerWithoutAQueue() {
        try (WorkersRig rig = new WorkersRig(false, 50)) {
            assertThat(WorkersRig.deviceThreads()).hasSize(1 + ParallelEcho.QUEUES);
            rig.lanes[3].exchange(10);
        }
    }

    @Test
    void aDeviceThatIsMadeForOneThreadIsRefusedSeveral() {
        InProcessOptions two = InProcessOptions.DEFAULTS.withWorkers(2);
        GuestMemory memory = GuestMemory.of(SharedMemory.allocate(4096, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InProcessTransport.start(new SimRng(bytes -> {}), memory, two, error -> {}))
                .withMessageContaining("SimRng");
        assertThatIllegalArgumentException().isThrownBy(() -> two.withWorkers(0));
    }

    // --- notifications -----------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"false, 2", "true, 2", "false, 4", "true, 4"})
    @Clause({"SPLIT-DRV-KICK-BARRIER", "PACKED-DRV-KICK-BARRIER"})
    void noKickAndNoCallIsLostWhereEverybodySleeps(boolean packed, int workers) throws Exception {
        try (WorkersRig rig = new WorkersRig(packed, workers)) {
            WorkersRig.all(rig.onLanes(
                    index -> () -> {
                        for (int round = 0; round < 300; round++) {
                            rig.lanes[index].exchange(2);
                            if (round % 16 == index) {
                                // Long enough for the worker to fall asleep.
                                LockSupport.parkNanos(50_000);
                            }
                        }
                        return 0;
                    },
                    ALL));
            assertThat(rig.lanes).allSatisfy(lane -> {
                assertThat(lane.taken).isEqualTo(lane.offered);
                assertThat(lane.queue().counters().get(QueueCounter.KICKS_SENT)).isPositive();
            });
            assertThat(rig.errors).isEmpty();
            assertThat(rig.session.needsReset()).isFalse();
        }
    }

    @Test
    void workersThatSpinWantNoKicks() throws Exception {
        try (WorkersRig rig = new WorkersRig(
                true, InProcessOptions.DEFAULTS.withIdle(DeviceIdle.SPIN).withWorkers(2))) {
            rig.lanes[0].exchange(3);
            rig.lanes[1].exchange(3);
            rig.lanes[2].exchange(3);
            long before = rig.lanes[2].queue().counters().get(QueueCounter.KICKS_SENT);
            rig.lanes[2].exchange(20);
            assertThat(rig.lanes[2].queue().counters().get(QueueCounter.KICKS_SENT))
                    .isEqualTo(before);
        }
    }

    // --- one queue stops while others run -----------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Clause({"CORE-DEV-VQRESET-STOP", "CORE-DEV-VQRESET-DEFAULT-STATE", "CORE-DEV-VQENABLE-OBSERVE"})
    void aQueueIsResetAgainAndAgainWhileTheOthersRun(boolean packed) throws Exception {
        try (WorkersRig rig = new WorkersRig(packed, 2)) {
            AtomicBoolean done = new AtomicBoolean();
            List<Future<Integer>> others = rig.onLanes(index -> () -> exchangeUntil(rig, index, done), 0, 2, 3);
            for (int i = 0; i < 40; i++) {
                WorkersRig.Lane lane = rig.lanes[1];
                lane.exchange(2);
                lane.offerBatch();
                rig.session.resetQueue(lane.active());
                // What the device had used is gone with the ring; the rest comes back as cancelled.
                int cancelled = lane.queue().cancelAll(token -> {});
                assertThat(cancelled).isEqualTo(lane.offered - lane.taken);
                rig.renew(1);
            }
            rig.lanes[1].exchange(5);
            done.set(true);
            assertThat(WorkersRig.all(others))
                    .allSatisfy(rounds -> assertThat(rounds).isPositive());
            assertThat(rig.errors).isEmpty();
            assertThat(rig.session.needsReset()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aQueueIsStoppedAndGoesOnAgainAndAgainWhileAllRun(boolean packed) throws Exception {
        try (WorkersRig rig = new WorkersRig(packed, 2)) {
            AtomicBoolean done = new AtomicBoolean();
            // The stopped one too: its driver's half knows nothing of it.
            List<Future<Integer>> all = rig.onLanes(index -> () -> exchangeUntil(rig, index, done), ALL);
            for (int i = 0; i < 100; i++) {
                QueueState state = rig.transport.stopQueue(i % 4);
                rig.transport.startQueue(i % 4, QueueState.fromBytes(state.toBytes()));
            }
            done.set(true);
            WorkersRig.all(all);
            assertThat(rig.lanes).allSatisfy(lane -> assertThat(lane.taken).isEqualTo(lane.offered));
            assertThat(rig.errors).isEmpty();
            assertThat(rig.session.needsReset()).isFalse();
        }
    }

    private static int exchangeUntil(WorkersRig rig, int index, AtomicBoolean done) {
        int rounds = 0;
        while (!done.get()) {
            rig.lanes[index].exchange(3);
            rounds++;
        }
        return rounds;
    }

    // --- the device is reset, or closed -----------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"false, 2", "true, 2", "false, 4", "true, 4"})
    @Clause({"CORE-DEV-RESET-QUIET", "CORE-DEV-RESET-STATUS-ZERO"})
    void aResetInTheMiddleOfTrafficLeavesNobodyInTheMemory(boolean packed, int workers) throws Exception {
        try (WorkersRig rig = new WorkersRig(packed, workers)) {
            for (int i = 0; i < 20; i++) {
                WorkersRig.all(rig.onLanes(
                        index -> () -> {
                            rig.lanes[index].exchange(2);
                            rig.lanes[index].offerBatch();
                            return 0;
                        },
                        ALL));
                rig.session.close();
                rig.memory.fill(0, rig.memory.lengthBytes(), 0xAA);
                for (WorkersRig.Lane lane : rig.lanes) {
                    assertThat(lane.queue().cancelAll(token -> {})).isEqualTo(lane.offered - lane.taken);
                    lane.free();
                }
                LockSupport.parkNanos(100_000);
                for (long at = 0; at < rig.memory.lengthBytes(); at += Long.BYTES) {
                    assertThat(rig.memory.getLe64(at)).isEqualTo(0xAAAA_AAAA_AAAA_AAAAL);
                }
                rig.open();
            }
            rig.lanes[3].exchange(5);
            assertThat(rig.errors).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void closingInTheMiddleOfTrafficEndsEveryThread(int workers) throws Exception {
        WorkersRig rig = new WorkersRig(true, workers);
        for (WorkersRig.Lane lane : rig.lanes) {
            lane.exchange(1);
            lane.offerBatch();
        }
        rig.transport.close();
        assertThat(WorkersRig.deviceThreads()).isEmpty();
        assertThat(rig.transport.status()).isEqualTo(DeviceStatus.RESET);
        rig.session.close();
        for (WorkersRig.Lane lane : rig.lanes) {
            assertThat(lane.queue().cancelAll(token -> {})).isEqualTo(lane.offered - lane.taken);
        }
        assertThat(rig.errors).isEmpty();
        rig.close();
    }

    /** An agent's end is seen before that of its thread. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void noThreadOutlivesTheClosingOfItsDevice(int workers) {
        for (int i = 0; i < 200; i++) {
            WorkersRig rig = new WorkersRig(false, workers);
            List<Thread> threads = WorkersRig.liveThreads().toList();
            rig.transport.close();
            assertThat(threads).isNotEmpty().noneMatch(Thread::isAlive);
            rig.close();
        }
    }
}
