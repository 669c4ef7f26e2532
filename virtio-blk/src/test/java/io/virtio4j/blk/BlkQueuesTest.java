// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One queue a thread. */
final class BlkQueuesTest {
    private static final Features MQ = Features.of(BlkFeatureBits.MQ, BlkFeatureBits.FLUSH);
    private static final int QUEUES = 4;
    private static final int SECTORS_EACH = 200;
    private static final int ROUNDS = 150;
    private static final long GUEST_ADDRESS = 0x4000_0000;
    private static final long REGION_BYTES = 4 << 20;

    private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final DataBlk data = new DataBlk(ScriptedBlk.CAPACITY_SECTORS);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<SharedMemory> regions = new ArrayList<>();
    private InProcessTransport transport;
    private BlkDevice device;

    /** The first region is the driver's, the others are a thread's each. */
    private void open(ScriptedBlk scripted, int queues, Features ringFeatures) {
        scripted.data = data::serve;
        for (int i = 0; i <= QUEUES; i++) {
            regions.add(SharedMemory.allocate(REGION_BYTES, GUEST_ADDRESS + i * REGION_BYTES));
        }
        transport = InProcessTransport.start(
                scripted, GuestMemory.of(regions.toArray(SharedMemory[]::new)), DeviceIdle.NOTIFIED, errors::add);
        BlkOptions options = BlkOptions.defaults(errors::add)
                .withIdle(YieldingIdleStrategy::new)
                .withRingFeatures(ringFeatures)
                .withQueues(queues);
        device = BlkDevice.open(transport, new DmaArena(regions.get(0)), options);
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        device.close();
        transport.close();
    }

    private <T> List<T> inThreads(int count, java.util.function.IntFunction<Callable<T>> work) throws Exception {
        List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            futures.add(threads.submit(work.apply(i)));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            results.add(future.get(1, TimeUnit.MINUTES));
        }
        return results;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Clause("BLK-QUEUE-COUNT")
    void eachThreadReadsAndWritesThroughItsOwnQueue(boolean packed) throws Exception {
        ScriptedBlk scripted = new ScriptedBlk(MQ, request -> BlkStatus.OK).withQueues(QUEUES);
        Features ring = DriverSpec.RING_FEATURES;
        open(scripted, QUEUES, packed ? ring : ring.without(FeatureBits.RING_PACKED));
        assertThat(device.queueCount()).isEqualTo(QUEUES);
        List<byte[]> written = inThreads(QUEUES, index -> () -> useDisk(index));
        for (int i = 0; i < QUEUES; i++) {
            int from = i * SECTORS_EACH * 512;
            assertThat(Arrays.copyOfRange(data.disk, from, from + SECTORS_EACH * 512))
                    .isEqualTo(written.get(i));
        }
        for (int i = 0; i < scripted.seen.size(); i++) {
            if (scripted.seen.get(i).sector() > 0) {
                assertThat(scripted.seenOn.get(i))
                        .isEqualTo((int) (scripted.seen.get(i).sector() / SECTORS_EACH));
            }
        }
        assertThat(errors).isEmpty();
    }

    private byte[] useDisk(int index) {
        return new DiskUser(device, regions.get(1 + index), SECTORS_EACH).use(index, ROUNDS);
    }

    @Test
    void aQueueIsResetByItselfWhileTheOthersGoOn() throws Exception {
        ScriptedBlk scripted = new ScriptedBlk(
                        MQ, request -> request.sector() == 999 ? ScriptedBlk.SILENCE : BlkStatus.OK)
                .withQueues(QUEUES);
        open(scripted, QUEUES, DriverSpec.RING_FEATURES.with(FeatureBits.RING_RESET));
        List<byte[]> written = inThreads(QUEUES, index -> () -> index == 1 ? loseAndRecover() : useDisk(index));
        for (int i = 0; i < QUEUES; i++) {
            int from = i * SECTORS_EACH * 512;
            byte[] part = Arrays.copyOfRange(data.disk, from, from + SECTORS_EACH * 512);
            assertThat(part).isEqualTo(written.get(i));
        }
        assertThat(errors).isEmpty();
    }

    /** Sends what is never answered, takes it back, and goes on; again and again. */
    private byte[] loseAndRecover() {
        BlkQueue queue = device.queue(1);
        DmaArena arena = new DmaArena(regions.get(2));
        byte[] bytes = Rig.pattern(SECTORS_EACH * 512, 9);
        for (int i = 0; i < 10; i++) {
            DmaBuffer lost = arena.allocate(512, 512);
            assertThat(queue.submitRead(999, new BlkData().add(lost), i)).isEqualTo(BlkRequests.SUBMITTED);
            List<String> outcomes = new ArrayList<>();
            queue.recover((token, status) -> outcomes.add(token + ":" + status));
            assertThat(outcomes).containsExactly(i + ":" + BlkRequests.CANCELLED);
            lost.free();
            DmaBuffer all = arena.allocate(bytes.length, 512);
            regions.get(2).putBytes(all.offset(), bytes, 0, bytes.length);
            queue.write(SECTORS_EACH, all);
            all.free();
        }
        return bytes;
    }

    @Test
    void aResetOfTheDeviceRenewsAllQueues() {
        ScriptedBlk scripted = new ScriptedBlk(
                        MQ, request -> request.sector() == 999 ? ScriptedBlk.SILENCE : BlkStatus.OK)
                .withQueues(QUEUES);
        open(scripted, QUEUES, DriverSpec.RING_FEATURES);
        DmaArena arena = new DmaArena(regions.get(1));
        List<DmaBuffer> lost = new ArrayList<>();
        for (int i = 0; i < QUEUES; i++) {
            DmaBuffer buffer = arena.allocate(512, 512);
            lost.add(buffer);
            assertThat(device.queue(i).submitRead(999, new BlkData().add(buffer), i))
                    .isEqualTo(BlkRequests.SUBMITTED);
        }
        assertThatThrownBy(() -> device.queue(2).recover((token, status) -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot reset a queue by itself");
        List<Long> cancelled = new ArrayList<>();
        device.recover((token, status) -> cancelled.add(token));
        assertThat(cancelled).containsExactly(0L, 1L, 2L, 3L);
        assertThat(lost).noneMatch(DmaBuffer::isPinned);
        for (int i = 0; i < QUEUES; i++) {
            device.queue(i).write(i, lost.get(i));
        }
        assertThat(errors).isEmpty();
    }

    @Test
    @Clause("BLK-QUEUE-COUNT")
    void thereAreAsManyQueuesAsTheDeviceHasAtMost() {
        open(new ScriptedBlk(MQ, request -> BlkStatus.OK).withQueues(3), 8, DriverSpec.RING_FEATURES);
        assertThat(device.queueCount()).isEqualTo(3);
    }

    @Test
    @Clause("BLK-QUEUE-COUNT")
    void whoWantsOneQueueDoesNotAgreeToMore() {
        open(new ScriptedBlk(MQ, request -> BlkStatus.OK).withQueues(3), 1, DriverSpec.RING_FEATURES);
        assertThat(device.queueCount()).isEqualTo(1);
        assertThat(device.features().has(BlkFeatureBits.MQ)).isFalse();
    }

    @Test
    void everyQueueSeesTheNewSizeOfTheDisk() throws Exception {
        ScriptedBlk scripted = new ScriptedBlk(MQ, request -> BlkStatus.OK).withQueues(2);
        open(scripted, 2, DriverSpec.RING_FEATURES);
        scripted.resize(2000);
        for (int i = 0; i < 3_000 && device.queue(1).capacitySectors() != 2000; i++) {
            Thread.sleep(10);
        }
        assertThat(device.queue(1).capacitySectors()).isEqualTo(2000);
        assertThat(device.queue(0).capacitySectors()).isEqualTo(2000);
    }
}
