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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two threads and a small queue, several chains in flight, in every combination of ring features. */
final class EveryRingTest {
    private static final int QUEUE_SIZE = 8;
    private static final int IN_FLIGHT = 5;
    private static final int REQUESTS = 3_000;
    private static final int REQUEST_BYTES = 64;
    private static final long MANY_SPINS = 50_000_000;
    private static final int[] RING_BITS = {
        FeatureBits.RING_PACKED, FeatureBits.INDIRECT_DESC, FeatureBits.EVENT_IDX, FeatureBits.IN_ORDER
    };

    static Stream<Features> everyRing() {
        return IntStream.range(0, 1 << RING_BITS.length).mapToObj(choice -> {
            Features features = Features.NONE;
            for (int i = 0; i < RING_BITS.length; i++) {
                features = (choice >>> i & 1) != 0 ? features.with(RING_BITS[i]) : features;
            }
            return features;
        });
    }

    @ParameterizedTest
    @MethodSource("everyRing")
    @Clause("CORE-VQ-FORMATS")
    void everyRequestComesBackOnceWithItsOwnBytes(Features ring) {
        SharedMemory memory = SharedMemory.allocate(1 << 20, 0x10_0000);
        DmaArena arena = new DmaArena(memory);
        ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
        try (InProcessTransport transport =
                InProcessTransport.start(new EchoDevice(), GuestMemory.of(memory), DeviceIdle.NOTIFIED, errors::add)) {
            DriverSpec spec = new DriverSpec(EchoDevice.ID, ring, ring, List.of());
            DriverSession session = DriverSession.open(transport, spec);
            ActiveQueue active =
                    session.setUpQueue(0, QUEUE_SIZE, 4, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, errors::add);
            session.driverOk();
            exchange(active, memory, arena);
        }
        assertThat(errors).isEmpty();
    }

    private static void exchange(ActiveQueue active, SharedMemory memory, DmaArena arena) {
        List<DmaBuffer> requests = new ArrayList<>();
        List<DmaBuffer> responses = new ArrayList<>();
        List<Integer> freeSlots = new ArrayList<>();
        for (int i = 0; i < IN_FLIGHT; i++) {
            requests.add(arena.allocate(REQUEST_BYTES, 16));
            responses.add(arena.allocate(REQUEST_BYTES, 16));
            freeSlots.add(i);
        }
        BufferChain chain = new BufferChain(4);
        int sent = 0;
        int[] received = {0};
        while (received[0] < REQUESTS) {
            while (sent < REQUESTS && !freeSlots.isEmpty()) {
                int slot = freeSlots.get(freeSlots.size() - 1);
                memory.putLe32(requests.get(slot).offset(), sent & 0x7F);
                memory.putLe32(requests.get(slot).offset() + REQUEST_BYTES - 4, sent);
                if (active.queue().add(request(chain, requests.get(slot), responses.get(slot), sent), slot) < 0) {
                    break;
                }
                freeSlots.remove(freeSlots.size() - 1);
                sent++;
            }
            active.queue().publish();
            active.queue().kick(active.doorbell());
            int taken = active.queue()
                    .pollUsed(
                            (token, written) -> {
                                int slot = (int) token;
                                int number = memory.getLe32(requests.get(slot).offset() + REQUEST_BYTES - 4);
                                assertThat(written).isEqualTo(REQUEST_BYTES);
                                assertThat(memory.getLe32(responses.get(slot).offset() + REQUEST_BYTES - 4))
                                        .isEqualTo(number);
                                received[0]++;
                                freeSlots.add(slot);
                            },
                            QUEUE_SIZE,
                            MANY_SPINS,
                            new YieldingIdleStrategy());
            assertThat(taken).as("received %d of %d", received[0], REQUESTS).isPositive();
        }
        assertThat(active.queue().inFlight()).isZero();
        assertThat(active.queue().freeDescriptors()).isEqualTo(QUEUE_SIZE);
        assertThat(active.queue().poll((token, written) -> {}, 1)).isNotEqualTo(DriverQueue.BROKEN);
    }

    /** One, two or three parts, by turns. */
    private static BufferChain request(BufferChain chain, DmaBuffer request, DmaBuffer response, int number) {
        chain.clear();
        int cut = number % 3 == 0 ? 0 : 16;
        if (cut > 0) {
            chain.addReadable(request.guestAddress(), cut);
        }
        return chain.addReadable(request.guestAddress() + cut, REQUEST_BYTES - cut)
                .addWritable(response);
    }
}
