// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static io.virtio4j.device.SessionRig.DRIVER_OK;
import static io.virtio4j.device.SessionRig.NEEDS_RESET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A session whose two queues are served by two workers, turn by turn on the test's own thread. */
class QueueWorkerTest {
    private final SessionRig rig = new SessionRig();
    private final DeviceSession session = rig.session;
    private final List<Integer> woken = new ArrayList<>();
    private int sessionWoken;
    private final QueueConfig[] configs = {rig.queueConfig(0, 8), rig.queueConfig(1, 8)};
    private DriverQueue[] drivers;
    private QueueWorker[] workers;

    private void handOver(boolean polls) {
        rig.device.concurrent = true;
        workers = session.handOver(2, polls, woken::add, () -> sessionWoken++).toArray(QueueWorker[]::new);
    }

    private void start() {
        handOver(false);
        drivers = new DriverQueue[] {rig.driverQueue(configs[0]), rig.driverQueue(configs[1])};
        rig.start(configs);
    }

    private void renew(int queueIndex, int size) {
        configs[queueIndex] = rig.queueConfig(queueIndex, size);
        drivers[queueIndex] = rig.driverQueue(configs[queueIndex]);
    }

    private void serveAll() {
        session.service();
        for (QueueWorker worker : workers) {
            worker.service();
        }
        session.service();
    }

    private void offer(int queueIndex, long token) {
        assertThat(drivers[queueIndex].offer(new BufferChain(1).addWritable(rig.memory.guestAddress(), 4), token))
                .isNotNegative();
    }

    private List<Long> poll(int queueIndex) {
        List<Long> tokens = new ArrayList<>();
        drivers[queueIndex].poll((token, written) -> tokens.add(token), 8);
        return tokens;
    }

    private void breakRing(int queueIndex) {
        // A head that is no descriptor of the queue.
        rig.raw(configs[queueIndex]).makeAvailable(100);
    }

    // --- who serves what ---------------------------------------------------------------------------------------

    @Test
    @Clause("BLK-QUEUE-COUNT")
    void eachQueueIsServedByItsWorkerAndNobodyElse() {
        start();
        offer(0, 10);
        offer(1, 11);
        session.service();
        assertThat(poll(0)).isEmpty();
        assertThat(poll(1)).isEmpty();

        assertThat(workers[1].service()).isPositive();
        assertThat(poll(0)).isEmpty();
        assertThat(poll(1)).containsExactly(11L);

        assertThat(workers[0].service()).isPositive();
        assertThat(poll(0)).containsExactly(10L);
        assertThat(workers[0].service()).isZero();
    }

    @Test
    void theSessionDoesWhatIsNoQueuesOwn() {
        start();
        serveAll();
        int before = rig.device.ownWork;
        List<Integer> queueWork = new ArrayList<>();
        rig.device.queueWork = queue -> {
            queueWork.add(queue.config().index());
            return 1;
        };

        session.service();
        assertThat(rig.device.ownWork).isEqualTo(before + 1);
        assertThat(queueWork).isEmpty();
        assertThat(workers[1].service()).isEqualTo(1);
        assertThat(rig.device.ownWork).isEqualTo(before + 1);
        assertThat(queueWork).containsExactly(1);
    }

    @Test
    void withoutWorkersOneThreadDoesWhatEachQueueHasToDo() {
        rig.start(configs);
        List<Integer> queueWork = new ArrayList<>();
        rig.device.queueWork = queue -> {
            queueWork.add(queue.config().index());
            return 0;
        };
        session.service();
        assertThat(queueWork).containsExactly(0, 1);
        assertThat(rig.device.ownWork).isEqualTo(1);
    }

    @Test
    @Clause("CORE-DEV-QUIET-BEFORE-DRIVER-OK")
    void nothingIsServedBeforeDriverOk() {
        handOver(false);
        drivers = new DriverQueue[] {rig.driverQueue(configs[0]), rig.driverQueue(configs[1])};
        rig.negotiate(SessionRig.VERSION_1);
        session.configureQueue(configs[0], queueIndex -> {});
        offer(0, 1);
        serveAll();
        assertThat(poll(0)).isEmpty();

        session.writeStatus(session.status() | DRIVER_OK);
        serveAll();
        assertThat(poll(0)).containsExactly(1L);
    }

    @Test
    void aDeviceForOneThreadIsServedByNoWorker() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> session.handOver(2, false, worker -> {}, () -> {}))
                .withMessageContaining("2 threads");
        assertThatIllegalArgumentException().isThrownBy(() -> session.handOver(1, false, worker -> {}, () -> {}));
        rig.start(configs);
        rig.device.concurrent = true;
        assertThatIllegalStateException().isThrownBy(() -> session.handOver(2, false, worker -> {}, () -> {}));
    }

    @Test
    void queuesAreHandedOverOnceToOneWorkerAtLeast() {
        rig.device.concurrent = true;
        assertThatIllegalArgumentException().isThrownBy(() -> session.handOver(0, false, worker -> {}, () -> {}));
        handOver(false);
        assertThatIllegalStateException().isThrownBy(() -> session.handOver(2, false, worker -> {}, () -> {}));
    }

    // --- sleep -------------------------------------------------------------------------------------------------

    @Test
    void aWorkerIsWokenForNewOrdersAndDoesNotFallAsleepOverThem() {
        start();
        assertThat(woken).containsExactly(0, 1);
        assertThat(workers[0].enableNotifications()).isFalse();
        serveAll();
        assertThat(workers[0].enableNotifications()).isTrue();
        assertThat(sessionWoken).isEqualTo(2);

        offer(0, 1);
        assertThat(drivers[0].kickNeeded()).isTrue();
        assertThat(workers[0].enableNotifications()).isFalse();
    }

    @Test
    void theQueuesOfAWorkerThatPollsWantNoKicksFromTheStart() {
        handOver(true);
        drivers = new DriverQueue[] {rig.driverQueue(configs[0]), rig.driverQueue(configs[1])};
        rig.start(configs);
        serveAll();
        offer(1, 1);
        assertThat(drivers[1].kickNeeded()).isFalse();
    }

    // --- one queue stops ---------------------------------------------------------------------------------------

    @Test
    void aStoppedQueueStandsStillWhenItsWorkerHasLetGo() {
        start();
        serveAll();
        woken.clear();
        offer(1, 1);
        session.stopQueue(1);
        assertThat(session.queueState(1)).isEmpty();
        assertThat(rig.device.calls).doesNotContain("stop queue 1");
        assertThat(woken).containsExactly(1);

        workers[0].service();
        session.service();
        assertThat(session.queueState(1)).isEmpty();
        workers[1].service();
        session.service();
        assertThat(session.queueState(1)).isPresent();
        assertThat(poll(1)).isEmpty();

        session.configureQueue(
                configs[1], queueIndex -> {}, session.queueState(1).orElseThrow());
        serveAll();
        assertThat(poll(1)).containsExactly(1L);
        assertThat(rig.errors).isEmpty();
    }

    @Test
    @Clause({"CORE-DEV-VQRESET-STOP", "CORE-DRV-VQRESET-VERIFY"})
    void theResetOfAQueueIsCompleteWhenItsWorkerHasLetGo() {
        handOver(false);
        drivers = new DriverQueue[] {rig.driverQueue(configs[0]), rig.driverQueue(configs[1])};
        rig.negotiate(SessionRig.VERSION_1.with(FeatureBits.RING_RESET));
        for (QueueConfig config : configs) {
            session.configureQueue(config, queueIndex -> rig.calls++);
        }
        session.writeStatus(session.status() | DRIVER_OK);
        serveAll();

        session.resetQueue(1);
        assertThat(session.isQueueReset(1)).isFalse();
        offer(1, 1);
        offer(0, 2);
        workers[0].service();
        assertThat(poll(0)).containsExactly(2L);
        workers[1].service();
        session.service();
        assertThat(session.isQueueReset(1)).isTrue();
        assertThat(poll(1)).isEmpty();

        renew(1, 4);
        session.configureQueue(configs[1], queueIndex -> rig.calls++);
        offer(1, 3);
        serveAll();
        assertThat(poll(1)).containsExactly(3L);
        assertThat(session.status() & NEEDS_RESET).isZero();
    }

    @Test
    void aQueueThatBreaksBeforeItsWorkerLetsGoIsSeen() {
        start();
        serveAll();
        breakRing(1);
        // The worker is in the middle of a turn when the session stops the queue.
        rig.device.onQueueHook = () -> {
            rig.device.onQueueHook = () -> {};
            session.stopQueue(1);
        };
        workers[1].service();
        serveAll();
        assertThat(session.status() & NEEDS_RESET).isNotZero();
        assertThat(session.queueState(1)).isEmpty();
        assertThat(rig.errors).hasSize(1);
        assertThat(rig.configChanges).isEqualTo(1);
    }

    // --- what goes wrong in a worker -------------------------------------------------------------------------------

    @Test
    @Clause({"CORE-DEV-NEEDS-RESET-SET", "CORE-DEV-NEEDS-RESET-NOTIFY"})
    void aRingThatIsBrokenOnOneWorkerPutsTheDeviceIntoNeedsResetAndIsToldOnce() {
        start();
        serveAll();
        breakRing(0);
        workers[0].service();
        assertThat(workers[0].service()).isZero();
        session.service();
        assertThat(session.status() & NEEDS_RESET).isNotZero();
        assertThat(rig.configChanges).isEqualTo(1);
        assertThat(rig.errors).hasSize(1);

        offer(1, 1);
        serveAll();
        serveAll();
        assertThat(poll(1)).isEmpty();
        assertThat(rig.errors).hasSize(1);
        assertThat(rig.configChanges).isEqualTo(1);
    }

    @Test
    @Clause("CORE-DEV-NEEDS-RESET-SET")
    void anExceptionInAWorkerIsTheDevicesFailureAndAResetHelps() {
        start();
        serveAll();
        IllegalStateException mistake = new IllegalStateException("a mistake of the device");
        rig.device.onQueueHook = () -> {
            throw mistake;
        };
        workers[1].service();
        rig.device.onQueueHook = () -> {};
        assertThat(rig.errors).isEmpty();
        session.service();
        assertThat(rig.errors).containsExactly(mistake);
        assertThat(session.status() & NEEDS_RESET).isNotZero();
        serveAll();

        assertThat(session.writeStatus(0)).isZero();
        renew(1, 8);
        rig.start(configs[1]);
        offer(1, 1);
        serveAll();
        assertThat(poll(1)).containsExactly(1L);
        assertThat(rig.errors).containsExactly(mistake);
    }

    @Test
    void whatAWorkerMetBeforeAResetIsToldAndNotHeldAgainstTheDevice() {
        start();
        serveAll();
        IllegalStateException mistake = new IllegalStateException("a mistake of the device");
        rig.device.onQueueHook = () -> {
            throw mistake;
        };
        workers[0].service();
        rig.device.onQueueHook = () -> {};
        for (QueueWorker worker : workers) {
            worker.end();
        }

        assertThat(session.writeStatus(0)).isZero();
        rig.start(rig.queueConfig(0, 8));
        session.service();

        assertThat(session.status() & NEEDS_RESET).isZero();
        assertThat(rig.errors).containsExactly(mistake);
    }

    @Test
    void noLaterFailureHidesOneThatTheSessionDoesNotKnowOfYet() {
        rig.device.concurrent = true;
        QueueWorker worker =
                session.handOver(1, false, woken::add, () -> sessionWoken++).get(0);
        rig.start(configs);
        worker.service();
        List<IllegalStateException> mistakes = new ArrayList<>();
        rig.device.onQueueHook = () -> {
            mistakes.add(new IllegalStateException("mistake " + mistakes.size()));
            throw mistakes.get(mistakes.size() - 1);
        };
        worker.service();
        // New orders, which have the worker serve queue 0.
        session.stopQueue(1);
        worker.service();
        worker.service();
        assertThat(rig.errors).isEmpty();

        session.service();
        assertThat(mistakes).hasSize(1);
        assertThat(rig.errors).containsExactlyElementsOf(mistakes);
        assertThat(session.status() & NEEDS_RESET).isNotZero();
    }

    @Test
    void anErrorInAWorkerComesOutOfTheSessionsThreadOnce() {
        start();
        serveAll();
        rig.device.onQueueHook = () -> {
            throw new AssertionError("the end");
        };
        workers[0].service();
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(session::service)
                .withMessage("the end");
        assertThat(session.service()).isZero();
        // Another one, of what is dead already, is only told.
        workers[1].service();
        session.service();
        assertThat(rig.errors).singleElement().isInstanceOf(AssertionError.class);
    }

    // --- the device is reset -----------------------------------------------------------------------------------

    @Test
    @Clause({"CORE-DEV-RESET-STATUS-ZERO", "CORE-DEV-RESET-QUIET"})
    void aResetIsNotCompleteAsLongAsAWorkerDoesNotComeBack() {
        start();
        serveAll();
        workers[0].end();

        assertThat(session.writeStatus(0) & NEEDS_RESET).isNotZero();
        assertThat(rig.errors)
                .singleElement()
                .isInstanceOf(ResetIncompleteException.class)
                .asString()
                .contains("worker 1");
        assertThat(rig.device.calls).doesNotContain("reset");
        // When it comes back, it does nothing any more.
        offer(1, 1);
        workers[1].service();
        assertThat(poll(1)).isEmpty();

        assertThat(session.writeStatus(0)).isZero();
        assertThat(rig.device.calls).containsOnlyOnce("reset");
        assertThat(rig.errors).hasSize(1);
    }
}
