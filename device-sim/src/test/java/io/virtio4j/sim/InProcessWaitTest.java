// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.driver.UsedBufferSignal;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A driver asleep on its signal, and a device on a thread of its own that sleeps too. */
final class InProcessWaitTest {
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int ROUNDS = 5_000;
    private static final int NOT_YET = -99;

    private final SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
    private final DmaArena arena = new DmaArena(memory);
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final UsedBufferSignal signal = new UsedBufferSignal();
    private final DmaBuffer request = arena.allocate(256, 64);
    private final DmaBuffer response = arena.allocate(256, 64);
    private final AtomicInteger taken = new AtomicInteger(NOT_YET);
    private InProcessTransport transport;
    private DriverSession session;
    private ActiveQueue active;
    private long lastToken = -1;

    static Stream<Features> rings() {
        return Stream.of(
                Features.NONE,
                Features.of(FeatureBits.EVENT_IDX),
                Features.of(FeatureBits.RING_PACKED),
                Features.of(FeatureBits.RING_PACKED, FeatureBits.EVENT_IDX));
    }

    private void start(Features ring) {
        transport =
                InProcessTransport.start(new EchoDevice(), GuestMemory.of(memory), DeviceIdle.NOTIFIED, errors::add);
        session = DriverSession.open(transport, new DriverSpec(EchoDevice.ID, ring, ring, List.of()));
        active = session.setUpQueue(1, 16, arena, BarrierPolicy.OPTIMIZED, signal, errors::add);
        session.driverOk();
    }

    @AfterEach
    void close() {
        transport.close();
    }

    private void offer(int firstByte, long token) {
        memory.putByte(request.offset(), firstByte);
        BufferChain chain = new BufferChain(2).addReadable(request).addWritable(response);
        assertThat(active.queue().offer(chain, token)).isNotNegative();
        active.queue().kick(active.doorbell());
    }

    private int await(long timeoutNanos) {
        return active.queue().awaitUsed((token, written) -> lastToken = token, 16, signal, timeoutNanos);
    }

    /** A driver's thread, asleep until something ends its wait. */
    private Thread sleeper() {
        Thread driver = new Thread(() -> taken.set(await(LONG_NANOS)), "driver");
        driver.setDaemon(true);
        driver.start();
        while (driver.getState() != Thread.State.TIMED_WAITING && driver.isAlive()) {
            Thread.onSpinWait();
        }
        return driver;
    }

    private void assertEndsBroken(Thread driver) throws InterruptedException {
        driver.join(TimeUnit.SECONDS.toMillis(30));
        assertThat(taken).hasValue(DriverQueue.BROKEN);
    }

    @ParameterizedTest
    @MethodSource("rings")
    void everyRequestComesBackToADriverThatSleepsForIt(Features ring) {
        start(ring);
        for (int round = 0; round < ROUNDS; round++) {
            offer(1, round);
            assertThat(await(LONG_NANOS)).as("round %d", round).isEqualTo(1);
            assertThat(lastToken).isEqualTo(round);
        }
        assertThat(errors).isEmpty();
    }

    @Test
    @Clause("CORE-DEV-NEEDS-RESET-NOTIFY")
    void aDeviceThatFailsWakesTheDriver() throws InterruptedException {
        start(Features.NONE);
        offer(EchoDevice.POISON_EXCEPTION, 1);

        assertEndsBroken(sleeper());

        assertThat(session.needsReset()).isTrue();
    }

    @Test
    void aDeviceWhoseThreadDiesWakesTheDriver() throws InterruptedException {
        start(Features.NONE);
        offer(EchoDevice.POISON_ERROR, 1);

        assertEndsBroken(sleeper());
    }

    @Test
    void aResetOfTheSessionWakesTheDriver() throws InterruptedException {
        start(Features.NONE);
        Thread driver = sleeper();

        session.reset();

        assertEndsBroken(driver);
    }

    @Test
    void aChangeOfTheConfigurationDoesNotEndTheWaitAndIsHeardOf() {
        start(Features.NONE);
        AtomicInteger changes = new AtomicInteger();
        session.onConfigChange(changes::incrementAndGet);

        offer(EchoDevice.CHANGE_CONFIG, 3);

        assertThat(await(LONG_NANOS)).isEqualTo(1);
        long deadlineNanos = System.nanoTime() + LONG_NANOS;
        while (changes.get() == 0 && System.nanoTime() - deadlineNanos < 0) {
            Thread.onSpinWait();
        }
        assertThat(changes).hasValue(1);
        offer(1, 4);
        assertThat(await(LONG_NANOS)).isEqualTo(1);
    }

    @Test
    void closingTheTransportUnderASessionWakesTheDriver() throws InterruptedException {
        start(Features.NONE);
        Thread driver = sleeper();

        transport.close();

        assertEndsBroken(driver);
    }
}
