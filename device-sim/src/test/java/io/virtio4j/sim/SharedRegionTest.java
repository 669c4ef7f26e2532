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
import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.sim.gpu.SimGpu;
import io.virtio4j.sim.gpu.SimGpuConfig;
import io.virtio4j.sim.rng.SimRng;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
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
        private final SharedMemory atDriver;

        FillDevice(SharedMemory region, SharedMemory atDriver) {
            this.region = region;
            this.atDriver = atDriver;
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
            return id == ID ? Optional.of(atDriver) : Optional.empty();
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

    private InProcessTransport start(VirtioDevice device) {
        return InProcessTransport.start(device, GuestMemory.of(memory), DeviceIdle.NOTIFIED, errors::add);
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

    /** One piece of memory as both sides see it, each at an address of its own. */
    @ParameterizedTest
    @CsvSource({"0, 0", "0, 0x7FFFFF0000", "0x40000000, 0", "0x40000000, 0x7FFFFF0000", "0x800, 0x400"})
    @Clause("CORE-SHM-OFFSETS")
    void aReferenceIsAnOffsetWhereverEitherSideHasTheRegion(String deviceBase, String driverBase) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(REGION_BYTES + 64).alignedSlice(64);
        bytes.limit(REGION_BYTES);
        SharedMemory atDevice = SharedMemory.wrap(bytes.duplicate(), Long.decode(deviceBase));
        SharedMemory atDriver = SharedMemory.wrap(bytes.duplicate(), Long.decode(driverBase));
        try (InProcessTransport transport = start(new FillDevice(atDevice, atDriver))) {
            ActiveQueue active = open(transport);
            SharedMemory region = transport.sharedMemoryRegion(ID).orElseThrow();

            fill(active, 0, 1, 1);
            fill(active, 100, 50, 2);
            fill(active, REGION_BYTES - 1, 1, 3);

            byte[] expected = new byte[REGION_BYTES];
            expected[0] = 1;
            Arrays.fill(expected, 100, 150, (byte) 2);
            expected[REGION_BYTES - 1] = 3;
            assertThat(region.guestAddress()).isEqualTo(Long.decode(driverBase));
            assertThat(bytes(region)).isEqualTo(expected);
        }
        assertThat(errors).isEmpty();
    }

    /** The transport asks the device for the region by its id, and does not make one up. */
    @Test
    @Clause("CORE-SHM-OFFSETS")
    void aRegionThatTheDeviceDoesNotHaveIsNotThere() {
        SharedMemory region = SharedMemory.allocate(REGION_BYTES, 0);
        try (InProcessTransport transport = start(new FillDevice(region, region))) {
            assertThat(transport.sharedMemoryRegion(ID)).containsSame(region);
            assertThat(transport.sharedMemoryRegion(ID - 1)).isEmpty();
            assertThat(transport.sharedMemoryRegion(ID + 1)).isEmpty();
        }
    }

    static List<VirtioDevice> devices() {
        return List.of(
                new SimBlk(new MemoryBlockStore(512), SimBlkOptions.DEFAULTS, error -> {}),
                new SimGpu(SimGpuConfig.of(8, 8)),
                new SimRng());
    }

    /** Nothing of a device of ours is controlled or streamed through a region, since none of them has one. */
    @ParameterizedTest
    @MethodSource("devices")
    @Clause("CORE-DEV-SHM-NO-CONTROL-OR-STREAM")
    void noDeviceOfOursHasARegion(VirtioDevice device) {
        try (InProcessTransport transport = start(device)) {
            for (int id = 0; id < 256; id++) {
                assertThat(transport.sharedMemoryRegion(id)).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @Clause("CORE-DEV-SHM-NO-CONTROL-OR-STREAM")
    void whatADriverWritesIntoARegionMakesTheDeviceDoNothing(long seed) {
        SharedMemory region = SharedMemory.allocate(REGION_BYTES, 0);
        try (InProcessTransport transport = start(new FillDevice(region, region))) {
            ActiveQueue active = open(transport);
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
