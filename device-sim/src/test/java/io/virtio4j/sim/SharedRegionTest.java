// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
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
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory of the device's own that a driver reaches by offset. */
final class SharedRegionTest {
    private static final int ID = 7;
    private static final int REGION_BYTES = 4096;
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
    private final DmaArena arena = new DmaArena(memory);
    private final DmaBuffer request = arena.allocate(16, 16);
    private final UsedBufferSignal signal = new UsedBufferSignal();
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();

    /** Fills a piece of its region with a byte: a request is an offset (le64), a length (le32) and the byte (le32). */
    private static final class FillDevice implements VirtioDevice {
        private final ConfigSpace config = new ConfigSpace(0);
        private final SharedMemory region;

        FillDevice(SharedMemory region) {
            this.region = region;
        }

        @Override
        public int deviceId() {
            return EchoDevice.ID;
        }

        @Override
        public Features offeredFeatures() {
            return Features.NONE;
        }

        @Override
        public int queueCount() {
            return 1;
        }

        @Override
        public int maxQueueSize(int queueIndex) {
            return 16;
        }

        @Override
        public ConfigSpace config() {
            return config;
        }

        @Override
        public Optional<SharedMemory> sharedMemoryRegion(int id) {
            return id == ID ? Optional.of(region) : Optional.empty();
        }

        @Override
        public void start(Features negotiated, List<DeviceQueue> queues) {}

        @Override
        public boolean onQueueStop(int queueIndex) {
            return true;
        }

        @Override
        public void onQueueStart(DeviceQueue queue) {}

        @Override
        public int onQueue(DeviceQueue queue) {
            int id = queue.next();
            if (id < 0) {
                return 0;
            }
            DescriptorChain chain = queue.chain(id);
            long offset = chain.getLe64(0);
            int lengthBytes = chain.getLe32(8);
            if (offset >= 0 && lengthBytes > 0 && offset <= region.lengthBytes() - lengthBytes) {
                region.fill(offset, lengthBytes, chain.getLe32(12));
            }
            queue.complete(id, 0);
            queue.flush();
            return 1;
        }

        @Override
        public void reset() {}
    }

    private InProcessTransport start(SharedMemory region) {
        return InProcessTransport.start(
                new FillDevice(region), GuestMemory.of(memory), DeviceIdle.NOTIFIED, errors::add);
    }

    private ActiveQueue open(InProcessTransport transport) {
        DriverSession session = DriverSession.open(
                transport, new DriverSpec(EchoDevice.ID, DriverSpec.RING_FEATURES, Features.NONE, List.of()));
        ActiveQueue active = session.setUpQueue(0, 16, arena, BarrierPolicy.OPTIMIZED, signal, errors::add);
        session.driverOk();
        return active;
    }

    private void fill(ActiveQueue active, long offset, int lengthBytes, int value) {
        memory.putLe64(request.offset(), offset);
        memory.putLe32(request.offset() + 8, lengthBytes);
        memory.putLe32(request.offset() + 12, value);
        DriverQueue queue = active.queue();
        queue.offer(new BufferChain(1).addReadable(request), 1);
        queue.kick(active.doorbell());
        assertThat(queue.awaitUsed((token, written) -> {}, 1, signal, TIMEOUT_NANOS))
                .isEqualTo(1);
    }

    private static byte[] bytes(SharedMemory region) {
        byte[] bytes = new byte[REGION_BYTES];
        region.getBytes(0, bytes, 0, REGION_BYTES);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 0x4000_0000L, 0x7F_FFFF_0000L})
    @Clause("CORE-SHM-OFFSETS")
    void aReferenceIsAnOffsetWhereverTheRegionLies(long base) {
        try (InProcessTransport transport = start(SharedMemory.allocate(REGION_BYTES, base))) {
            ActiveQueue active = open(transport);
            SharedMemory region = transport.sharedMemoryRegion(ID).orElseThrow();

            fill(active, 0, 1, 1);
            fill(active, 100, 50, 2);
            fill(active, REGION_BYTES - 1, 1, 3);

            byte[] expected = new byte[REGION_BYTES];
            expected[0] = 1;
            Arrays.fill(expected, 100, 150, (byte) 2);
            expected[REGION_BYTES - 1] = 3;
            assertThat(bytes(region)).isEqualTo(expected);
            assertThat(transport.sharedMemoryRegion(ID + 1)).isEmpty();
        }
        assertThat(errors).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @Clause("CORE-DEV-SHM-NO-CONTROL-OR-STREAM")
    void whatADriverWritesIntoARegionMakesTheDeviceDoNothing(long seed) {
        try (InProcessTransport transport = start(SharedMemory.allocate(REGION_BYTES, 0))) {
            ActiveQueue active = open(transport);
            SharedMemory region = transport.sharedMemoryRegion(ID).orElseThrow();
            byte[] noise = new byte[REGION_BYTES];
            new Random(seed).nextBytes(noise);
            region.putBytes(0, noise, 0, REGION_BYTES);

            // A request through the queue is served as ever, and is all that happens.
            fill(active, 16, 16, 5);

            Arrays.fill(noise, 16, 32, (byte) 5);
            assertThat(bytes(region)).isEqualTo(noise);
            assertThat(transport.status() & DeviceStatus.DEVICE_NEEDS_RESET).isZero();
            assertThat(transport.configGeneration()).isZero();
        }
        assertThat(errors).isEmpty();
    }
}
