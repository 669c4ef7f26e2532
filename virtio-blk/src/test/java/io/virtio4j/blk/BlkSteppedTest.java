// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.step.CompletionPlan;
import io.virtio4j.sim.step.DeviceType;
import io.virtio4j.sim.step.StepPlan;
import io.virtio4j.sim.step.SteppedDevice;
import io.virtio4j.sim.step.SteppedTransport;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * The driver against a device that reorders, delays and drops, on one thread. A time-out of 1 ns means: whatever the device has
 * not used by the time of the next look is overdue, so that no clock decides what happens here.
 */
final class BlkSteppedTest {
    private static final int SECTORS = 64;
    private static final int SECTOR_BYTES = BlkRequestLayout.SECTOR_BYTES;
    private static final int REQUESTS = 16;
    private static final int MANY = 100_000;
    private static final long AT_ONCE_NANOS = 1;

    private final List<Throwable> errors = new ArrayList<>();
    private final byte[] disk = new byte[SECTORS * SECTOR_BYTES];
    private final List<Long> done = new ArrayList<>();
    private final List<Long> timedOut = new ArrayList<>();
    private final List<Long> cancelled = new ArrayList<>();
    private SharedMemory memory;
    private DmaArena arena;
    private SteppedDevice sim;
    private SteppedTransport transport;
    private BlkDevice device;

    private void open(StepPlan plan) {
        open(plan, BlkOptions.defaults(errors::add));
    }

    /** A rig for each try: a property's tries share the test's object. */
    private void open(StepPlan plan, BlkOptions options) {
        List.of(errors, done, timedOut, cancelled).forEach(List::clear);
        memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
        arena = new DmaArena(memory);
        DeviceType type =
                new DeviceType(DeviceId.BLOCK, Features.of(BlkFeatureBits.FLUSH), 1, 64, BlkConfigLayout.LENGTH_BYTES);
        sim = new SteppedDevice(type, this::serve, plan);
        sim.config().update(fields -> fields.putLe64(BlkConfigLayout.CAPACITY, SECTORS));
        transport = SteppedTransport.of(sim, GuestMemory.of(memory), errors::add);
        device = BlkDevice.open(transport, arena, options.withIdle(transport.idleStrategy()));
    }

    private long serve(int queueIndex, DescriptorChain chain) {
        int at = (int) chain.getLe64(BlkRequestLayout.SECTOR) * SECTOR_BYTES;
        int dataBytes = (int) chain.writableBytes() - 1;
        if (chain.getLe32(BlkRequestLayout.TYPE) == BlkRequestType.IN) {
            chain.putBytes(0, disk, at, dataBytes);
        } else {
            chain.getBytes(
                    BlkRequestLayout.HEADER_BYTES,
                    disk,
                    at,
                    (int) chain.readableBytes() - BlkRequestLayout.HEADER_BYTES);
        }
        chain.putByte(dataBytes, BlkStatus.OK);
        return chain.writableBytes();
    }

    private void record(long token, int status) {
        switch (status) {
            case BlkStatus.OK -> done.add(token);
            case BlkDevice.TIMED_OUT -> timedOut.add(token);
            case BlkDevice.CANCELLED -> cancelled.add(token);
            default -> throw new AssertionError("status " + status + " of " + token);
        }
    }

    private List<DmaBuffer> submitReads() {
        List<DmaBuffer> buffers = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            DmaBuffer buffer = arena.allocate(SECTOR_BYTES, SECTOR_BYTES);
            buffers.add(buffer);
            assertThat(device.submitRead(i, new BlkData().add(buffer), i)).isEqualTo(BlkDevice.SUBMITTED);
        }
        return buffers;
    }

    private void fillDisk() {
        for (int i = 0; i < disk.length; i++) {
            disk[i] = (byte) (i / SECTOR_BYTES + 1);
        }
    }

    @Property(tries = 30)
    @Clause("CORE-DRV-OUT-OF-ORDER")
    void inWhateverOrderRequestsEndEachHasItsOwnData(@ForAll long seed) {
        open(StepPlan.rough(seed));
        for (int i = 0; i < SECTORS; i++) {
            DmaBuffer buffer = arena.allocate(SECTOR_BYTES, SECTOR_BYTES);
            memory.fill(buffer.offset(), SECTOR_BYTES, i + 1);
            device.write(i, buffer);
            buffer.free();
        }
        List<DmaBuffer> buffers = submitReads();
        while (done.size() < REQUESTS) {
            assertThat(device.await(this::record)).as("%s", transport).isPositive();
        }
        assertThat(done)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, REQUESTS).boxed().toList());
        for (int i = 0; i < REQUESTS; i++) {
            assertThat(memory.getByte(buffers.get(i).offset())).isEqualTo(i + 1);
        }
        device.close();
        assertThat(errors).isEmpty();
    }

    @Property(tries = 30)
    @Clause("CORE-DRV-CLEANUP-RESET-FIRST")
    void whatTheDeviceDropsTimesOutAndStaysPinnedUntilTheReset(@ForAll long seed) {
        fillDisk();
        open(
                StepPlan.rough(seed).withCompletions(CompletionPlan.ANY_ORDER.withDropPercent(30)),
                BlkOptions.defaults(errors::add).withTimeoutNanos(AT_ONCE_NANOS));
        List<DmaBuffer> buffers = submitReads();
        transport.run(MANY);
        int dropped = sim.droppedChains();
        assertThat(device.poll(this::record)).isEqualTo(REQUESTS);
        assertThat(timedOut).as("%s", transport).hasSize(dropped);
        assertThat(done).hasSize(REQUESTS - dropped);
        for (int i = 0; i < REQUESTS; i++) {
            boolean isPinned = buffers.get(i).isPinned();
            assertThat(isPinned).isEqualTo(timedOut.contains((long) i));
            assertThat(memory.getByte(buffers.get(i).offset())).isEqualTo(isPinned ? 0 : i + 1);
        }
        assertThat(errors)
                .hasSize(dropped)
                .allSatisfy(error -> assertThat(error).isInstanceOf(BlkTimeoutException.class));
        device.close(this::record);
        assertThat(cancelled).isEmpty();
        assertThat(buffers).noneMatch(DmaBuffer::isPinned);
    }

    @Property(tries = 30)
    void anAnswerThatComesAfterTheTimeoutFreesTheBufferAndIsNoOutcome(@ForAll long seed) {
        fillDisk();
        open(StepPlan.rough(seed), BlkOptions.defaults(errors::add).withTimeoutNanos(AT_ONCE_NANOS));
        List<DmaBuffer> buffers = submitReads();
        assertThat(device.poll(this::record)).isEqualTo(REQUESTS);
        assertThat(timedOut).hasSize(REQUESTS);
        assertThat(buffers).allMatch(DmaBuffer::isPinned);
        transport.run(MANY);
        assertThat(buffers).as("the driver has not looked yet").allMatch(DmaBuffer::isPinned);
        assertThat(device.poll(this::record)).isZero();
        assertThat(buffers).noneMatch(DmaBuffer::isPinned);
        assertThat(done).isEmpty();
        device.close(this::record);
        assertThat(cancelled).isEmpty();
    }

    @Test
    void aDeviceThatDoesNotAnswerItsResetKeepsTheBuffers() {
        open(StepPlan.prompt(2), BlkOptions.defaults(errors::add).withTimeoutNanos(AT_ONCE_NANOS));
        List<DmaBuffer> buffers = submitReads();
        transport.stall();
        assertThat(device.poll(this::record)).isEqualTo(REQUESTS);
        assertThatThrownBy(device::close).isInstanceOf(TransportException.class).hasMessageContaining("seed 2");
        assertThat(buffers).allMatch(DmaBuffer::isPinned);
        transport.resume();
        device.close();
        assertThat(buffers).noneMatch(DmaBuffer::isPinned);
    }
}
