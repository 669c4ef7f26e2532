// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static io.virtio4j.driver.WaitRig.LONG_NANOS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.DmaMapper;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A session, and those that sleep until its device has used something. */
class DriverSessionWaitTest {
    private static final int NEEDS_RESET = 64;
    private static final UsedHandler NO_HANDLER = (token, written) -> {};

    private final FakeTransport transport = new FakeTransport();
    private final DmaArena arena = new DmaArena(transport.memory);
    private final UsedBufferSignal signal = new UsedBufferSignal();
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();

    private static DriverSession open(FakeTransport transport, long resetTimeoutNanos) {
        DriverSpec spec = new DriverSpec(
                FakeTransport.DEVICE_ID,
                DriverSpec.RING_FEATURES.with(FeatureBits.RING_RESET),
                Features.NONE,
                List.of());
        return DriverSession.open(transport, spec, resetTimeoutNanos);
    }

    private DriverSession open() {
        return open(transport, TimeUnit.SECONDS.toNanos(5));
    }

    private ActiveQueue setUp(DriverSession session, CallSink callSink) {
        return session.setUpQueue(0, 8, arena, BarrierPolicy.OPTIMIZED, callSink, errors::add);
    }

    private void offer(DriverQueue queue, long token) {
        assertThat(queue.offer(new BufferChain(1).addReadable(transport.memory.guestAddress(), 1), token))
                .isNotNegative();
    }

    /** What a device does that has used everything. */
    private void useAll(DriverQueue queue) {
        DeviceQueue device = DeviceQueue.create(queue.config(), transport.memory(), CallSink.NONE, errors::add);
        for (int id = device.next(); id >= 0; id = device.next()) {
            device.complete(id, 0);
        }
        device.flush();
    }

    // --- what the device showed before anybody slept -----------------------------------------------------------

    @Test
    void aFailureThatWokeNobodyIsSeenByTheFirstWait() {
        DriverSession session = open();
        DriverQueue queue = setUp(session, signal).queue();
        session.driverOk();
        transport.show(15 | NEEDS_RESET);

        assertThat(queue.awaitUsed(NO_HANDLER, 1, signal, TimeUnit.SECONDS.toNanos(1)))
                .isEqualTo(DriverQueue.BROKEN);
    }

    @Test
    void aFailureThatWokeNobodyIsSeenByTheFirstWaitOfAQueueThatWasReset() {
        transport.offered = Features.of(FeatureBits.VERSION_1, FeatureBits.RING_RESET);
        DriverSession session = open();
        setUp(session, CallSink.NONE);
        session.driverOk();
        session.resetQueue(0);
        transport.show(15 | NEEDS_RESET);

        DriverQueue queue = setUp(session, signal).queue();

        assertThat(queue.awaitUsed(NO_HANDLER, 1, signal, TimeUnit.SECONDS.toNanos(1)))
                .isEqualTo(DriverQueue.BROKEN);
    }

    // --- whose signal it is ------------------------------------------------------------------------------------

    @Test
    void aSignalOfASessionThatHasNotEndedIsRefusedToAnother() {
        DriverSession first = open();
        setUp(first, signal);
        DriverSession second = open(new FakeTransport(), LONG_NANOS);
        long free = arena.freeBytes();

        assertThatIllegalStateException()
                .isThrownBy(() -> setUp(second, signal))
                .withMessageContaining("signal");

        assertThat(arena.freeBytes()).isEqualTo(free);
        second.reset();
        assertThat(signal.isDeviceWorking()).isTrue();
    }

    @Test
    void aSignalOfASessionThatWasResetServesTheNext() {
        DriverSession first = open();
        setUp(first, signal);
        first.close();

        setUp(open(), signal);

        assertThat(signal.isDeviceWorking()).isTrue();
    }

    @Test
    void aWaitOnASignalThatNoCallReachesIsRefused() {
        DriverSession session = open();
        DriverQueue queue = setUp(session, signal).queue();
        session.driverOk();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> queue.awaitUsed(NO_HANDLER, 1, new UsedBufferSignal(), LONG_NANOS))
                .withMessageContaining("queue 0");
    }

    @Test
    void aWaitOnAQueueWithoutACallSinkIsRefused() {
        DriverSession session = open();
        DriverQueue queue = setUp(session, CallSink.NONE).queue();
        session.driverOk();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> queue.awaitUsed(NO_HANDLER, 1, signal, LONG_NANOS))
                .withMessageContaining("no call sink");
    }

    @Test
    void aSinkMayPassItsCallsOnToASignal() {
        DriverSession session = open();
        AtomicInteger calls = new AtomicInteger();
        CallSink counted = queueIndex -> {
            calls.incrementAndGet();
            signal.call(queueIndex);
        };
        DriverQueue queue = setUp(session, counted).queue();
        session.driverOk();

        assertThat(queue.awaitUsed(NO_HANDLER, 1, signal, 0)).isZero();
    }

    // --- reset -------------------------------------------------------------------------------------------------

    @Test
    void aResetLeavesNobodyAsleep() throws InterruptedException {
        DriverSession session = open();
        DriverQueue queue = setUp(session, signal).queue();
        session.driverOk();
        AtomicInteger taken = new AtomicInteger();
        Thread waiter = WaitRig.start("waiter", () -> taken.set(queue.awaitUsed(NO_HANDLER, 1, signal, LONG_NANOS)));
        WaitRig.awaitParked(waiter);

        session.reset();

        assertThat(signal.isVacant()).isTrue();
        waiter.join();
        assertThat(taken).hasValue(DriverQueue.BROKEN);
    }

    @Test
    void aResetDoesNotEndWhileAWaiterStillHandsBuffersOver() throws InterruptedException {
        DriverSession session = open(transport, TimeUnit.MILLISECONDS.toNanos(20));
        DriverQueue queue = setUp(session, signal).queue();
        session.driverOk();
        offer(queue, 7);
        useAll(queue);
        CountDownLatch inHandler = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread waiter = WaitRig.start(
                "waiter",
                () -> queue.awaitUsed(
                        (token, written) -> {
                            inHandler.countDown();
                            awaitUninterrupted(goOn);
                        },
                        1,
                        signal,
                        LONG_NANOS));
        inHandler.await();
        long free = arena.freeBytes();

        assertThatThrownBy(session::close)
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("20 ms");
        assertThat(arena.freeBytes()).isEqualTo(free);

        goOn.countDown();
        waiter.join();
        session.close();
        assertThat(arena.freeBytes()).isGreaterThan(free);
        List<Long> cancelled = new ArrayList<>();
        queue.cancelAll(cancelled::add);
        assertThat(cancelled).isEmpty();
        assertThat(errors).isEmpty();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aHandlerMayResetTheDeviceItself() {
        DriverSession session = open(transport, TimeUnit.MILLISECONDS.toNanos(20));
        DriverQueue queue = setUp(session, signal).queue();
        session.driverOk();
        offer(queue, 7);
        useAll(queue);

        assertThat(queue.awaitUsed((token, written) -> session.reset(), 1, signal, LONG_NANOS))
                .isEqualTo(1);

        assertThat(queue.isBroken()).isTrue();
        assertThat(queue.awaitUsed(NO_HANDLER, 1, signal, LONG_NANOS)).isEqualTo(DriverQueue.BROKEN);
    }

    @Test
    void aMappingThatCannotBeTakenAwayLeavesNoQueueThatSaysItWorks() {
        transport.offered = Features.of(FeatureBits.VERSION_1, FeatureBits.ACCESS_PLATFORM);
        transport.dmaMapper = new DmaMapper() {
            @Override
            public void map(SharedMemory region) {}

            @Override
            public void unmapAll() {
                throw new TransportException("the IOMMU does not answer");
            }
        };
        DriverSession session = open();
        DriverQueue queue = setUp(session, signal).queue();
        session.driverOk();

        assertThatThrownBy(session::reset).hasMessageContaining("IOMMU");

        assertThat(queue.isBroken()).isTrue();
        assertThat(queue.awaitUsed(NO_HANDLER, 1, signal, LONG_NANOS)).isEqualTo(DriverQueue.BROKEN);
    }
}
