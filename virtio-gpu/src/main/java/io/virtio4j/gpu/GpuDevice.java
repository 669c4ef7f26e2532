// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.driver.DeviceHealth;
import io.virtio4j.driver.DeviceInitException;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.queue.QueueCounters;
import io.virtio4j.queue.QueueStats;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuLayout.AttachBacking;
import io.virtio4j.wire.GpuLayout.Create2d;
import io.virtio4j.wire.GpuLayout.Flush;
import io.virtio4j.wire.GpuLayout.MemEntry;
import io.virtio4j.wire.GpuLayout.ResourceOnly;
import io.virtio4j.wire.GpuLayout.SetScanout;
import io.virtio4j.wire.GpuLayout.Transfer2d;
import io.virtio4j.wire.GpuQueues;
import io.virtio4j.wire.GpuResponse;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * A driver for a GPU device in 2D mode.
 *
 * <pre>
 *   GpuDevice gpu = GpuDevice.open(transport, arena, GpuOptions.defaults());
 *   Resource screen = gpu.createResource(GpuFormat.B8G8R8X8, width, height);
 *   gpu.attachBacking(screen, Backing.ofBuffers(pixels));
 *   gpu.setScanout(0, screen);
 *   ... draw into pixels ...
 *   gpu.frame(screen, 0, 0, width, height);
 * </pre>
 *
 * <p>Every command is sent with a fence and waited for: when a method returns, the device is done with it. One thread at a
 * time uses a driver and all that belongs to it. A frame allocates nothing.
 *
 * <p>A command fails with {@link GpuCommandException} if the device answers with an error code, with
 * {@link GpuTimeoutException} if it does not answer, and with {@link GpuDeviceException} if only a reset helps. Misuse
 * (a rectangle outside its resource, a resource that was given back) throws before anything is sent.
 *
 * <p>VirtIO 1.2, 5.7 GPU Device.
 */
public final class GpuDevice implements AutoCloseable {
    private final DriverSession session;
    private final DeviceHealth health;
    private final CommandQueue control;
    private final Displays displays;
    private final Cursor cursor;
    private final Int2ObjectHashMap<Resource> resources = new Int2ObjectHashMap<>();
    private final Features features;
    private int lastResourceId;
    private boolean closed;

    private GpuDevice(DriverSession session, DeviceHealth health, CommandQueue control, CommandQueue cursorQueue) {
        this.session = session;
        this.health = health;
        this.control = control;
        this.features = session.features();
        this.displays = new Displays(session, health, control);
        this.cursor = new Cursor(this, cursorQueue);
    }

    /**
     * Brings a GPU up and asks for its displays.
     *
     * @param transport the way to the device; stays open when the driver closes
     * @param arena where rings and commands are carved from; used by this driver's thread
     * @param options how to wait, how long, and what for
     * @return the driver
     * @throws DeviceInitException if the device is no GPU or refuses the features
     * @throws TransportException if the device does not answer
     * @throws GpuException if its first command fails; the device has been reset
     */
    public static GpuDevice open(Transport transport, DmaArena arena, GpuOptions options) {
        DriverSpec spec = new DriverSpec(DeviceId.GPU, options.ringFeatures(), Features.NONE, List.of());
        DriverSession session = DriverSession.open(transport, spec);
        DeviceHealth health = DeviceHealth.of(session, options.errorHandler());
        List<CommandQueue> queues = new ArrayList<>();
        try {
            for (int index = 0; index < GpuQueues.COUNT; index++) {
                queues.add(CommandQueue.setUp(session, index, arena, health, options));
            }
            session.driverOk();
            GpuDevice gpu = new GpuDevice(session, health, queues.get(GpuQueues.CONTROL), queues.get(GpuQueues.CURSOR));
            gpu.displays.askAtStart();
            return gpu;
        } catch (RuntimeException e) {
            try {
                shutDown(session, queues);
            } catch (TransportException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /** Resets the device, after which it owns nothing any more, and gives all memory back. */
    private static void shutDown(DriverSession session, List<CommandQueue> queues) {
        session.close();
        queues.forEach(CommandQueue::cancel);
    }

    /** {@return the features agreed on} */
    public Features features() {
        return features;
    }

    // --- displays ----------------------------------------------------------------------------------------------

    /** {@return how many scanouts there are, 1..16} */
    public int scanoutCount() {
        return displays.scanoutCount();
    }

    /** {@return what the device reported last, one entry for each scanout} */
    public List<Display> displays() {
        return displays.last();
    }

    /**
     * Chooses a display to draw on.
     *
     * @return the first that is enabled; if none is, scanout 0 with 1024 by 768 pixels (VirtIO 1.2, 5.7.5)
     */
    public Display preferredDisplay() {
        return displays.preferred();
    }

    /**
     * Asks the device again if it has raised the DISPLAY event. Cheap where it has not, so it may be called for every
     * frame. VirtIO 1.2, 5.7.4.2 Events.
     *
     * @return whether {@link #displays()} was asked for again
     */
    public boolean refreshDisplays() {
        control.check();
        return displays.refresh();
    }

    // --- resources ---------------------------------------------------------------------------------------------

    /**
     * Makes a resource; its pixels are zero. VirtIO 1.2, 5.7.6.8, RESOURCE_CREATE_2D.
     *
     * @param format what a pixel's four bytes mean
     * @param width in pixels, at least 1
     * @param height in pixels, at least 1
     * @return its handle
     */
    public Resource createResource(GpuFormat format, int width, int height) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("a resource has at least one pixel, not " + width + "x" + height);
        }
        CommandSlot slot = control.begin(GpuCommand.RESOURCE_CREATE_2D);
        int id = nextResourceId();
        slot.putLe32(Create2d.RESOURCE_ID, id);
        slot.putLe32(Create2d.FORMAT, format.code());
        slot.putLe32(Create2d.WIDTH, width);
        slot.putLe32(Create2d.HEIGHT, height);
        run(slot, Create2d.LENGTH_BYTES);
        Resource resource = new Resource(this, id, format, width, height);
        resources.put(id, resource);
        return resource;
    }

    /** The next number, so that an id whose fate is unknown (its command timed out) is not used again. */
    private int nextResourceId() {
        do {
            lastResourceId++;
        } while (lastResourceId == 0 || resources.containsKey(lastResourceId));
        return lastResourceId;
    }

    /**
     * Gives a resource back. The device turns off every scanout that shows it and lets go of its backing. The handle can
     * not be used any more, whatever the device answers.
     *
     * @param resource which one
     */
    public void unref(Resource resource) {
        use(resource);
        CommandSlot slot = control.begin(GpuCommand.RESOURCE_UNREF);
        slot.putLe32(ResourceOnly.RESOURCE_ID, resource.id());
        resource.retire();
        run(slot, ResourceOnly.LENGTH_BYTES);
        resource.detached();
        resources.remove(resource.id());
    }

    /**
     * Gives a resource the memory that it is filled from. Buffers stay pinned until {@link #detachBacking},
     * {@link #unref} or {@link #close}.
     *
     * @param resource one without backing
     * @param backing its memory
     */
    public void attachBacking(Resource resource, Backing backing) {
        use(resource);
        if (resource.hasBacking()) {
            throw new IllegalStateException(resource + " has a backing already");
        }
        List<Backing.Piece> pieces = backing.pieces();
        long requestBytes = AttachBacking.LENGTH_BYTES + backing.entriesBytes();
        // First what can be refused: a slot that was begun is sent.
        backing.pin();
        CommandSlot slot;
        try {
            slot = control.beginLong(GpuCommand.RESOURCE_ATTACH_BACKING, requestBytes);
        } catch (RuntimeException e) {
            backing.unpin();
            throw e;
        }
        slot.putLe32(AttachBacking.RESOURCE_ID, resource.id());
        slot.putLe32(AttachBacking.NR_ENTRIES, pieces.size());
        int at = AttachBacking.LENGTH_BYTES;
        for (Backing.Piece piece : pieces) {
            slot.putLe64(at + MemEntry.ADDR, piece.guestAddress());
            slot.putLe32(at + MemEntry.LENGTH, (int) piece.lengthBytes());
            at += MemEntry.LENGTH_BYTES;
        }
        // From the moment it is sent until the device says no, it counts as attached: the device may read it.
        resource.attached(backing);
        try {
            run(slot, requestBytes);
        } catch (GpuCommandException e) {
            resource.detached();
            throw e;
        }
    }

    /**
     * Takes a resource's memory away; the pixels that the device holds stay.
     *
     * @param resource one with backing
     */
    public void detachBacking(Resource resource) {
        use(resource);
        if (!resource.hasBacking()) {
            throw new IllegalStateException(resource + " has no backing");
        }
        CommandSlot slot = control.begin(GpuCommand.RESOURCE_DETACH_BACKING);
        slot.putLe32(ResourceOnly.RESOURCE_ID, resource.id());
        run(slot, ResourceOnly.LENGTH_BYTES);
        resource.detached();
    }

    // --- scanouts ----------------------------------------------------------------------------------------------

    /**
     * Shows all of a resource on a scanout.
     *
     * @param scanoutId 0 up to {@link #scanoutCount()}
     * @param resource what to show
     */
    public void setScanout(int scanoutId, Resource resource) {
        setScanout(scanoutId, resource, 0, 0, resource.width(), resource.height());
    }

    /**
     * Shows a rectangle of a resource on a scanout. Several scanouts may show the same.
     *
     * @param scanoutId 0 up to {@link #scanoutCount()}
     * @param resource what to show
     * @param x left edge, within the resource
     * @param y top edge
     * @param width at least 1
     * @param height at least 1
     */
    public void setScanout(int scanoutId, Resource resource, int x, int y, int width, int height) {
        use(resource);
        resource.checkRect(x, y, width, height);
        if (width == 0 || height == 0) {
            throw new IllegalArgumentException("a scanout shows at least one pixel, not " + width + "x" + height);
        }
        sendSetScanout(scanoutId, resource.id(), x, y, width, height);
    }

    /**
     * Turns a scanout off.
     *
     * @param scanoutId 0 up to {@link #scanoutCount()}
     */
    public void disableScanout(int scanoutId) {
        sendSetScanout(scanoutId, 0, 0, 0, 0, 0);
    }

    private void sendSetScanout(int scanoutId, int resourceId, int x, int y, int width, int height) {
        displays.checkScanout(scanoutId);
        CommandSlot slot = control.begin(GpuCommand.SET_SCANOUT);
        slot.putRect(SetScanout.RECT, x, y, width, height);
        slot.putLe32(SetScanout.SCANOUT_ID, scanoutId);
        slot.putLe32(SetScanout.RESOURCE_ID, resourceId);
        run(slot, SetScanout.LENGTH_BYTES);
    }

    // --- frames ------------------------------------------------------------------------------------------------

    /**
     * Copies a rectangle from the backing into the resource.
     *
     * @param resource one with backing
     * @param x left edge in the resource
     * @param y top edge
     * @param width 0 or more
     * @param height 0 or more
     * @param offset where in the backing the rectangle's first pixel lies, in bytes; each further row lies
     *     {@link Resource#strideBytes()} on
     */
    public void transferToHost(Resource resource, int x, int y, int width, int height, long offset) {
        use(resource);
        resource.checkRect(x, y, width, height);
        resource.checkBacking(width, height, offset);
        CommandSlot slot = control.begin(GpuCommand.TRANSFER_TO_HOST_2D);
        slot.putRect(Transfer2d.RECT, x, y, width, height);
        slot.putLe64(Transfer2d.OFFSET, offset);
        slot.putLe32(Transfer2d.RESOURCE_ID, resource.id());
        run(slot, Transfer2d.LENGTH_BYTES);
        resource.setFilled();
    }

    /**
     * Makes a rectangle of a resource visible on every scanout that shows some of it.
     *
     * @param resource which one
     * @param x left edge in the resource
     * @param y top edge
     * @param width 0 or more
     * @param height 0 or more
     */
    public void flush(Resource resource, int x, int y, int width, int height) {
        use(resource);
        resource.checkRect(x, y, width, height);
        CommandSlot slot = control.begin(GpuCommand.RESOURCE_FLUSH);
        slot.putRect(Flush.RECT, x, y, width, height);
        slot.putLe32(Flush.RESOURCE_ID, resource.id());
        run(slot, Flush.LENGTH_BYTES);
    }

    /**
     * Shows what was drawn into a rectangle of the backing: a transfer, then a flush, each waited for. Two completions,
     * and with optimized barriers two fences.
     *
     * @param resource one whose backing holds the image in the resource's own layout
     * @param x left edge in the resource
     * @param y top edge
     * @param width 0 or more
     * @param height 0 or more
     */
    public void frame(Resource resource, int x, int y, int width, int height) {
        transferToHost(resource, x, y, width, height, resource.backingOffset(x, y));
        flush(resource, x, y, width, height);
    }

    private void use(Resource resource) {
        control.check();
        resource.check(this);
    }

    private void run(CommandSlot slot, long requestBytes) {
        control.run(slot, requestBytes, GpuResponse.OK_NODATA, GpuHeader.LENGTH_BYTES);
    }

    // --- the rest ----------------------------------------------------------------------------------------------

    /** {@return the cursors of all scanouts} */
    public Cursor cursor() {
        return cursor;
    }

    /** {@return the counters of the driver's half of the control queue; any thread may read them} */
    public QueueCounters controlCounters() {
        return control.counters();
    }

    /** {@return the counters of the driver's half of the cursor queue; any thread may read them} */
    public QueueCounters cursorCounters() {
        return cursor.counters();
    }

    /** {@return the counters of the control queue, now; take differences, for example of a frame. Any thread} */
    public QueueStats controlStats() {
        return control.counters().snapshot();
    }

    /** {@return the counters of the cursor queue, now. Any thread} */
    public QueueStats cursorStats() {
        return cursor.counters().snapshot();
    }

    void checkScanout(int scanoutId) {
        displays.checkScanout(scanoutId);
    }

    /**
     * Resets the device and gives all of its memory back: commands that timed out, backings, rings. The transport stays
     * open. Further calls do nothing.
     *
     * @throws TransportException if the device does not finish the reset: it may still use the memory, which stays pinned
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        health.closing();
        shutDown(session, List.of(control, cursor.queue()));
        // Only now: a reset that did not end may be tried again.
        closed = true;
        resources.values().forEach(Resource::detached);
        resources.clear();
    }
}
