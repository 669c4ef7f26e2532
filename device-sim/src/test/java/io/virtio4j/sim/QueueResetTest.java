// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One of two queues is reset and set up again while a device's thread serves both, in every combination of ring features. */
final class QueueResetTest {
    private static final int REQUEST_BYTES = 64;
    private static final int[] RING_BITS = {
        FeatureBits.RING_PACKED, FeatureBits.INDIRECT_DESC, FeatureBits.EVENT_IDX, FeatureBits.IN_ORDER
    };
    private static final int REQUESTS = 200;
    private static final long MANY_SPINS = 50_000_000;

    private final SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
    private final DmaArena arena = new DmaArena(memory);
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final AtomicIntegerArray calls = new AtomicIntegerArray(2);
    private final EchoDevice device = new EchoDevice();
    private final DmaBuffer request = arena.allocate(REQUEST_BYTES, 16);
    private final DmaBuffer response = arena.allocate(REQUEST_BYTES, 16);
    private final InProcessTransport transport =
            InProcessTransport.start(device, GuestMemory.of(memory), DeviceIdle.NOTIFIED, errors::add);
    private DriverSession session;

    static Stream<Features> everyRing() {
        return IntStream.range(0, 1 << RING_BITS.length).mapToObj(choice -> {
            Features features = Features.of(FeatureBits.RING_RESET);
            for (int i = 0; i < RING_BITS.length; i++) {
                features = (choice >>> i & 1) != 0 ? features.with(RING_BITS[i]) : features;
            }
            return features;
        });
    }

    private ActiveQueue setUp(int index, int size) {
        CallSink sink = calls::incrementAndGet;
        return session.setUpQueue(index, size, 4, arena, BarrierPolicy.OPTIMIZED, sink, errors::add);
    }

    private void open(Features ring) {
        session = DriverSession.open(transport, new DriverSpec(EchoDevice.ID, ring, ring, List.of()));
    }

    @AfterEach
    void close() {
        transport.close();
        assertThat(errors).isEmpty();
    }

    private void offer(ActiveQueue active, int number) {
        memory.putLe32(request.offset(), number & 0x7F);
        BufferChain chain = new BufferChain(2).addReadable(request).addWritable(response);
        assertThat(active.queue().offer(chain, number)).isNotNegative();
        active.queue().kick(active.doorbell());
    }

    private void exchange(ActiveQueue active) {
        for (int i = 0; i < REQUESTS; i++) {
            offer(active, i);
            int number = i;
            int taken = active.queue()
                    .pollUsed(
                            (token, written) -> {
                                assertThat(token).isEqualTo(number);
                                assertThat(written).isEqualTo(REQUEST_BYTES);
                            },
                            1,
                            MANY_SPINS,
                            new YieldingIdleStrategy());
            assertThat(taken).isEqualTo(1);
            assertThat(memory.getLe32(response.offset())).isEqualTo(i & 0x7F);
        }
    }

    @ParameterizedTest
    @MethodSource("everyRing")
    @Clause({"CORE-DEV-VQRESET-DEFAULT-STATE", "CORE-DEV-VQENABLE-OBSERVE", "CORE-DRV-VQENABLE-CONFIGURE"})
    void aQueueWorksAgainWithAnotherSizeAtAnotherPlace(Features ring) {
        open(ring);
        ActiveQueue kept = setUp(0, 8);
        ActiveQueue reset = setUp(1, 16);
        session.driverOk();
        exchange(kept);
        exchange(reset);

        session.resetQueue(reset);
        exchange(kept);
        arena.allocate(512, 128);
        ActiveQueue again = setUp(1, 8);
        exchange(again);
        exchange(kept);
        session.resetQueue(again);
        exchange(setUp(1, 32));

        assertThat(reset.queue().poll((token, written) -> {}, 1)).isEqualTo(DriverQueue.BROKEN);
        assertThat(session.needsReset()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("everyRing")
    @Clause({"CORE-DEV-VQRESET-STOP", "CORE-DRV-VQRESET-RELEASE"})
    void requestsInFlightComeBackByCancellationAndNothingIsWrittenAfterwards(Features ring) {
        device.keeps = 3;
        open(ring);
        ActiveQueue kept = setUp(0, 8);
        ActiveQueue reset = setUp(1, 8);
        session.driverOk();
        DmaBuffer answer = arena.allocate(REQUEST_BYTES, 16);
        for (int i = 0; i < 4; i++) {
            assertThat(reset.queue()
                            .offer(new BufferChain(2).addReadable(request).addWritable(answer), i))
                    .isNotNegative();
        }
        reset.queue().kick(reset.doorbell());
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (device.kept < 3) {
            assertThat(System.nanoTime() - deadlineNanos).isNegative();
            Thread.onSpinWait();
        }

        session.resetQueue(reset);
        int callsAtReset = calls.get(1);
        // The ring and the buffers are the driver's again: what the device still wrote would show.
        DmaBuffer ringAgain = arena.allocate(1024, 128);
        memory.fill(ringAgain.offset(), ringAgain.lengthBytes(), 0x55);
        memory.fill(answer.offset(), answer.lengthBytes(), 0x55);
        device.keeps = 0;
        exchange(kept);

        assertThat(bytes(ringAgain)).containsOnly(0x55);
        assertThat(bytes(answer)).containsOnly(0x55);
        assertThat(calls.get(1)).isEqualTo(callsAtReset);
        List<Long> tokens = new ArrayList<>();
        assertThat(reset.queue().cancelAll(tokens::add)).isEqualTo(4);
        assertThat(tokens).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
    }

    private byte[] bytes(DmaBuffer buffer) {
        byte[] bytes = new byte[(int) buffer.lengthBytes()];
        memory.getBytes(buffer.offset(), bytes, 0, bytes.length);
        return bytes;
    }
}
