// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.queue.QueueCounters;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuLayout;

/**
 * The mouse cursors of a GPU, one for each scanout. They have a queue of their own, so moving one does not wait for a
 * slow frame. Used by the thread of its device; every command is waited for.
 *
 * <p>VirtIO 1.2, 5.7.6.6 Device Operation: Configure mouse cursor, and 5.7.6.10 Device Operation: cursorq.
 */
public final class Cursor {
    /** Width and height of a cursor's image in pixels. */
    public static final int IMAGE_SIZE = GpuLayout.Cursor.IMAGE_SIZE;

    private final GpuSession session;
    private final CommandQueue queue;

    /** By scanout: where the cursor is. */
    private final int[] lastX = new int[GpuConfigLayout.MAX_SCANOUTS];

    private final int[] lastY = new int[GpuConfigLayout.MAX_SCANOUTS];

    Cursor(GpuSession session) {
        this.session = session;
        this.queue = session.cursor();
    }

    /**
     * Shows an image as the cursor. If it has a {@link FramePipeline}, the frames in flight are waited for first: the
     * queues run apart.
     *
     * @param scanoutId which scanout
     * @param image a resource of 64 by 64 pixels into which the image was transferred
     * @param hotX the pixel of the image that points, from the left
     * @param hotY the pixel of the image that points, from the top
     * @param x where the cursor is; may lie outside the scanout
     * @param y where the cursor is
     */
    public void show(int scanoutId, Resource image, int hotX, int hotY, int x, int y) {
        image.check(session);
        if (image.width() != IMAGE_SIZE || image.height() != IMAGE_SIZE) {
            throw new IllegalArgumentException(
                    "a cursor's image has " + IMAGE_SIZE + "x" + IMAGE_SIZE + " pixels: " + image);
        }
        if (!image.isFilled()) {
            throw new IllegalStateException("nothing was transferred into " + image);
        }
        session.checkScanout(scanoutId);
        if (image.isOverlapping()) {
            session.control().settle();
        }
        send(GpuCommand.UPDATE_CURSOR, scanoutId, image.id(), hotX, hotY, x, y);
    }

    /**
     * Moves the cursor; image and hot spot stay.
     *
     * @param scanoutId which scanout
     * @param x where the cursor is; may lie outside the scanout
     * @param y where the cursor is
     */
    public void move(int scanoutId, int x, int y) {
        send(GpuCommand.MOVE_CURSOR, scanoutId, 0, 0, 0, x, y);
    }

    /**
     * Hides the cursor, where it is.
     *
     * @param scanoutId which scanout
     */
    public void hide(int scanoutId) {
        session.checkScanout(scanoutId);
        send(GpuCommand.UPDATE_CURSOR, scanoutId, 0, 0, 0, lastX[scanoutId], lastY[scanoutId]);
    }

    private void send(int type, int scanoutId, int resourceId, int hotX, int hotY, int x, int y) {
        session.checkScanout(scanoutId);
        CommandSlot slot = queue.begin(type);
        slot.putLe32(GpuLayout.Cursor.SCANOUT_ID, scanoutId);
        slot.putLe32(GpuLayout.Cursor.X, x);
        slot.putLe32(GpuLayout.Cursor.Y, y);
        slot.putLe32(GpuLayout.Cursor.RESOURCE_ID, resourceId);
        slot.putLe32(GpuLayout.Cursor.HOT_X, hotX);
        slot.putLe32(GpuLayout.Cursor.HOT_Y, hotY);
        // Devices in use give cursor commands back without an answer.
        queue.runUnanswered(slot, GpuLayout.Cursor.LENGTH_BYTES);
        lastX[scanoutId] = x;
        lastY[scanoutId] = y;
    }

    QueueCounters counters() {
        return queue.counters();
    }
}
