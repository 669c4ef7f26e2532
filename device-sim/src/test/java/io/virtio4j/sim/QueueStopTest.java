// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.QueueState;
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
import io.virtio4j.queue.RingFormat;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.Doorbell;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A queue is stopped with requests in flight, saved as bytes, and goes on: in the same transport and in another. */
final class QueueStopTest {
    private static final int REQUEST_BYTES = 16;
    private static final int QUEUE_SIZE = 16;
    private static final int DRIVER_READY = DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER;
    private static final long MANY_SPINS = 50_000_000;

    private final SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
    private final DmaArena arena = new DmaArena(memory);
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final EchoDevice device = new EchoDevice();
    private final InProcessTransport transport = start(device);
    private final List<DmaBuffer> answers = new ArrayList<>();
    private final List<Long> done = new ArrayList<>();
    private DriverSession session;
    private final ActiveQueue[] queues = new ActiveQueue[2];

    private InProcessTransport start(EchoDevice served) {
        return InProcessTransport.start(served, GuestMemory.of(memory), DeviceIdle.NOTIFIED, errors::add);
    }

    static Stream<Features> bothFormats() {
        return Stream.of(
                Features.of(FeatureBits.RING_RESET), Features.of(FeatureBits.RING_RESET, FeatureBits.RING_PACKED));
    }

    private void open(Features ring) {
        setUp(ring);
        session.driverOk();
    }

    private void setUp(Features ring) {
        session = DriverSession.open(transport, new DriverSpec(EchoDevice.ID, ring, ring, List.of()));
        for (int i = 0; i < queues.length; i++) {
            queues[i] =
                    session.setUpQueue(i, QUEUE_SIZE, 4, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, errors::add);
        }
    }

    @AfterEach
    void close() {
        transport.close();
    }

    /** A request of the next number, which is its token and its contents. */
    private void offer(int queueIndex, Doorbell doorbell) {
        int number = answers.size();
        DmaBuffer request = arena.allocate(REQUEST_BYTES, 16);
        DmaBuffer answer = arena.allocate(REQUEST_BYTES, 16);
        answers.add(answer);
        memory.putLe32(request.offset(), number + 1);
        DriverQueue queue = queues[queueIndex].queue();
        assertThat(queue.offer(new BufferChain(2).addReadable(request).addWritable(answer), number))
                .isNotNegative();
        queue.kick(doorbell);
    }

    private void offer(int queueIndex) {
        offer(queueIndex, queues[queueIndex].doorbell());
    }

    private void takeOne(int queueIndex) {
        int taken = queues[queueIndex]
                .queue()
                .pollUsed(
                        (token, written) -> {
                            assertThat(written).isEqualTo(REQUEST_BYTES);
                            assertThat(memory.getLe32(answers.get((int) token).offset()))
                                    .isEqualTo((int) token + 1);
                            done.add(token);
                        },
                        1,
                        MANY_SPINS,
                        new YieldingIdleStrategy());
        assertThat(taken).isEqualTo(1);
    }

    /** Four requests, of which the device has three in hand and has not looked at the fourth. */
    private void openWithFourInFlight(Features ring) {
        // Before it works: it could be between reading this and taking what it finds.
        device.keeps = 3;
        open(ring);
        for (int i = 0; i < 4; i++) {
            offer(1);
        }
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (device.kept < 3) {
            assertThat(System.nanoTime() - deadlineNanos).isNegative();
            Thread.onSpinWait();
        }
    }

    private void assertAllDoneOnce(int count) {
        assertThat(done)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, count).boxed().toList());
        assertThat(errors).isEmpty();
        assertThat(session.needsReset()).isFalse();
    }

    // --- in the same transport ---------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("io.virtio4j.sim.QueueResetTest#everyRing")
    void requestsInFlightAreDoneOnceAfterTheQueueGoesOn(Features ring) {
        openWithFourInFlight(ring);
        byte[] saved = transport.stopQueue(1).toBytes();
        QueueState state = QueueState.fromBytes(saved);
        assertThat(state.taken()).hasSize(3);

        device.keeps = 0;
        offer(1);
        offer(0);
        takeOne(0);
        assertThat(queues[1].queue().poll((token, written) -> {}, QUEUE_SIZE)).isZero();
        assertThat(memory.getLe32(answers.get(0).offset())).isZero();

        transport.startQueue(1, state);
        for (int i = 0; i < 5; i++) {
            takeOne(1);
        }
        offer(1);
        takeOne(1);
        assertAllDoneOnce(7);
    }

    @ParameterizedTest
    @MethodSource("bothFormats")
    void aQueueIsStoppedAndGoesOnAgainAndAgain(Features ring) {
        open(ring);
        for (int i = 0; i < 3 * QUEUE_SIZE; i++) {
            offer(1);
            if (i % 3 == 0) {
                transport.startQueue(1, transport.stopQueue(1));
            }
            takeOne(1);
        }
        assertAllDoneOnce(3 * QUEUE_SIZE);
    }

    @ParameterizedTest
    @MethodSource("bothFormats")
    void aQueueThatIsStoppedTwiceStandsWhereItStood(Features ring) {
        openWithFourInFlight(ring);
        assertThat(transport.stopQueue(1)).isEqualTo(transport.stopQueue(1));
    }

    @ParameterizedTest
    @MethodSource("bothFormats")
    void theStopWaitsUntilTheDeviceHasLetGoOfItsChains(Features ring) {
        openWithFourInFlight(ring);
        device.refusals = 5;
        QueueState state = transport.stopQueue(1);
        assertThat(device.refusals).isZero();
        device.keeps = 0;
        transport.startQueue(1, state);
        for (int i = 0; i < 4; i++) {
            takeOne(1);
        }
        assertAllDoneOnce(4);
    }

    @Test
    void aDeviceThatDoesNotLetGoFailsTheStopWhichMayBeTriedAgain() {
        openWithFourInFlight(Features.NONE);
        device.refusals = Integer.MAX_VALUE;
        assertThatThrownBy(() -> transport.stopQueue(1))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("chains of it in hand");
        device.refusals = 0;
        assertThat(transport.stopQueue(1).taken()).hasSize(3);
    }

    @Test
    void aDeviceOnTheDriversOwnThreadIsStoppedToo() {
        EchoDevice served = new EchoDevice();
        InProcessTransport own = InProcessTransport.forAgent(served, GuestMemory.of(memory), errors::add);
        AgentInvoker invoker = new AgentInvoker(errors::add, null, own.agent());
        invoker.start();
        session = DriverSession.open(
                own, new DriverSpec(EchoDevice.ID, Features.NONE, Features.of(FeatureBits.VERSION_1), List.of()));
        queues[0] = session.setUpQueue(0, 8, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, errors::add);
        session.driverOk();

        QueueState state = own.stopQueue(0);
        offer(0);
        invoker.invoke();
        assertThat(queues[0].queue().poll((token, written) -> {}, 1)).isZero();
        own.startQueue(0, state);
        invoker.invoke();
        takeOne(0);
        assertAllDoneOnce(1);
        own.close();
        invoker.close();
    }

    // --- behind another transport ------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("bothFormats")
    void aQueueGoesOnBehindAnotherTransportOverTheSameMemory(Features ring) {
        openWithFourInFlight(ring);
        byte[] saved = transport.stopQueue(1).toBytes();
        transport.close();

        EchoDevice other = new EchoDevice();
        try (InProcessTransport next = start(other)) {
            next.writeStatus(DRIVER_READY);
            next.acknowledgeFeatures(session.features());
            next.writeStatus(DRIVER_READY | DeviceStatus.FEATURES_OK);
            Doorbell doorbell = next.activate(queues[1].queue().config(), CallSink.NONE);
            next.startQueue(1, QueueState.fromBytes(saved));
            next.writeStatus(DRIVER_READY | DeviceStatus.FEATURES_OK | DeviceStatus.DRIVER_OK);
            for (int i = 0; i < 4; i++) {
                takeOne(1);
            }
            offer(1, doorbell);
            takeOne(1);

            // What it began from is no place to go on from by itself, whatever else the driver does.
            QueueState later = next.stopQueue(1);
            assertThatIllegalStateException()
                    .isThrownBy(() -> next.activate(queues[0].queue().config(), CallSink.NONE));
            next.writeStatus(DRIVER_READY | DeviceStatus.FEATURES_OK | DeviceStatus.DRIVER_OK);
            offer(1, doorbell);
            assertThat(next.stopQueue(1)).isEqualTo(later);
            next.startQueue(1, later);
            takeOne(1);
            assertThat(next.status() & DeviceStatus.DEVICE_NEEDS_RESET).isZero();
        }
        assertThat(done).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(errors).isEmpty();
    }

    // --- what cannot be ----------------------------------------------------------------------------------------

    @Test
    void onlyAQueueThatWorksIsStopped() {
        setUp(Features.of(FeatureBits.RING_RESET));
        assertThatIllegalStateException()
                .isThrownBy(() -> transport.stopQueue(1))
                .withMessageContaining("DRIVER_OK");
        session.driverOk();
        assertThatIllegalStateException()
                .isThrownBy(() -> transport.stopQueue(2))
                .withMessageContaining("queue 2");
        session.resetQueue(1);
        assertThatIllegalStateException()
                .isThrownBy(() -> transport.stopQueue(1))
                .withMessageContaining("reset");
    }

    @Test
    void onlyAQueueThatWasStoppedGoesOnAndOnlyFromAStateThatFits() {
        open(Features.of(FeatureBits.RING_RESET));
        QueueState idle = QueueState.idle(RingFormat.SPLIT, QUEUE_SIZE, 0);
        assertThatIllegalStateException()
                .isThrownBy(() -> transport.startQueue(1, idle))
                .withMessageContaining("works");
        assertThatIllegalStateException().isThrownBy(() -> transport.startQueue(7, idle));
        transport.stopQueue(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> transport.startQueue(1, QueueState.idle(RingFormat.SPLIT, 8, 0)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> transport.startQueue(1, QueueState.idle(RingFormat.PACKED, QUEUE_SIZE, 0)));
        transport.startQueue(1, idle);
        offer(1);
        takeOne(1);
        assertAllDoneOnce(1);
    }

    @Test
    void aStateThatTheDeviceCannotGoOnFromEndsInANeedForAReset() {
        open(Features.of(FeatureBits.RING_RESET));
        transport.stopQueue(1);
        QueueState waitsForItsTurn = new QueueState(
                RingFormat.SPLIT,
                QUEUE_SIZE,
                2,
                0,
                false,
                List.of(
                        new QueueState.Taken(0, 1, QueueState.Taken.IN_HAND, List.of()),
                        new QueueState.Taken(1, 1, 4, List.of())));
        assertThatThrownBy(() -> transport.startQueue(1, waitsForItsTurn))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("needs a reset");
        assertThat(errors).hasSize(1);
        assertThatThrownBy(() -> transport.stopQueue(0)).isInstanceOf(TransportException.class);
    }

    @ParameterizedTest
    @MethodSource("bothFormats")
    void aQueueThatWasStoppedCanBeResetAndSetUpAgain(Features ring) {
        openWithFourInFlight(ring);
        transport.stopQueue(1);
        session.resetQueue(queues[1]);
        assertThat(queues[1].queue().cancelAll(done::add)).isEqualTo(4);
        device.keeps = 0;
        queues[1] = session.setUpQueue(1, 8, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, errors::add);
        offer(1);
        takeOne(1);
        assertAllDoneOnce(5);
    }
}
