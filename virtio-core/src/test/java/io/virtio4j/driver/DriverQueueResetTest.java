// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A driver that resets one queue and sets it up again, against a device that does as the test says. */
class DriverQueueResetTest {
    private final FakeTransport transport = new FakeTransport();
    private final DmaArena arena = new DmaArena(transport.memory);
    private final long freeBytes = arena.freeBytes();

    private DriverSession open(Features offered) {
        transport.offered = offered.with(FeatureBits.VERSION_1);
        DriverSpec spec =
                new DriverSpec(FakeTransport.DEVICE_ID, DriverSpec.ALL_RING_FEATURES, Features.NONE, List.of());
        return DriverSession.open(transport, spec, TimeUnit.MILLISECONDS.toNanos(50));
    }

    private DriverSession open() {
        return open(Features.of(FeatureBits.RING_RESET));
    }

    private ActiveQueue setUp(DriverSession session, int size) {
        return session.setUpQueue(0, size, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, error -> {
            throw new AssertionError(error);
        });
    }

    private BufferChain chain() {
        return new BufferChain(1).addReadable(transport.memory.guestAddress(), 1);
    }

    @Test
    @Clause("CORE-DRV-VQRESET-VERIFY")
    void theDriverGoesOnOnlyWhenTheDeviceShowsTheReset() {
        DriverSession session = open();
        ActiveQueue active = setUp(session, 8);
        session.driverOk();
        transport.looksUntilQueueReset = 3;
        List<Boolean> brokenAtLook = new ArrayList<>();
        transport.onStatusLook = () -> brokenAtLook.add(active.queue().isBroken());

        session.resetQueue(active);

        assertThat(brokenAtLook).isNotEmpty().containsOnly(false);
        assertThat(transport.trace)
                .endsWith("reset queue 0", "status 15", "status 15", "status 15", "queue 0 is reset");
        assertThat(active.queue().offer(chain(), 1)).isEqualTo(DriverQueue.BROKEN);
    }

    @Test
    @Clause("CORE-DRV-VQRESET-RELEASE")
    void buffersAndRingComeBackOnceTheResetIsShown() {
        DriverSession session = open();
        ActiveQueue active = setUp(session, 8);
        session.driverOk();
        active.queue().offer(chain(), 11);
        active.queue().offer(chain(), 12);
        long free = arena.freeBytes();

        session.resetQueue(active);

        assertThat(arena.freeBytes()).isGreaterThan(free).isEqualTo(freeBytes);
        List<Long> tokens = new ArrayList<>();
        assertThat(active.queue().cancelAll(tokens::add)).isEqualTo(2);
        assertThat(tokens).containsExactlyInAnyOrder(11L, 12L);
    }

    @Test
    @Clause("CORE-DRV-VQRESET-VERIFY")
    void aDeviceThatNeverShowsTheResetKeepsTheMemoryAndIsWaitedForNoLonger() {
        DriverSession session = open();
        ActiveQueue active = setUp(session, 8);
        session.driverOk();
        transport.looksUntilQueueReset = -1;
        long free = arena.freeBytes();

        assertThatThrownBy(() -> session.resetQueue(0))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("queue 0")
                .hasMessageContaining("50 ms");

        assertThat(arena.freeBytes()).isEqualTo(free);
        assertThat(active.queue().isBroken()).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> setUp(session, 8));
        transport.looksUntilQueueReset = 0;
        session.resetQueue(0);
        assertThat(active.queue().isBroken()).isTrue();
    }

    @Test
    @Clause("CORE-DRV-NEEDS-RESET-DISTRUST")
    void aDeviceThatNeedsAResetAsAWholeIsNotWaitedFor() {
        DriverSession session = open();
        setUp(session, 8);
        session.driverOk();
        transport.looksUntilQueueReset = -1;
        transport.show(15 | DeviceStatus.DEVICE_NEEDS_RESET);

        assertThatThrownBy(() -> session.resetQueue(0))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("as a whole");
    }

    @Test
    @Clause("CORE-DRV-VQENABLE-CONFIGURE")
    void aQueueIsSetUpAgainInFullWithOtherParameters() {
        DriverSession session = open();
        ActiveQueue active = setUp(session, 8);
        session.driverOk();
        session.resetQueue(active);
        arena.allocate(1024, 128);

        ActiveQueue again = setUp(session, 4);

        QueueConfig before = transport.activated.get(0);
        QueueConfig after = transport.activated.get(1);
        assertThat(after).isEqualTo(again.queue().config());
        assertThat(after.size()).isEqualTo(4);
        assertThat(after.index()).isZero();
        assertThat(after.features()).isEqualTo(before.features());
        assertThat(after.addresses().descriptorArea())
                .isNotEqualTo(before.addresses().descriptorArea());
        assertThat(after.addresses().driverArea())
                .isNotEqualTo(before.addresses().driverArea());
        assertThat(after.addresses().deviceArea())
                .isNotEqualTo(before.addresses().deviceArea());
        assertThat(again.queue().offer(chain(), 1)).isNotNegative();
        assertThat(active.queue().isBroken()).isTrue();
    }

    @Test
    @Clause("CORE-DRV-VQRESET-NEGOTIATED")
    void withoutTheFeatureAQueueCannotBeReset() {
        DriverSession session = open(Features.of(FeatureBits.EVENT_IDX));
        setUp(session, 8);
        session.driverOk();

        assertThatIllegalStateException()
                .isThrownBy(() -> session.resetQueue(0))
                .withMessageContaining(session.features().toString());

        assertThat(transport.trace).noneMatch(line -> line.startsWith("reset queue"));
    }

    @Test
    void beforeDriverOkAQueueCannotBeReset() {
        DriverSession session = open();
        setUp(session, 8);

        assertThatIllegalStateException()
                .isThrownBy(() -> session.resetQueue(0))
                .withMessageContaining("status 11");
    }

    @Test
    void aQueueThatIsNotSetUpCannotBeReset() {
        DriverSession session = open();
        ActiveQueue old = setUp(session, 8);
        session.driverOk();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> session.resetQueue(1))
                .withMessageContaining("queue 1")
                .withMessageContaining("[0]");
        session.resetQueue(0);
        assertThatIllegalArgumentException().isThrownBy(() -> session.resetQueue(0));
        setUp(session, 8);
        assertThatIllegalArgumentException().isThrownBy(() -> session.resetQueue(old));
    }

    @Test
    void aQueueThatWorksCannotBeSetUpAgain() {
        DriverSession session = open();
        setUp(session, 8);
        session.driverOk();

        assertThatIllegalStateException().isThrownBy(() -> setUp(session, 8));
    }

    @Test
    void closingAfterAQueueWasResetGivesAllMemoryBackOnce() {
        DriverSession session = open();
        setUp(session, 8);
        session.driverOk();
        session.resetQueue(0);
        setUp(session, 4);

        session.close();

        assertThat(arena.freeBytes()).isEqualTo(freeBytes);
    }
}
