// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.step.ChainHandler;
import io.virtio4j.sim.step.CompletionPlan;
import io.virtio4j.sim.step.DeviceType;
import io.virtio4j.sim.step.NotificationPlan;
import io.virtio4j.sim.step.StepPlan;
import io.virtio4j.sim.step.SteppedDevice;
import io.virtio4j.sim.step.SteppedTransport;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.RngQueues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * The driver against a device that reorders, delays and drops, on one thread: where the driver would sleep, the device makes a
 * step. A time-out of 1 ns means: whatever the device has not used by the time of the next look is overdue, so that no clock
 * decides what happens here.
 */
final class RngSteppedTest {
    private static final int REQUESTS = 12;
    private static final int MANY = 100_000;
    private static final long AT_ONCE_NANOS = 1;

    private final List<Throwable> errors = new ArrayList<>();
    private final Map<Long, Long> outcomes = new TreeMap<>();
    private SharedMemory memory;
    private DmaArena arena;
    private SteppedDevice sim;
    private SteppedTransport transport;
    private RngDevice rng;

    private void open(StepPlan plan, boolean packed) {
        open(plan, packed, TimeUnit.SECONDS.toNanos(60));
    }

    private void open(StepPlan plan, boolean packed, long timeoutNanos) {
        open(plan, packed, timeoutNanos, RngSteppedTest::fillWithItsLength);
    }

    /** A rig for each try: a property's tries share the test's object. */
    private void open(StepPlan plan, boolean packed, long timeoutNanos, ChainHandler handler) {
        errors.clear();
        outcomes.clear();
        memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
        arena = new DmaArena(memory);
        sim = new SteppedDevice(new DeviceType(DeviceId.ENTROPY, Features.NONE, RngQueues.COUNT, 16, 0), handler, plan);
        transport = SteppedTransport.of(sim, GuestMemory.of(memory), errors::add);
        RngOptions options = RngOptions.defaults(errors::add)
                .withTimeoutNanos(timeoutNanos)
                .withRingFeatures(packed ? Features.of(FeatureBits.RING_PACKED) : Features.NONE);
        rng = RngDevice.open(transport, arena, options);
    }

    /** So that a request that got another one's bytes, or length, is found out. */
    private static long fillWithItsLength(int queueIndex, DescriptorChain chain) {
        for (long i = 0; i < chain.writableBytes(); i++) {
            chain.putByte(i, (int) chain.writableBytes());
        }
        return chain.writableBytes();
    }

    /** Requests of 1, 2, 3 ... bytes, whose tokens are these numbers. */
    private List<DmaBuffer> submit() {
        List<DmaBuffer> buffers = new ArrayList<>();
        for (int lengthBytes = 1; lengthBytes <= REQUESTS; lengthBytes++) {
            DmaBuffer buffer = arena.allocate(REQUESTS, 16);
            buffers.add(buffer);
            assertThat(rng.submit(buffer, 0, lengthBytes, lengthBytes)).isEqualTo(RngDevice.SUBMITTED);
        }
        return buffers;
    }

    private void record(long token, long outcome) {
        assertThat(outcomes.put(token, outcome))
                .as("outcome of %d before", token)
                .isNull();
    }

    private void assertHolds(DmaBuffer buffer, int lengthBytes) {
        byte[] bytes = new byte[REQUESTS];
        memory.getBytes(buffer.offset(), bytes, 0, REQUESTS);
        for (int i = 0; i < REQUESTS; i++) {
            assertThat(bytes[i]).isEqualTo((byte) (i < lengthBytes ? lengthBytes : 0));
        }
    }

    // --- asleep, the device goes on ----------------------------------------------------------------------------

    @Property(tries = 40)
    @Clause("CORE-DRV-OUT-OF-ORDER")
    void inWhateverOrderRequestsEndEachHasItsOwnBytes(@ForAll long seed, @ForAll boolean packed) {
        open(StepPlan.rough(seed), packed);
        List<DmaBuffer> buffers = submit();
        while (outcomes.size() < REQUESTS) {
            assertThat(rng.await(this::record)).as("%s", transport).isPositive();
        }
        for (int lengthBytes = 1; lengthBytes <= REQUESTS; lengthBytes++) {
            assertThat(outcomes).containsEntry((long) lengthBytes, (long) lengthBytes);
            assertHolds(buffers.get(lengthBytes - 1), lengthBytes);
        }
        rng.close();
        assertThat(errors).isEmpty();
    }

    @Property(tries = 40)
    void aBlockingReadEndsWhileSubmittedRequestsAreInFlight(@ForAll long seed, @ForAll boolean packed) {
        open(StepPlan.rough(seed), packed);
        submit();
        byte[] bytes = new byte[64];
        rng.nextBytes(bytes);
        assertThat(bytes).as("%s", transport).containsOnly(64);
        while (outcomes.size() < REQUESTS) {
            assertThat(rng.await(this::record)).as("%s", transport).isPositive();
        }
        rng.close();
        assertThat(errors).isEmpty();
    }

    @Property(tries = 20)
    void anArrayIsFilledHoweverLittleTheDeviceGivesAtATime(@ForAll long seed, @ForAll boolean packed) {
        int[] next = {0};
        open(StepPlan.rough(seed), packed, TimeUnit.SECONDS.toNanos(60), (queueIndex, chain) -> {
            long lengthBytes = Math.min(7, chain.writableBytes());
            for (long i = 0; i < lengthBytes; i++) {
                chain.putByte(i, next[0]++);
            }
            return lengthBytes;
        });
        byte[] bytes = new byte[100];
        rng.nextBytes(bytes);
        for (int i = 0; i < bytes.length; i++) {
            assertThat(bytes[i]).as("byte %d, %s", i, transport).isEqualTo((byte) i);
        }
    }

    @Test
    void aSleepTakesTheStepsOfThePlanAndNoMore() {
        StepPlan plan = StepPlan.prompt(3).withCompletions(CompletionPlan.PROMPT.withDelaySteps(500, 500));
        open(plan, false);
        DmaBuffer buffer = arena.allocate(16, 16);
        rng.submit(buffer, 0, 5, 7);
        long before = transport.steps();
        assertThat(rng.await(this::record)).isEqualTo(1);
        assertThat(transport.steps() - before).isBetween(500L, 520L);
        assertThat(outcomes).containsEntry(7L, 5L);
    }

    // --- what never comes --------------------------------------------------------------------------------------

    @Property(tries = 30)
    @Clause("CORE-DRV-CLEANUP-RESET-FIRST")
    void whatTheDeviceDropsTimesOutAndStaysPinnedUntilTheReset(@ForAll long seed, @ForAll boolean packed) {
        StepPlan plan = StepPlan.rough(seed).withCompletions(CompletionPlan.ANY_ORDER.withDropPercent(30));
        open(plan, packed, AT_ONCE_NANOS);
        List<DmaBuffer> buffers = submit();
        transport.run(MANY);
        int dropped = sim.droppedChains();
        assertThat(rng.await(this::record)).isEqualTo(REQUESTS);
        assertThat(outcomes.values().stream().filter(outcome -> outcome == RngDevice.TIMED_OUT))
                .as("%s", transport)
                .hasSize(dropped);
        for (int lengthBytes = 1; lengthBytes <= REQUESTS; lengthBytes++) {
            DmaBuffer buffer = buffers.get(lengthBytes - 1);
            boolean isPinned = buffer.isPinned();
            assertThat(isPinned).isEqualTo(outcomes.get((long) lengthBytes) == RngDevice.TIMED_OUT);
            assertHolds(buffer, isPinned ? 0 : lengthBytes);
        }
        assertThat(errors)
                .hasSize(dropped)
                .allSatisfy(error -> assertThat(error).isInstanceOf(RngTimeoutException.class));
        rng.close((token, outcome) -> {
            throw new AssertionError(token + " ended with " + outcome + " once more");
        });
        assertThat(buffers).noneMatch(DmaBuffer::isPinned);
    }

    @Test
    void aDriverThatSleepsForADroppedRequestWakesWhenItsTimeIsUp() {
        open(
                StepPlan.prompt(4).withCompletions(CompletionPlan.PROMPT.withDropPercent(100)),
                false,
                TimeUnit.MILLISECONDS.toNanos(20));
        List<DmaBuffer> buffers = submit();
        while (outcomes.size() < REQUESTS) {
            assertThat(rng.await(this::record)).isPositive();
        }
        assertThat(outcomes.values()).containsOnly(RngDevice.TIMED_OUT);
        assertThat(buffers).allMatch(DmaBuffer::isPinned);
        assertThatThrownBy(() -> rng.nextBytes(new byte[1], 0, 1, TimeUnit.MILLISECONDS.toNanos(5)))
                .isInstanceOf(RngTimeoutException.class);
    }

    @Property(tries = 30)
    void anAnswerThatComesAfterTheTimeoutFreesTheBufferAndIsNoOutcome(@ForAll long seed, @ForAll boolean packed) {
        open(StepPlan.rough(seed), packed, AT_ONCE_NANOS);
        List<DmaBuffer> buffers = submit();
        assertThat(rng.poll(this::record)).isEqualTo(REQUESTS);
        assertThat(outcomes.values()).containsOnly(RngDevice.TIMED_OUT);
        transport.run(MANY);
        assertThat(buffers).as("the driver has not looked yet").allMatch(DmaBuffer::isPinned);
        assertThat(rng.poll(this::record)).isZero();
        assertThat(buffers).noneMatch(DmaBuffer::isPinned);
    }

    @Test
    void aCallThatIsLostCostsTheTimeAndNotTheBytes() {
        StepPlan plan = StepPlan.prompt(5).withCalls(NotificationPlan.PROMPT.withLostPercent(100));
        open(plan, false, TimeUnit.SECONDS.toNanos(1));
        submit();
        while (outcomes.size() < REQUESTS) {
            assertThat(rng.await(this::record)).isPositive();
        }
        assertThat(transport.calls().lost()).isPositive();
        assertThat(outcomes.values()).doesNotContain(RngDevice.TIMED_OUT);
        assertThat(errors).isEmpty();
    }

    @Test
    void aDeviceThatFailsWhileTheDriverSleepsEndsTheSleep() {
        open(StepPlan.prompt(6), true, TimeUnit.SECONDS.toNanos(60), (queueIndex, chain) -> {
            throw new IllegalStateException("no entropy left");
        });
        submit();
        assertThat(rng.await(this::record)).isEqualTo(RngDevice.BROKEN);
        assertThatThrownBy(() -> rng.nextBytes(new byte[1])).isInstanceOf(RngDeviceException.class);
        assertThat(errors).singleElement().isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anAssertionInTheDevicesHandlerComesOutOfTheSleepThatRanIt() {
        open(StepPlan.prompt(7), false, TimeUnit.SECONDS.toNanos(60), (queueIndex, chain) -> {
            throw new AssertionError("a request that should not have been sent");
        });
        submit();
        assertThatThrownBy(() -> rng.await(this::record))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("should not");
    }

    @Test
    void aDeviceThatDoesNotAnswerItsResetKeepsTheBuffers() {
        open(StepPlan.prompt(2), true, AT_ONCE_NANOS);
        List<DmaBuffer> buffers = submit();
        transport.stall();
        assertThat(rng.await(this::record)).isEqualTo(REQUESTS);
        assertThatThrownBy(rng::close).isInstanceOf(TransportException.class).hasMessageContaining("seed 2");
        assertThat(buffers).allMatch(DmaBuffer::isPinned);
        transport.resume();
        rng.close();
        assertThat(buffers).noneMatch(DmaBuffer::isPinned);
    }
}
