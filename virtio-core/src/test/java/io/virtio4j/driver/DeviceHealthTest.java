// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.memory.DmaArena;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a driver learns of its device beside the queues. */
final class DeviceHealthTest {
    private static final int NEEDS_RESET = 64;

    private final FakeTransport transport = new FakeTransport();
    private final List<Throwable> errors = new ArrayList<>();
    private final DriverSession session = DriverSession.open(
            transport, new DriverSpec(FakeTransport.DEVICE_ID, Features.NONE, Features.NONE, List.of()));
    private final DeviceHealth health = DeviceHealth.of(session, errors::add);

    @Test
    void aDeviceThatSaysNothingIsWellAndItsStatusIsNotRead() {
        int[] looks = {0};
        assertThat(health.failure()).isEmpty();
        transport.onStatusLook = () -> looks[0]++;
        assertThat(health.failure()).isEmpty();
        assertThat(health.takeConfigChanged()).isFalse();
        assertThat(looks[0]).isZero();
        transport.tellOfChange();
        assertThat(health.failure()).isEmpty();
        assertThat(health.failure()).isEmpty();
        assertThat(looks[0]).isEqualTo(1);
    }

    @Test
    void aChangeOfTheConfigurationIsTakenOnce() {
        transport.tellOfChange();
        assertThat(health.failure()).isEmpty();
        assertThat(health.takeConfigChanged()).isTrue();
        assertThat(health.takeConfigChanged()).isFalse();
    }

    @Test
    @Clause("CORE-DRV-NEEDS-RESET-DISTRUST")
    void aDeviceThatNeedsAResetHasFailedForGood() {
        transport.show(15 | NEEDS_RESET);
        transport.tellOfChange();
        assertThat(health.failure().orElseThrow().reason()).startsWith("the device needs a reset");
        transport.show(15);
        transport.tellOfChange();
        assertThat(health.failure()).isPresent();
        assertThat(errors).isEmpty();
    }

    @Test
    void aDeviceThatNeededAResetBeforeAnybodyListenedHasFailed() {
        transport.show(15 | NEEDS_RESET);
        assertThat(DeviceHealth.of(session, errors::add).failure()).isPresent();
    }

    /** As it is when the transport is closed under the driver: nobody asks for a reset, and nothing comes any more. */
    @Test
    void aDeviceThatWasResetByAnotherThanTheSessionHasFailed() {
        session.driverOk();
        assertThat(health.failure()).isEmpty();
        transport.show(0);
        transport.tellOfChange();
        assertThat(health.failure()).isPresent();
    }

    @Test
    void aDeviceThatDoesNotWorkYetHasNotFailed() {
        transport.tellOfChange();
        assertThat(health.failure()).isEmpty();
    }

    @Test
    void aStatusThatCannotBeReadIsLookedAtAgain() {
        transport.show(15 | NEEDS_RESET);
        transport.tellOfChange();
        transport.failsAt.add("status " + (15 | NEEDS_RESET));
        assertThatThrownBy(health::failure).isInstanceOf(TransportException.class);
        transport.failsAt.clear();
        assertThat(health.failure()).isPresent();
    }

    @Test
    void aBrokenQueueIsToldAndItsCauseKept() {
        IllegalStateException broken = new IllegalStateException("id 99 of 8");
        health.onError(broken);
        assertThat(errors).containsExactly(broken);
        assertThat(health.failure())
                .contains(new DeviceHealth.Failure(
                        "the device broke a queue; close the driver and open it again", Optional.of(broken)));
    }

    @Test
    void theFirstReasonStays() {
        health.waitEnded();
        health.onError(new IllegalStateException("later"));
        health.closing();
        assertThat(health.failure().orElseThrow().reason()).startsWith("the device needs a reset");
        assertThat(errors).hasSize(1);
    }

    @Test
    void threadsAsleepForAUsedBufferAreWokenBesides() {
        UsedBufferSignal signal = new UsedBufferSignal();
        DriverQueue queue = session.setUpQueue(
                        0, 8, new DmaArena(transport.memory), BarrierPolicy.OPTIMIZED, signal, health)
                .queue();
        session.driverOk();
        assertThat(signal.isDeviceWorking()).isTrue();
        transport.show(15 | NEEDS_RESET);
        transport.tellOfChange();
        assertThat(queue.awaitUsed((token, written) -> {}, 1, signal, 1)).isEqualTo(DriverQueue.BROKEN);
        assertThat(health.failure()).isPresent();
    }

    @Test
    void eachOfSeveralThreadsHearsOfAChangeAndOfItsOwnQueueAlone() {
        List<DeviceHealth> healths = DeviceHealth.ofThreads(session, errors::add, 3);
        transport.tellOfChange();
        assertThat(healths).hasSize(3).allMatch(DeviceHealth::takeConfigChanged);
        healths.get(1).onError(new IllegalStateException("id 99 of 8"));
        assertThat(healths.get(0).failure()).isEmpty();
        assertThat(healths.get(1).failure()).isPresent();
        assertThat(errors).hasSize(1);
        transport.show(15 | NEEDS_RESET);
        transport.tellOfChange();
        assertThat(healths).allMatch(each -> each.failure().isPresent());
    }

    @Test
    void aRenewedQueueIsWellAgainUnlessTheDeviceNeedsAReset() {
        health.onError(new IllegalStateException("id 99 of 8"));
        health.queueRenewed();
        assertThat(health.failure()).isEmpty();
        transport.show(15 | NEEDS_RESET);
        health.resetting();
        assertThat(health.failure().orElseThrow().reason()).contains("a reset did not end");
        health.queueRenewed();
        assertThat(health.failure().orElseThrow().reason()).startsWith("the device needs a reset");
    }
}
