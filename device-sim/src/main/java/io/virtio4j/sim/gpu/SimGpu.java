// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.FeatureDependency;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuQueues;
import java.util.List;

/**
 * A GPU device in 2D mode.
 *
 * <pre>
 *   driver's pages --TRANSFER_TO_HOST_2D--&gt; resource --RESOURCE_FLUSH--&gt; Scanout
 *   (backing, scattered)                    (device's memory)           (looks at the resource in place)
 *
 *   driver's pages = blob ------------------------------RESOURCE_FLUSH--&gt; Scanout
 *                                                                       (looks at the pages in place)
 * </pre>
 *
 * <p>A transfer is the only copy, and a blob needs none; the part shown of a blob whose pages do not lie in a row is
 * gathered when it is flushed. Commands of a queue are done one after the other and complete in order, each after all of its
 * effects, fenced or not; the cursor queue does not wait for the control queue.
 *
 * <p>It offers what {@link SimGpuConfig#features} says: EDIDs, made from the displays' modes; UUIDs, random, which a resource
 * keeps; blobs of the guest's memory, and their alignment. It does not offer 3D: neither VIRGL nor CONTEXT_INIT, so no
 * capability sets (virgl, venus and the others), no contexts, no blobs of the host's memory and no shared memory region to
 * map them in.
 *
 * <p>One thread serves it, as every device; its displays may change under another, and the driver then finds the DISPLAY event
 * in the configuration.
 *
 * <p>VirtIO 1.2, 5.7 GPU Device.
 */
public final class SimGpu implements VirtioDevice {
    private static final int CONTROL_QUEUE_SIZE = 256;
    private static final int CURSOR_QUEUE_SIZE = 16;

    private final SimGpuConfig settings;
    private final ConfigSpace config;
    private final ResourceTable resources;
    private final ScanoutTable scanouts;
    private final ControlCommands controlCommands;
    private final CursorCommands cursorCommands;
    private final CommandServer control;
    private final CommandServer cursor;
    private boolean running;
    private long displaysVersion;
    private int eventsRead;

    /**
     * Makes a device in the state after power-on.
     *
     * @param settings displays, limits and service time
     */
    public SimGpu(SimGpuConfig settings) {
        int count = settings.displays().count();
        this.settings = settings;
        this.resources = new ResourceTable(settings.maxHostBytes(), settings.maxResources());
        this.scanouts = new ScanoutTable(count, settings.scanout(), resources);
        this.controlCommands =
                new ControlCommands(settings.displays(), resources, scanouts, settings.blobAlignmentBytes());
        this.cursorCommands = new CursorCommands(count, settings.scanout(), resources);
        this.control = new CommandServer(controlCommands, settings.serviceTimeNanos());
        this.cursor = new CommandServer(cursorCommands, settings.serviceTimeNanos());
        boolean aligns = settings.features().has(GpuFeatureBits.BLOB_ALIGNMENT);
        this.config =
                new ConfigSpace(aligns ? GpuConfigLayout.LENGTH_WITH_ALIGNMENT_BYTES : GpuConfigLayout.LENGTH_BYTES);
        config.update(fields -> {
            fields.putLe32(GpuConfigLayout.NUM_SCANOUTS, count);
            if (aligns) {
                fields.putLe32(GpuConfigLayout.BLOB_ALIGNMENT, settings.blobAlignmentBytes());
            }
        });
    }

    @Override
    public int deviceId() {
        return DeviceId.GPU;
    }

    @Override
    public Features offeredFeatures() {
        return settings.features();
    }

    @Override
    public List<FeatureDependency> featureDependencies() {
        return GpuFeatureBits.DEPENDENCIES;
    }

    @Override
    public int queueCount() {
        return GpuQueues.COUNT;
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return queueIndex == GpuQueues.CONTROL ? CONTROL_QUEUE_SIZE : CURSOR_QUEUE_SIZE;
    }

    @Override
    public ConfigSpace config() {
        return config;
    }

    @Override
    public void attach(Runnable wakeUp) {
        settings.displays().onChange(wakeUp);
    }

    @Override
    public void start(Features negotiated, List<DeviceQueue> queues) {
        // The driver asks for the displays after this, so what changed before is no event.
        displaysVersion = settings.displays().version();
        controlCommands.start(negotiated);
        running = true;
    }

    @Override
    public int onQueue(DeviceQueue queue) {
        return server(queue.config().index()).serve(queue);
    }

    private CommandServer server(int queueIndex) {
        return queueIndex == GpuQueues.CONTROL ? control : cursor;
    }

    /** Resources and scanouts stay: they are the device's, whichever queue they were made through. */
    @Override
    public boolean onQueueStop(int queueIndex) {
        server(queueIndex).stop();
        return true;
    }

    @Override
    public void onQueueStart(DeviceQueue queue) {
        // A queue is met when it is served.
    }

    @Override
    public int doWork() {
        int work = control.completeDue() ? 1 : 0;
        work += cursor.completeDue() ? 1 : 0;
        return work + raiseDisplayEvent();
    }

    /** VirtIO 1.2, 5.7.4.2 Events. */
    private int raiseDisplayEvent() {
        long version = settings.displays().version();
        if (!running || version == displaysVersion) {
            return 0;
        }
        displaysVersion = version;
        showEvents(eventsRead | GpuConfigLayout.EVENT_DISPLAY);
        return 1;
    }

    private void showEvents(int events) {
        if (events != eventsRead) {
            eventsRead = events;
            config.update(fields -> fields.putLe32(GpuConfigLayout.EVENTS_READ, events));
        }
    }

    /** Only events_clear takes a write; of the rest of the configuration, the driver writes nothing. */
    @Override
    public void onConfigWrite(int offset, byte[] source) {
        int cleared = 0;
        for (int i = 0; i < source.length; i++) {
            int at = offset + i - GpuConfigLayout.EVENTS_CLEAR;
            if (at >= 0 && at < Integer.BYTES) {
                cleared |= (source[i] & 0xFF) << (Byte.SIZE * at);
            }
        }
        showEvents(eventsRead & ~cleared);
    }

    @Override
    public void reset() {
        running = false;
        control.reset();
        cursor.reset();
        resources.clear();
        showEvents(0);
        cursorCommands.reset();
        scanouts.turnAllOff();
    }
}
