// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.driver.DeviceInitException;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.sim.hostile.device.DriverUnderTest;
import io.virtio4j.sim.hostile.device.HonestDevice;
import io.virtio4j.sim.hostile.device.HonestGpu;
import io.virtio4j.sim.hostile.device.Told;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuFormat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The GPU driver, asked for all that it can do in 2D, by a user who looks at what it says. */
final class GpuUnderTest implements DriverUnderTest {
    private static final int QUEUE_SIZE = 16;
    private static final int SIZE = 8;
    private static final int PIXELS_BYTES = 4 * SIZE * SIZE;

    private final HonestDevice device = new HonestGpu();
    private final List<DmaBuffer> buffers = new ArrayList<>();
    private @Nullable GpuDevice gpu;
    private @Nullable Bench bench;

    /** What is asked for now. */
    private String asked = "";

    @Override
    public HonestDevice device() {
        return device;
    }

    @Override
    public Told open(Bench newBench) {
        bench = newBench;
        GpuOptions options = GpuOptions.defaults()
                .withErrorHandler(newBench.errorHandler())
                .withIdle(newBench.idle())
                .withQueueSize(QUEUE_SIZE)
                .withTimeoutNanos(newBench.timeoutNanos());
        try {
            gpu = GpuDevice.open(newBench.transport(), newBench.arena(), options);
            return Told.DONE;
        } catch (DeviceInitException | TransportException | GpuException e) {
            return Told.refused(e);
        }
    }

    @Override
    public void close() {
        GpuDevice open = gpu;
        if (open != null) {
            open.close();
            gpu = null;
        }
        freeBuffers();
    }

    @Override
    public List<String> inFlight() {
        return buffers.stream()
                .map(buffer -> "attached or in flight: " + buffer)
                .toList();
    }

    private void freeBuffers() {
        buffers.removeIf(buffer -> {
            if (buffer.isPinned()) {
                return false;
            }
            buffer.free();
            return true;
        });
    }

    private DmaBuffer pixels() {
        Bench now = bench;
        if (now == null) {
            throw new IllegalStateException("not open");
        }
        DmaBuffer buffer = now.arena().allocate(PIXELS_BYTES, Integer.BYTES);
        buffers.add(buffer);
        return buffer;
    }

    @Override
    public Told request(long seed) {
        GpuDevice open = gpu;
        if (open == null) {
            return Told.broken("not open");
        }
        try {
            return commands(open, seed);
        } catch (GpuDeviceException e) {
            return (isBroken(open) ? Told.broken(e.toString()) : Told.failed(e.toString())).of(asked);
        } catch (GpuException | TransportException e) {
            return Told.failed(e.toString()).of(asked);
        } finally {
            freeBuffers();
        }
    }

    /** Nothing can be sent any more. */
    private static boolean isBroken(GpuDevice open) {
        try {
            open.refreshDisplays();
            return false;
        } catch (GpuDeviceException e) {
            return true;
        }
    }

    private Told commands(GpuDevice open, long seed) {
        asked = "displays";
        open.refreshDisplays();
        String displays = faultOfDisplays(open);
        if (!displays.isEmpty()) {
            return Told.wrong(displays);
        }
        asked = "create";
        Resource resource = open.createResource(GpuFormat.B8G8R8X8, SIZE, SIZE);
        asked = "attach";
        open.attachBacking(resource, Backing.ofBuffers(pixels()));
        asked = "set scanout";
        open.setScanout(0, resource);
        asked = "frame";
        open.frame(resource, 0, 0, SIZE, SIZE);
        asked = "uuid";
        if (open.features().has(GpuFeatureBits.RESOURCE_UUID)
                && !open.uuid(resource).equals(open.uuid(resource))) {
            return Told.wrong("the UUID of a resource is not the same twice");
        }
        asked = "cursor";
        open.cursor().move(0, (int) seed, 1);
        asked = "disable scanout";
        open.disableScanout(0);
        asked = "detach";
        open.detachBacking(resource);
        asked = "unref";
        open.unref(resource);
        return blob(open);
    }

    private static String faultOfDisplays(GpuDevice open) {
        int count = open.scanoutCount();
        if (count < 1 || count > 16) {
            return count + " scanouts";
        }
        Display preferred = open.preferredDisplay();
        if (preferred.width() < 1 || preferred.height() < 1) {
            return "a display to draw on of " + preferred;
        }
        for (Display display : open.displays()) {
            boolean sane = !display.enabled() || (display.width() > 0 && display.height() > 0);
            if (!sane
                    || display.edid()
                            .map(Edid::bytes)
                            .filter(edid -> edid.length > 1024)
                            .isPresent()) {
                return "a display of " + display;
            }
        }
        return "";
    }

    private Told blob(GpuDevice open) {
        long alignment = open.blobAlignmentBytes();
        if (alignment == 0 || PIXELS_BYTES % alignment != 0) {
            return Told.DONE;
        }
        if (Long.bitCount(alignment) != 1) {
            return Told.wrong("blobs are aligned to " + alignment);
        }
        asked = "blob";
        BlobResource blob = open.createBlob(Backing.ofBuffers(pixels()));
        open.detachBacking(blob);
        open.unref(blob);
        return Told.DONE;
    }
}
