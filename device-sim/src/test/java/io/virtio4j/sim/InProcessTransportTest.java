// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The in-process transport, with both halves at work on their own threads. */
final class InProcessTransportTest {
    private static final DriverSpec SPEC =
            new DriverSpec(EchoDevice.ID, DriverSpec.RING_FEATURES.with(3), Features.NONE, List.of());
    private static final long MANY_SPINS = 50_000_000;

    private final SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
    private final DmaArena arena = new DmaArena(memory);
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final EchoDevice device = new EchoDevice();
    private InProcessTransport transport;
    private DriverSession session;
    private ActiveQueue active;
    private DmaBuffer request;
    private DmaBuffer response;
    private long lastToken = -1;
    private long lastWritten = -1;

    private void start(DeviceIdle idle, CallSink callSink) {
        transport = InProcessTransport.start(device, GuestMemory.of(memory), idle, errors::add);
        session = DriverSession.open(transport, SPEC);
        active = session.setUpQueue(1, 16, arena, BarrierPolicy.OPTIMIZED, callSink, errors::add);
        session.driverOk();
        request = arena.allocate(256, 64);
        response = arena.allocate(256, 64);
    }

    @AfterEach
    void close() {
        if (transport != null) {
            transport.close();
        }
    }

    private void offer(int firstByte, long token) {
        memory.putByte(request.offset(), firstByte);
        int id = active.queue().offer(new BufferChain(2).addReadable(request).addWritable(response), token);
        assertThat(id).isNotNegative();
        active.queue().kick(active.doorbell());
    }

    private int await() {
        return active.queue()
                .pollUsed(
                        (token, written) -> {
                            lastToken = token;
                            lastWritten = written;
                        },
                        16,
                        MANY_SPINS,
                        new YieldingIdleStrategy());
    }

    @ParameterizedTest
    @EnumSource(DeviceIdle.class)
    @Clause("CORE-DEV-USED-LENGTH")
    void aRequestComesBackWithItsTokenAndTheBytesWritten(DeviceIdle idle) {
        start(idle, CallSink.NONE);
        for (int i = 0; i < 1_000; i++) {
            offer(i & 0x7F, i);
            assertThat(await()).isEqualTo(1);
            assertThat(lastToken).isEqualTo(i);
            assertThat(lastWritten).isEqualTo(256);
            assertThat(memory.getByte(response.offset())).isEqualTo(i & 0x7F);
        }
        assertThat(errors).isEmpty();
    }

    @Test
    void aDeviceThatFellAsleepIsWokenByAKick() throws InterruptedException {
        start(DeviceIdle.NOTIFIED, CallSink.NONE);
        for (int i = 0; i < 5; i++) {
            Thread.sleep(20);
            offer(1, i);
            assertThat(await()).isEqualTo(1);
        }
        assertThat(active.queue().counters().get(QueueCounter.KICKS_SENT)).isPositive();
    }

    @Test
    @Clause("PACKED-DEV-ACCESS-AFTER-FLAGS")
    void aDeviceThatSpinsTakesARequestThatNobodyKicksFor() {
        start(DeviceIdle.SPIN, CallSink.NONE);
        for (int i = 0; i < 100; i++) {
            memory.putByte(request.offset(), i & 0x7F);
            assertThat(active.queue()
                            .offer(new BufferChain(2).addReadable(request).addWritable(response), i))
                    .isNotNegative();
            assertThat(await()).isEqualTo(1);
            assertThat(lastToken).isEqualTo(i);
            assertThat(memory.getByte(response.offset())).isEqualTo(i & 0x7F);
        }
    }

    @Test
    void aDeviceThatSpinsIsNeverKicked() {
        start(DeviceIdle.SPIN, CallSink.NONE);
        for (int i = 0; i < 100; i++) {
            offer(1, i);
            assertThat(await()).isEqualTo(1);
        }
        assertThat(active.queue().counters().get(QueueCounter.KICKS_SENT)).isZero();
    }

    @Test
    void aDriverThatSleepsIsCalled() throws InterruptedException {
        CountDownLatch called = new CountDownLatch(1);
        start(DeviceIdle.NOTIFIED, queueIndex -> {
            if (queueIndex == 1) {
                called.countDown();
            }
        });
        assertThat(active.queue().enableCallbacks()).isTrue();
        offer(1, 7);
        assertThat(called.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(active.queue().poll((token, written) -> lastToken = token, 16))
                .isEqualTo(1);
        assertThat(lastToken).isEqualTo(7);
    }

    @Test
    @Clause({"CORE-DEV-NEEDS-RESET-SET", "CORE-DEV-NEEDS-RESET-NOTIFY"})
    void aDeviceThatFailsShowsThatItNeedsAResetAndTellsTheDriver() throws InterruptedException {
        start(DeviceIdle.SPIN, CallSink.NONE);
        CountDownLatch changed = new CountDownLatch(1);
        transport.onConfigChange(changed::countDown);
        offer(EchoDevice.POISON_EXCEPTION, 1);
        assertThat(changed.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(session.needsReset()).isTrue();
        assertThat(errors).hasSize(1);
    }

    @Test
    @Clause("CORE-DEV-RESET-STATUS-ZERO")
    void afterAResetTheSameDeviceServesAgain() {
        start(DeviceIdle.SPIN, CallSink.NONE);
        offer(EchoDevice.POISON_EXCEPTION, 1);
        assertThat(active.queue().pollUsed((token, written) -> {}, 1, 10_000, new YieldingIdleStrategy()))
                .isZero();
        session.reset();
        assertThat(transport.status()).isEqualTo(DeviceStatus.RESET);
        assertThat(active.queue().cancelAll(token -> lastToken = token)).isEqualTo(1);
        assertThat(lastToken).isEqualTo(1);

        session = DriverSession.open(transport, SPEC);
        active = session.setUpQueue(1, 16, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, errors::add);
        session.driverOk();
        offer(5, 2);
        assertThat(await()).isEqualTo(1);
        assertThat(lastToken).isEqualTo(2);
    }

    @Test
    void aDeadDeviceThreadHangsNobody() throws InterruptedException {
        start(DeviceIdle.SPIN, CallSink.NONE);
        CountDownLatch changed = new CountDownLatch(1);
        transport.onConfigChange(changed::countDown);
        offer(EchoDevice.POISON_ERROR, 1);
        assertThat(changed.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(session.needsReset()).isTrue();
        assertThat(active.queue().pollUsed((token, written) -> {}, 1, 100_000, new YieldingIdleStrategy()))
                .isZero();
        assertThatThrownBy(() -> transport.writeConfig(0, new byte[1]))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("thread has ended");
    }

    @Test
    @Clause("CORE-DRV-CLEANUP-RESET-FIRST")
    void theBuffersOfADeviceWhoseThreadHasDiedComeBackThroughAReset() throws InterruptedException {
        start(DeviceIdle.SPIN, CallSink.NONE);
        CountDownLatch changed = new CountDownLatch(1);
        transport.onConfigChange(changed::countDown);
        offer(EchoDevice.POISON_ERROR, 1);
        assertThat(changed.await(5, TimeUnit.SECONDS)).isTrue();

        session.close();

        assertThat(transport.status()).isZero();
        assertThat(active.queue().cancelAll(token -> {})).isEqualTo(1);
    }

    @Test
    void theBuffersComeBackWhenTheTransportIsClosedBeforeTheDriver() {
        start(DeviceIdle.SPIN, CallSink.NONE);
        device.keeps = 1;
        offer(1, 1);

        transport.close();
        session.close();

        assertThat(active.queue().cancelAll(token -> {})).isEqualTo(1);
    }

    @Test
    void theBuffersComeBackWhenTheTransportOfADeadDeviceIsClosedBeforeTheDriver() throws InterruptedException {
        start(DeviceIdle.SPIN, CallSink.NONE);
        CountDownLatch changed = new CountDownLatch(1);
        transport.onConfigChange(changed::countDown);
        offer(EchoDevice.POISON_ERROR, 1);
        assertThat(changed.await(5, TimeUnit.SECONDS)).isTrue();

        transport.close();
        session.close();

        assertThat(active.queue().cancelAll(token -> {})).isEqualTo(1);
    }

    @Test
    void closingWakesADeviceThatSleepsWithoutBound() {
        InProcessOptions sleeper = InProcessOptions.DEFAULTS.withSleep(DeviceSleep.AT_ONCE_UNBOUNDED);
        transport = InProcessTransport.start(device, GuestMemory.of(memory), sleeper, errors::add);
        transport.close();
        assertThatThrownBy(() -> transport.writeStatus(DeviceStatus.RESET)).isInstanceOf(TransportException.class);
        assertThat(errors).isEmpty();
    }

    @Test
    void configurationIsReadAndWrittenThroughTheDevicesThread() {
        start(DeviceIdle.NOTIFIED, CallSink.NONE);
        int before = transport.configGeneration();
        transport.writeConfig(2, new byte[] {1, 2, 3});
        assertThat(session.readConfig(0, 8)).containsExactly(0, 0, 1, 2, 3, 0, 0, 0);
        assertThat(transport.configGeneration()).isNotEqualTo(before);
        assertThatThrownBy(() -> transport.writeConfig(6, new byte[3])).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aQueueThatTheDeviceLacksIsRefused() {
        start(DeviceIdle.SPIN, CallSink.NONE);
        session.reset();
        session = DriverSession.open(transport, SPEC);
        assertThatThrownBy(() -> session.setUpQueue(2, 16, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, errors::add))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("queue 2");
    }

    @Test
    void theBaselinePolicyFencesInEverySpinAndTheOptimizedOneOnceACompletion() {
        start(DeviceIdle.SPIN, CallSink.NONE);
        offer(1, 1);
        assertThat(await()).isEqualTo(1);
        assertThat(active.queue().counters().get(QueueCounter.POLL_FENCES)).isEqualTo(1);

        session.reset();
        session = DriverSession.open(transport, SPEC);
        active = session.setUpQueue(1, 16, arena, BarrierPolicy.BASELINE, CallSink.NONE, errors::add);
        session.driverOk();
        offer(1, 1);
        assertThat(await()).isEqualTo(1);
        long spins = active.queue().counters().get(QueueCounter.SPINS);
        assertThat(active.queue().counters().get(QueueCounter.POLL_FENCES)).isEqualTo(spins + 2);
    }

    @Test
    @Clause("CORE-DEV-NEEDS-RESET-SET")
    void aRegisterWriteIsAnsweredOnceAlthoughTheListenerThrows() {
        start(DeviceIdle.NOTIFIED, CallSink.NONE);
        transport.onConfigChange(() -> {
            throw new UnsupportedOperationException("a mistake of the listener");
        });

        transport.writeConfig(0, new byte[] {(byte) EchoDevice.POISON_EXCEPTION});

        assertThat(session.needsReset()).isTrue();
        session.reset();
        assertThat(errors)
                .filteredOn(error -> "poisoned".equals(error.getMessage()))
                .hasSize(1);
    }
}
