// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.driver.DeviceInitException;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueCounters;
import io.virtio4j.queue.QueueStats;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

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
 * <p>Every command is sent with a fence and waited for: when a method returns, the device is done with it. Only
 * {@link #frames} lets frames overlap. One thread at a
 * time uses a driver and all that belongs to it. A frame allocates nothing.
 *
 * <p>A command fails with {@link GpuCommandException} if the device answers with an error code, with
 * {@link GpuTimeoutException} if it does not answer, and with {@link GpuDeviceException} if only a reset helps. Misuse
 * (a rectangle outside its resource, a resource that was given back, a command whose feature was not agreed on) throws
 * before anything is sent.
 *
 * <p>3D is not offered: VIRGL and CONTEXT_INIT are never acknowledged, and there are no contexts, no capability sets and no
 * blobs of the host's memory.
 *
 * <p>VirtIO 1.2, 5.7 GPU Device.
 */
public final class GpuDevice implements AutoCloseable {
    private final GpuSession session;
    private final CommandQueue control;
    private final Displays displays;
    private final ResourceCommands resources;
    private final ScanoutCommands scanouts;
    private final FrameCommands frames;
    private final Cursor cursor;
    private boolean closed;

    private GpuDevice(GpuSession session) {
        this.session = session;
        this.control = session.control();
        this.displays = new Displays(session);
        this.resources = new ResourceCommands(session);
        this.scanouts = new ScanoutCommands(session);
        this.frames = new FrameCommands(session);
        this.cursor = new Cursor(session);
    }

    /**
     * Brings a GPU up and asks for its displays, and for their EDIDs if the device tells them.
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
        GpuSession session = GpuSession.open(transport, arena, options);
        try {
            GpuDevice gpu = new GpuDevice(session);
            gpu.displays.askAtStart();
            return gpu;
        } catch (RuntimeException e) {
            try {
                session.close();
            } catch (TransportException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /** {@return the features agreed on} */
    public Features features() {
        return session.features();
    }

    /**
     * {@return the memory in which the device can show blobs of the host's, if it has such} Nothing in 2D mode puts anything
     * there. VirtIO 1.2, 5.7.5 Device Requirements: Device Initialization.
     */
    public Optional<SharedMemory> hostVisibleRegion() {
        return session.hostVisibleRegion();
    }

    // --- displays ----------------------------------------------------------------------------------------------

    /** {@return how many scanouts there are, 1..16} */
    public int scanoutCount() {
        return session.scanoutCount();
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
     * Asks the device again, for EDIDs too, if it has raised the DISPLAY event: a display was plugged, unplugged or resized.
     * Cheap where it has not, so it may be called for every frame. What the scanouts show stays as it is; whoever wants to
     * follow sets them anew. VirtIO 1.2, 5.7.4.2 Events.
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
        return resources.create2d(format, width, height);
    }

    /**
     * Makes a blob of the driver's own memory, which scanouts show in place: what is drawn into it needs a flush to be seen and
     * no transfer. Its buffers stay pinned until {@link #detachBacking}, {@link #unref} or {@link #close}. VirtIO 1.2, 5.7.6.8,
     * RESOURCE_CREATE_BLOB.
     *
     * @param backing its memory; its length is a multiple of {@link #blobAlignmentBytes()}
     * @param uses what it is for, beside being shown
     * @return its handle
     * @throws IllegalStateException if the feature RESOURCE_BLOB was not agreed on
     * @throws IllegalArgumentException if the length is no multiple of the alignment
     */
    public BlobResource createBlob(Backing backing, BlobUse... uses) {
        return resources.createBlob(backing, Set.copyOf(List.of(uses)));
    }

    /**
     * {@return what a blob's length must be a multiple of, a power of two; 0 if the device takes no blobs} It is 1 unless
     * BLOB_ALIGNMENT was agreed on.
     */
    public long blobAlignmentBytes() {
        return session.blobAlignmentBytes();
    }

    /**
     * Asks for the UUID under which other devices know a resource. It stays the same. VirtIO 1.2, 5.7.6.8,
     * RESOURCE_ASSIGN_UUID.
     *
     * @param resource which one; of blobs, one for {@link BlobUse#CROSS_DEVICE}
     * @return its UUID
     * @throws IllegalStateException if the feature RESOURCE_UUID was not agreed on
     */
    public UUID uuid(GpuResource resource) {
        return resources.uuid(resource);
    }

    /**
     * Gives a resource back. The device turns off every scanout that shows it and lets go of its backing. The handle can
     * not be used any more, whatever the device answers. Waits first for all that is in flight, for commands that timed out
     * too: they may still use its memory. If that takes too long it fails, and the resource stays as it is.
     *
     * @param resource which one
     */
    public void unref(GpuResource resource) {
        resources.unref(resource);
    }

    /**
     * Gives a resource the memory that it is filled from. Buffers stay pinned until {@link #detachBacking},
     * {@link #unref} or {@link #close}.
     *
     * @param resource one without backing
     * @param backing its memory; of a blob, as long as the blob
     */
    public void attachBacking(GpuResource resource, Backing backing) {
        resources.attachBacking(resource, backing);
    }

    /**
     * Takes a resource's memory away; the pixels that the device holds stay. Waits first for all that is in flight, as
     * {@link #unref} does.
     *
     * @param resource one with backing
     */
    public void detachBacking(GpuResource resource) {
        resources.detachBacking(resource);
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
        scanouts.set(scanoutId, resource, x, y, width, height);
    }

    /**
     * Shows all of a picture in a blob on a scanout. Nothing is copied: the scanout shows the memory itself, as of each flush.
     *
     * @param scanoutId 0 up to {@link #scanoutCount()}
     * @param blob what to show
     * @param image what its bytes mean
     */
    public void setScanout(int scanoutId, BlobResource blob, BlobImage image) {
        setScanout(scanoutId, blob, image, 0, 0, image.width(), image.height());
    }

    /**
     * Shows a rectangle of a picture in a blob on a scanout. VirtIO 1.2, 5.7.6.8, SET_SCANOUT_BLOB.
     *
     * @param scanoutId 0 up to {@link #scanoutCount()}
     * @param blob what to show
     * @param image what its bytes mean; it lies within the blob
     * @param x left edge, within the picture
     * @param y top edge
     * @param width at least 1
     * @param height at least 1
     */
    public void setScanout(int scanoutId, BlobResource blob, BlobImage image, int x, int y, int width, int height) {
        use(blob);
        scanouts.setBlob(scanoutId, blob, image, x, y, width, height);
    }

    /**
     * Turns a scanout off.
     *
     * @param scanoutId 0 up to {@link #scanoutCount()}
     */
    public void disableScanout(int scanoutId) {
        scanouts.disable(scanoutId);
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
        frames.transfer(resource, x, y, width, height, offset);
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
    public void flush(GpuResource resource, int x, int y, int width, int height) {
        use(resource);
        frames.flush(resource, x, y, width, height);
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

    /**
     * Shows what was drawn into several rectangles of the backing: transfers and a flush, offered together with one
     * notification, and waited for. One completion for each rectangle and one for the flush, which shows the bounds of all.
     *
     * @param resource one whose backing holds the image in the resource's own layout
     * @param damage what was drawn; if nothing was, nothing is sent
     */
    public void frame(Resource resource, Damage damage) {
        use(resource);
        frames.frame(resource, damage);
    }

    /**
     * Makes a way to show frames without waiting for each.
     *
     * @param resource one whose backing holds several images in the resource's own layout, one after the other
     * @param images how many, at least 1; two let drawing and showing overlap
     * @return the pipeline; a resource has one at a time
     * @throws IllegalArgumentException if the backing is shorter than the images
     */
    public FramePipeline frames(Resource resource, int images) {
        use(resource);
        return new FramePipeline(this, frames, resource, images);
    }

    void use(GpuResource resource) {
        resources.use(resource);
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
        session.close();
        // Only now: a reset that did not end may be tried again.
        closed = true;
        resources.forgetAll();
    }
}
