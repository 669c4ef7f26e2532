// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.DisplayMode;
import io.virtio4j.device.DisplaySource;
import io.virtio4j.device.PixelView;
import io.virtio4j.device.Scanout;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueueStats;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.sim.gpu.SimGpu;
import io.virtio4j.sim.gpu.SimGpuConfig;
import io.virtio4j.wire.GpuFormat;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Driver and device on threads of their own. */
final class GpuThreadsTest {
    private static final int WIDTH = 96;
    private static final int HEIGHT = 64;

    private final SharedMemory memory = SharedMemory.allocate(1 << 20, 0);
    private final DmaArena arena = new DmaArena(memory);
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final Checksum checksum = new Checksum();
    private InProcessTransport transport;
    private DmaBuffer pixels;

    /** Sums the pixels of each flush, on the device's thread; the driver reads the sum after the flush's completion. */
    private static final class Checksum implements Scanout {
        private final int[] row = new int[WIDTH];
        private long sum;

        @Override
        public void flushed(int scanoutId, PixelView view, int x, int y, int width, int height) {
            long next = 0;
            for (int line = y; line < y + height; line++) {
                view.readPixels(x, line, row, 0, width);
                for (int i = 0; i < width; i++) {
                    next = 31 * next + row[i];
                }
            }
            sum = next;
        }
    }

    private GpuDevice open(SimGpuConfig config, DeviceIdle deviceIdle, GpuOptions options) {
        SimGpu device = new SimGpu(config.withScanout(checksum));
        transport = InProcessTransport.start(device, GuestMemory.of(memory), deviceIdle, errors::add);
        return GpuDevice.open(transport, arena, options);
    }

    private Resource canvas(GpuDevice gpu) {
        Resource resource = gpu.createResource(GpuFormat.B8G8R8X8, WIDTH, HEIGHT);
        pixels = arena.allocate(4 * WIDTH * HEIGHT, 4096);
        gpu.attachBacking(resource, Backing.ofBuffers(pixels));
        gpu.setScanout(0, resource);
        return resource;
    }

    private long draw(int seed) {
        long sum = 0;
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            int pixel = seed * 1_000_003 + i * 7919;
            memory.putLe32(pixels.offset() + 4L * i, pixel);
            sum = 31 * sum + pixel;
        }
        return sum;
    }

    @AfterEach
    void close() {
        transport.close();
    }

    static Stream<Arguments> ways() {
        return Stream.of(DeviceIdle.values())
                .flatMap(idle -> Stream.of(BarrierPolicy.values()).map(barriers -> Arguments.of(idle, barriers)));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void everyFrameThatIsShownIsTheFrameThatWasDrawn(DeviceIdle deviceIdle, BarrierPolicy barriers) {
        GpuOptions options = GpuOptions.defaults().withBarriers(barriers).withIdle(new YieldingIdleStrategy());
        try (GpuDevice gpu = open(SimGpuConfig.of(WIDTH, HEIGHT), deviceIdle, options)) {
            Resource resource = canvas(gpu);
            for (int i = 0; i < 200; i++) {
                long drawn = draw(i);
                QueueStats before = gpu.controlStats();
                gpu.frame(resource, 0, 0, WIDTH, HEIGHT);
                QueueStats frame = gpu.controlStats().minus(before);
                assertThat(checksum.sum).isEqualTo(drawn);
                assertThat(frame.get(QueueCounter.COMPLETIONS)).isEqualTo(2);
                if (barriers == BarrierPolicy.OPTIMIZED) {
                    assertThat(frame.get(QueueCounter.POLL_FENCES)).isEqualTo(2);
                }
            }
        }
        assertThat(errors).isEmpty();
    }

    static Stream<IdleStrategy> idles() {
        return Stream.of(
                new BackoffIdleStrategy(),
                new YieldingIdleStrategy(),
                GpuOptions.defaults().idle());
    }

    @ParameterizedTest
    @MethodSource("idles")
    void aSlowCommandIsWaitedForWhateverTheIdleStrategy(IdleStrategy idle) {
        long serviceTimeNanos = TimeUnit.MILLISECONDS.toNanos(40);
        SimGpuConfig slow = SimGpuConfig.of(WIDTH, HEIGHT).withServiceTimeNanos(serviceTimeNanos);
        try (GpuDevice gpu =
                open(slow, DeviceIdle.NOTIFIED, GpuOptions.defaults().withIdle(idle))) {
            Resource resource = canvas(gpu);
            long drawn = draw(1);
            QueueStats before = gpu.controlStats();
            long startNanos = System.nanoTime();
            gpu.frame(resource, 0, 0, WIDTH, HEIGHT);
            assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(2 * serviceTimeNanos);
            assertThat(gpu.controlStats().minus(before).get(QueueCounter.POLL_FENCES))
                    .isEqualTo(2);
            assertThat(checksum.sum).isEqualTo(drawn);
        }
    }

    @Test
    void aDeviceThatHasNotAnsweredIsResetAndEverythingComesBack() {
        SimGpuConfig config = SimGpuConfig.of(WIDTH, HEIGHT).withServiceTimeNanos(TimeUnit.DAYS.toNanos(1));
        GpuOptions options = GpuOptions.defaults()
                .withTimeoutNanos(TimeUnit.MILLISECONDS.toNanos(10))
                .withIdle(new YieldingIdleStrategy());
        assertThatThrownBy(() -> open(config, DeviceIdle.SPIN, options)).isInstanceOf(GpuTimeoutException.class);
        assertThat(arena.freeBytes()).isEqualTo(1 << 20);
        assertThat(errors).isEmpty();
    }

    @Test
    void aDeviceWhoseThreadHasEndedHangsNobodyAndEverythingComesBack() {
        DisplaySource deadly = new DisplaySource() {
            @Override
            public int count() {
                return 1;
            }

            @Override
            public DisplayMode mode(int scanoutId) {
                throw new AssertionError("the device's thread ends");
            }
        };
        GpuOptions options = GpuOptions.defaults().withIdle(new YieldingIdleStrategy());
        assertThatThrownBy(() -> open(SimGpuConfig.of(deadly), DeviceIdle.NOTIFIED, options))
                .isInstanceOf(GpuDeviceException.class)
                .hasNoSuppressedExceptions();
        assertThat(arena.freeBytes()).as("a thread that has ended uses nothing").isEqualTo(1 << 20);
    }

    @Test
    void aDeviceCanBeReopenedOnTheSameTransport() {
        GpuOptions options = GpuOptions.defaults().withIdle(new YieldingIdleStrategy());
        open(SimGpuConfig.of(WIDTH, HEIGHT), DeviceIdle.NOTIFIED, options).close();
        for (int i = 0; i < 20; i++) {
            try (GpuDevice gpu = GpuDevice.open(transport, arena, options)) {
                Resource resource = canvas(gpu);
                long drawn = draw(i);
                gpu.frame(resource, 0, 0, WIDTH, HEIGHT);
                assertThat(checksum.sum).isEqualTo(drawn);
            }
            pixels.free();
            assertThat(arena.freeBytes()).isEqualTo(1 << 20);
        }
    }
}
