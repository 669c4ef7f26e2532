// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.queue.QueueCounter;

/**
 * Frames of one resource that overlap: while the device works on one, the next is drawn. Made by {@link GpuDevice#frames}.
 *
 * <pre>
 *   backing:  | image 0 | image 1 |          one resource, several images one after the other in its backing
 *
 *   driver:   draw 0, show   draw 1, show   next: wait for frame 0   draw 0, show ...
 *   device:                  transfer, flush frame 0   transfer, flush frame 1 ...
 *
 *   FramePipeline frames = gpu.frames(screen, 2);        backing of twice the length of screen
 *   while (...) {
 *       int image = frames.next();
 *       ... damage.clear(), and add to it what has changed ...
 *       ... draw every rectangle of damage into the image that begins at frames.backingOffset(image) ...
 *       frames.show(damage);
 *   }
 *   frames.drain();
 * </pre>
 *
 * <p>Double buffering is in the backing, not in the resource: the scanout shows the same resource all the time, so a frame
 * needs no command to switch, and costs the memory of one more image with the driver and none with the device. The image
 * that is drawn into is two frames old (or as many as there are images), so a program draws all that the damage covers
 * <em>when it is complete</em>: a list that was full has joined rectangles, and what lies between them is transferred too. The
 * rest of the image is not transferred and may be stale.
 *
 * <p>The transfers of a frame and its flush are offered together: one write barrier, one notification at most, one pass
 * over the answers. With one rectangle a frame has two completions, and with optimized barriers at most two fences
 * ({@link QueueCounter#POLL_FENCES}); with n rectangles n + 1. A flush shows the bounds of all of them, so that a frame is
 * seen at once. The device takes the commands of the control queue in the order in which they were offered, and every one
 * has a fence: an image is handed out again only when the device has said that it is done with it. (VirtIO 1.2, 5.7.6.5
 * Device Requirements: Device Operation: Command lifecycle and fencing.)
 *
 * <p>Used by the thread of its device; allocates nothing. What the device makes of a frame is told when it is waited for, by
 * {@link #next}, {@link #show(Damage)} or {@link #drain}: with {@link GpuCommandException} the frame was not shown, and the
 * pipeline works on. After a {@link GpuTimeoutException} the device may still read the frame's image.
 */
public final class FramePipeline {
    private final GpuDevice gpu;
    private final FrameCommands commands;
    private final Resource resource;

    /** By image: the frame that was drawn into it last. */
    private final CommandBatch[] batches;

    private final Damage single = new Damage(1);
    private int image;

    FramePipeline(GpuDevice gpu, FrameCommands commands, Resource resource, int images) {
        if (images < 1) {
            throw new IllegalArgumentException("a pipeline has at least 1 image, not " + images);
        }
        for (int i = 0; i < images; i++) {
            resource.checkBacking(resource.width(), resource.height(), i * resource.lengthBytes());
        }
        this.gpu = gpu;
        this.commands = commands;
        this.resource = resource;
        resource.setOverlapping();
        this.batches = new CommandBatch[images];
        for (int i = 0; i < images; i++) {
            batches[i] = new CommandBatch();
        }
    }

    /** {@return how many images there are, and so how many frames can be in flight} */
    public int images() {
        return batches.length;
    }

    /**
     * {@return where an image begins in the backing, in bytes}
     *
     * @param which 0 up to {@link #images()}
     */
    public long backingOffset(int which) {
        if (which < 0 || which >= batches.length) {
            throw new IndexOutOfBoundsException("image " + which + " of " + batches.length);
        }
        return which * resource.lengthBytes();
    }

    /**
     * Waits until an image can be drawn into: until the device is done with the frame that was last shown from it.
     *
     * @return the image that the next {@link #show(Damage)} shows
     * @throws GpuException if that frame failed; the image can be drawn into all the same
     */
    public int next() {
        gpu.use(resource);
        commands.await(resource, batches[image]);
        return image;
    }

    /**
     * Shows what was drawn into the image of {@link #next}, without waiting for the device.
     *
     * @param damage what has changed since the frame before, drawn into this image; if nothing has, nothing is sent
     * @throws IllegalArgumentException if a rectangle does not lie within the resource; nothing was sent
     * @throws GpuException if the image was not waited for and its last frame failed; nothing was sent
     */
    public void show(Damage damage) {
        int shown = next();
        commands.submit(resource, backingOffset(shown), damage, batches[shown]);
        image = shown + 1 == batches.length ? 0 : shown + 1;
    }

    /**
     * Shows one rectangle of what was drawn. As {@link #show(Damage)}.
     *
     * @param x left edge in the resource
     * @param y top edge
     * @param width 0 or more
     * @param height 0 or more
     */
    public void show(int x, int y, int width, int height) {
        single.clear();
        show(single.add(x, y, width, height));
    }

    /** {@return how many frames the driver has not seen the end of; at most {@link #images()}} */
    public int inFlight() {
        int frames = 0;
        for (CommandBatch batch : batches) {
            frames += batch.isInFlight() ? 1 : 0;
        }
        return frames;
    }

    /**
     * Waits until the device is done with every frame.
     *
     * @throws GpuException what the oldest frame that failed has met; none is in flight any more
     */
    public void drain() {
        gpu.use(resource);
        GpuException first = null;
        for (int i = 0; i < batches.length; i++) {
            try {
                commands.await(resource, batches[(image + i) % batches.length]);
            } catch (GpuException e) {
                if (first == null) {
                    first = e;
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
