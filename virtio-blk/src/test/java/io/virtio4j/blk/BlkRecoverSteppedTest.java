// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.step.ChainHandler;
import io.virtio4j.sim.step.DeviceType;
import io.virtio4j.sim.step.StepPlan;
import io.virtio4j.sim.step.SteppedDevice;
import io.virtio4j.sim.step.SteppedTransport;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * The way back from a device that has lost requests, on one thread. A time-out of 1 ns means: whatever the device has not used by
 * the time of the next look is overdue, so that no clock decides what happens here.
 */
final class BlkRecoverSteppedTest {
    private static final int SECTORS = 64;
    private static final int SECTOR_BYTES = BlkRequestLayout.SECTOR_BYTES;
    private static final int REQUESTS = 16;
    private static final int MANY = 100_000;
    private static final long AT_ONCE_NANOS = 1;

    private final List<Throwable> errors = new ArrayList<>();
    private final List<Long> done = new ArrayList<>();
    private final List<Long> timedOut = new ArrayList<>();
    private final List<Long> cancelled = new ArrayList<>();
    private SharedMemory memory;
    private DmaArena arena;
    private SteppedTransport transport;
    private BlkDevice device;
    private Random losses;
    private boolean losing;

    private void open(long seed, boolean ringReset, boolean packed) {
        List.of(errors, done, timedOut, cancelled).forEach(List::clear);
        memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
        arena = new DmaArena(memory);
        losses = new Random(seed);
        losing = true;
        DeviceType type =
                new DeviceType(DeviceId.BLOCK, Features.of(BlkFeatureBits.FLUSH), 1, 64, BlkConfigLayout.LENGTH_BYTES);
        SteppedDevice sim = new SteppedDevice(type, this::serve, StepPlan.rough(seed));
        sim.config().update(fields -> fields.putLe64(BlkConfigLayout.CAPACITY, SECTORS));
        transport = SteppedTransport.of(sim, GuestMemory.of(memory), errors::add);
        Features ring = packed ? DriverSpec.RING_FEATURES : DriverSpec.RING_FEATURES.without(FeatureBits.RING_PACKED);
        device = BlkDevice.open(
                transport,
                arena,
                BlkOptions.defaults(errors::add)
                        .withTimeoutNanos(AT_ONCE_NANOS)
                        .withRingFeatures(ringReset ? ring.with(FeatureBits.RING_RESET) : ring)
                        .withIdle(transport.idleStrategy()));
        assertThat(device.features().has(FeatureBits.RING_RESET)).isEqualTo(ringReset);
    }

    private long serve(int queueIndex, DescriptorChain chain) {
        if (losing && losses.nextInt(3) == 0) {
            return ChainHandler.NEVER;
        }
        long sector = chain.getLe64(BlkRequestLayout.SECTOR);
        chain.putByte(0, (int) sector + 1);
        chain.putByte(chain.writableBytes() - 1, BlkStatus.OK);
        return chain.writableBytes();
    }

    private void record(long token, int status) {
        switch (status) {
            case BlkStatus.OK -> done.add(token);
            case BlkRequests.TIMED_OUT -> timedOut.add(token);
            case BlkRequests.CANCELLED -> cancelled.add(token);
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

    /** All requests again, none of which is lost now. */
    private void worksAgain() {
        losing = false;
        done.clear();
        timedOut.clear();
        List<DmaBuffer> buffers = submitReads();
        transport.run(MANY);
        assertThat(device.poll(this::record)).isEqualTo(REQUESTS);
        assertThat(done).as("%s", transport).hasSize(REQUESTS);
        for (int i = 0; i < REQUESTS; i++) {
            assertThat(memory.getByte(buffers.get(i).offset())).isEqualTo(i + 1);
            buffers.get(i).free();
        }
    }

    @Property(tries = 40)
    @Clause({"CORE-DRV-CLEANUP-RESET-FIRST", "CORE-DRV-VQRESET-RELEASE"})
    void afterARecoveryNoBufferIsPinnedAndTheDiskWorks(
            @ForAll boolean ringReset, @ForAll boolean packed, @ForAll long seed) {
        open(seed, ringReset, packed);
        long free = arena.freeBytes();
        List<DmaBuffer> lost = submitReads();
        transport.run(MANY);
        assertThat(device.poll(this::record)).isEqualTo(REQUESTS);
        assertThat(lost.stream().filter(DmaBuffer::isPinned)).hasSize(timedOut.size());
        assertThat(errors)
                .hasSize(timedOut.size())
                .allSatisfy(error -> assertThat(error).hasMessage("virtio-blk: request timeout"));

        device.recover(this::record);
        assertThat(cancelled).as("they were told of before").isEmpty();
        assertThat(lost).noneMatch(DmaBuffer::isPinned);
        lost.forEach(DmaBuffer::free);
        assertThat(arena.freeBytes()).isEqualTo(free);
        int told = errors.size();
        worksAgain();
        assertThat(errors).hasSize(told);
        assertThat(device.isReadOnly()).isFalse();
        device.close(this::record);
        assertThat(cancelled).isEmpty();
    }

    @Property(tries = 20)
    void whatWasInFlightAtTheRecoveryIsCancelledOnce(@ForAll boolean ringReset, @ForAll long seed) {
        open(seed, ringReset, true);
        List<DmaBuffer> buffers = submitReads();
        device.recover(this::record);
        assertThat(cancelled).hasSize(REQUESTS).doesNotHaveDuplicates();
        assertThat(done).isEmpty();
        assertThat(buffers).noneMatch(DmaBuffer::isPinned);
        assertThat(device.poll(this::record)).isZero();
        worksAgain();
        assertThat(cancelled).hasSize(REQUESTS);
        device.close();
    }

    @Test
    void theHandlerOfARecoveryMaySubmitAgain() {
        open(3, true, true);
        losing = false;
        DmaBuffer buffer = arena.allocate(SECTOR_BYTES, SECTOR_BYTES);
        BlkData data = new BlkData().add(buffer);
        device.submitRead(7, data, 1);
        device.recover((token, status) -> {
            assertThat(status).isEqualTo(BlkRequests.CANCELLED);
            assertThat(device.submitRead(7, data, 2)).isEqualTo(BlkRequests.SUBMITTED);
        });
        transport.run(MANY);
        assertThat(device.poll(this::record)).isEqualTo(1);
        assertThat(done).containsExactly(2L);
        assertThat(memory.getByte(buffer.offset())).isEqualTo(8);
        device.close();
    }

    @Test
    void aQueueThatIsFullOfLostRequestsTakesSomeAgain() {
        open(4, true, false);
        losing = true;
        losses = new Random() {
            private static final long serialVersionUID = 1L;

            @Override
            public int nextInt(int bound) {
                return 0;
            }
        };
        DmaBuffer buffer = arena.allocate(SECTOR_BYTES, SECTOR_BYTES);
        BlkData data = new BlkData().add(buffer);
        while (device.submitRead(0, data, 0) == BlkRequests.SUBMITTED) {
            transport.step();
        }
        transport.run(MANY);
        device.poll(this::record);
        assertThat(device.submitRead(0, data, 0)).isEqualTo(BlkRequests.FULL);
        device.recover(this::record);
        worksAgain();
        device.close();
    }

    @Test
    void aDeviceThatDoesNotEndItsResetKeepsTheBuffersUntilItDoes() {
        open(5, false, true);
        List<DmaBuffer> buffers = submitReads();
        transport.stall();
        assertThatThrownBy(() -> device.recover(this::record)).isInstanceOf(TransportException.class);
        assertThat(buffers).allMatch(DmaBuffer::isPinned);
        assertThat(device.submitFlush(99)).isEqualTo(BlkRequests.BROKEN);
        assertThatThrownBy(device::flush).isInstanceOf(BlkDeviceException.class).hasMessageContaining("reset");
        transport.resume();
        device.recover(this::record);
        assertThat(buffers).noneMatch(DmaBuffer::isPinned);
        assertThat(cancelled.size() + timedOut.size() + done.size()).isEqualTo(REQUESTS);
        worksAgain();
        device.close();
    }

    @Test
    @Clause("CORE-DRV-NEEDS-RESET-DISTRUST")
    void aDeviceThatNeedsAResetIsResetAsAWhole() {
        open(6, true, true);
        transport.fail("out of order");
        transport.run(MANY);
        assertThat(device.submitFlush(1)).isEqualTo(BlkRequests.BROKEN);
        assertThatThrownBy(() -> device.queue(0).recover(this::record))
                .isInstanceOf(BlkDeviceException.class)
                .hasMessageContaining("needs a reset");
        device.recover(this::record);
        errors.clear();
        worksAgain();
        device.close();
        assertThat(errors).isEmpty();
    }

    @Test
    void aDriverThatIsClosedDoesNotRecover() {
        open(7, true, true);
        device.close();
        assertThatThrownBy(() -> device.recover(this::record)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> device.reset(this::record)).isInstanceOf(IllegalStateException.class);
    }
}
