// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.PixelView;
import io.virtio4j.device.Scanout;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuLayout.Cursor;
import io.virtio4j.wire.GpuResponse;
import org.jspecify.annotations.Nullable;

/**
 * The commands of the cursor queue. VirtIO 1.2, 5.7.6.10 Device Operation: cursorq.
 *
 * <p>The image is copied when the cursor is updated: what the driver does with the resource afterwards does not show.
 */
final class CursorCommands implements Commands {
    private static final int IMAGE_BYTES = Cursor.IMAGE_SIZE * Cursor.IMAGE_SIZE * GpuFormat.BYTES_PER_PIXEL;

    private final Scanout display;
    private final ResourceTable resources;

    /** By scanout: the image, once there was one. */
    private final @Nullable SharedMemory[] images;

    private final boolean[] visible;

    CursorCommands(int scanouts, Scanout display, ResourceTable resources) {
        this.display = display;
        this.resources = resources;
        this.images = new SharedMemory[scanouts];
        this.visible = new boolean[scanouts];
    }

    @Override
    public int execute(Request request, Response response) {
        int type = request.type();
        if (type != GpuCommand.UPDATE_CURSOR && type != GpuCommand.MOVE_CURSOR) {
            return GpuResponse.ERR_UNSPEC;
        }
        if (request.lengthBytes() < Cursor.LENGTH_BYTES) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        long scanoutId = request.u32(Cursor.SCANOUT_ID);
        if (scanoutId >= visible.length) {
            return GpuResponse.ERR_INVALID_SCANOUT_ID;
        }
        if (type == GpuCommand.UPDATE_CURSOR) {
            return update((int) scanoutId, request);
        }
        // A move disregards every field but the position.
        display.cursorMoved((int) scanoutId, request.le32(Cursor.X), request.le32(Cursor.Y));
        return GpuResponse.OK_NODATA;
    }

    private int update(int scanoutId, Request request) {
        int id = request.le32(Cursor.RESOURCE_ID);
        if (id == 0) {
            hide(scanoutId);
            display.cursorMoved(scanoutId, request.le32(Cursor.X), request.le32(Cursor.Y));
            return GpuResponse.OK_NODATA;
        }
        GpuResource resource = resources.find(id);
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        PixelView image = resource.copyCursorImage(imageOf(scanoutId));
        if (image == null) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        visible[scanoutId] = true;
        display.cursorUpdated(
                scanoutId,
                image,
                request.le32(Cursor.HOT_X),
                request.le32(Cursor.HOT_Y),
                request.le32(Cursor.X),
                request.le32(Cursor.Y));
        return GpuResponse.OK_NODATA;
    }

    private SharedMemory imageOf(int scanoutId) {
        SharedMemory image = images[scanoutId];
        if (image == null) {
            image = SharedMemory.allocate(IMAGE_BYTES, 0);
            images[scanoutId] = image;
        }
        return image;
    }

    private void hide(int scanoutId) {
        if (visible[scanoutId]) {
            visible[scanoutId] = false;
            display.cursorHidden(scanoutId);
        }
    }

    void reset() {
        for (int i = 0; i < visible.length; i++) {
            hide(i);
        }
    }
}
