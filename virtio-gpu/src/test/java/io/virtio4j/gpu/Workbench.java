// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.gpu.SimGpu;
import io.virtio4j.sim.gpu.SimGpuConfig;
import io.virtio4j.wire.GpuFormat;
import java.util.Random;

/** A driver's memory and a device that works when the driver idles. */
final class Workbench {
    static final long GUEST_BASE = 0x4000_0000L;

    final SharedMemory memory = SharedMemory.allocate(1 << 20, GUEST_BASE);
    final DmaArena arena = new DmaArena(memory);
    final long arenaBytes = arena.freeBytes();
    final Screen screen = new Screen();
    final InlineTransport transport;
    final GpuOptions options;

    Workbench(VirtioDevice device) {
        this.transport = new InlineTransport(device, GuestMemory.of(memory));
        this.options = GpuOptions.defaults().withIdle(transport);
    }

    private Workbench(SimGpuConfig config) {
        this.transport = new InlineTransport(new SimGpu(config.withScanout(screen)), GuestMemory.of(memory));
        this.options = GpuOptions.defaults().withIdle(transport);
    }

    static Workbench of(SimGpuConfig config) {
        return new Workbench(config);
    }

    static Workbench withDisplay(int width, int height) {
        return of(SimGpuConfig.of(width, height));
    }

    GpuDevice open() {
        return open(options);
    }

    GpuDevice open(GpuOptions with) {
        return GpuDevice.open(transport, arena, with);
    }

    /** A resource on scanout 0 whose backing is one buffer. */
    record Canvas(Resource resource, DmaBuffer pixels) {}

    Canvas canvas(GpuDevice gpu, int width, int height) {
        Resource resource = gpu.createResource(GpuFormat.B8G8R8X8, width, height);
        DmaBuffer pixels = arena.allocate(4L * width * height, 4096);
        gpu.attachBacking(resource, Backing.ofBuffers(pixels));
        gpu.setScanout(0, resource);
        return new Canvas(resource, pixels);
    }

    /** Draws noise that differs with the seed, and returns it. */
    int[][] draw(Canvas canvas, long seed) {
        Random random = new Random(seed);
        int width = canvas.resource.width();
        int[][] rows = new int[canvas.resource.height()][width];
        for (int y = 0; y < rows.length; y++) {
            rows[y] = random.ints(width).toArray();
            memory.putLe32s(canvas.pixels.offset() + 4L * y * width, rows[y], 0, width);
        }
        return rows;
    }
}
