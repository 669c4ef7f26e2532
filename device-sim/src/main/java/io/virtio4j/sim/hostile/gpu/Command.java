// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import io.virtio4j.wire.GpuBlobLayout;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuEdidLayout;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A command as bytes, in which any field can be set to anything. VirtIO 1.2, 5.7.6.8 Device Operation: controlq and 5.7.6.10
 * Device Operation: cursorq.
 *
 * <p>An immutable value; a changed command is another one.
 */
final class Command {
    private final byte[] bytes;

    private Command(byte[] bytes) {
        this.bytes = bytes;
    }

    static Command of(int type, int lengthBytes) {
        return new Command(new byte[lengthBytes]).le32(GpuHeader.TYPE, type);
    }

    /**
     * A place in the guest's memory.
     *
     * @param address any
     * @param lengthBytes unsigned
     */
    record Entry(long address, int lengthBytes) {}

    Command le32(int offset, int value) {
        byte[] changed = bytes.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
        return new Command(changed);
    }

    Command le64(int offset, long value) {
        byte[] changed = bytes.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(offset, value);
        return new Command(changed);
    }

    /** The first bytes of it, or it and zeros behind. */
    Command ofLength(int lengthBytes) {
        return new Command(Arrays.copyOf(bytes, lengthBytes));
    }

    Command fenced(long fenceId) {
        int flags = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(GpuHeader.FLAGS);
        return le32(GpuHeader.FLAGS, flags | GpuHeader.FLAG_FENCE).le64(GpuHeader.FENCE_ID, fenceId);
    }

    byte[] bytes() {
        return bytes;
    }

    int lengthBytes() {
        return bytes.length;
    }

    // --- each command as it should be --------------------------------------------------------------------------

    static Command displayInfo() {
        return of(GpuCommand.GET_DISPLAY_INFO, GpuHeader.LENGTH_BYTES);
    }

    static Command create2d(int id, int format, int width, int height) {
        return of(GpuCommand.RESOURCE_CREATE_2D, GpuLayout.Create2d.LENGTH_BYTES)
                .le32(GpuLayout.Create2d.RESOURCE_ID, id)
                .le32(GpuLayout.Create2d.FORMAT, format)
                .le32(GpuLayout.Create2d.WIDTH, width)
                .le32(GpuLayout.Create2d.HEIGHT, height);
    }

    private static Command resource(int type, int id) {
        return of(type, GpuLayout.ResourceOnly.LENGTH_BYTES).le32(GpuLayout.ResourceOnly.RESOURCE_ID, id);
    }

    static Command unref(int id) {
        return resource(GpuCommand.RESOURCE_UNREF, id);
    }

    static Command detach(int id) {
        return resource(GpuCommand.RESOURCE_DETACH_BACKING, id);
    }

    static Command uuid(int id) {
        return resource(GpuCommand.RESOURCE_ASSIGN_UUID, id);
    }

    static Command edid(int scanoutId) {
        return of(GpuCommand.GET_EDID, GpuEdidLayout.REQUEST_BYTES).le32(GpuEdidLayout.SCANOUT_ID, scanoutId);
    }

    static Command capset(int type, int indexOrId, int version) {
        return of(type, GpuLayout.CapsetInfo.LENGTH_BYTES)
                .le32(GpuLayout.CapsetInfo.CAPSET_INDEX, indexOrId)
                .le32(GpuLayout.CapsetInfo.CAPSET_INDEX + Integer.BYTES, version);
    }

    private Command rect(int offset, Area area) {
        return le32(offset + GpuLayout.Rect.X, area.x())
                .le32(offset + GpuLayout.Rect.Y, area.y())
                .le32(offset + GpuLayout.Rect.WIDTH, area.width())
                .le32(offset + GpuLayout.Rect.HEIGHT, area.height());
    }

    static Command setScanout(int scanoutId, int id, Area area) {
        return of(GpuCommand.SET_SCANOUT, GpuLayout.SetScanout.LENGTH_BYTES)
                .rect(GpuLayout.SetScanout.RECT, area)
                .le32(GpuLayout.SetScanout.SCANOUT_ID, scanoutId)
                .le32(GpuLayout.SetScanout.RESOURCE_ID, id);
    }

    static Command flush(int id, Area area) {
        return of(GpuCommand.RESOURCE_FLUSH, GpuLayout.Flush.LENGTH_BYTES)
                .rect(GpuLayout.Flush.RECT, area)
                .le32(GpuLayout.Flush.RESOURCE_ID, id);
    }

    static Command transfer(int id, Area area, long offset) {
        return of(GpuCommand.TRANSFER_TO_HOST_2D, GpuLayout.Transfer2d.LENGTH_BYTES)
                .rect(GpuLayout.Transfer2d.RECT, area)
                .le64(GpuLayout.Transfer2d.OFFSET, offset)
                .le32(GpuLayout.Transfer2d.RESOURCE_ID, id);
    }

    static Command attach(int id, Entry... entries) {
        return of(GpuCommand.RESOURCE_ATTACH_BACKING, GpuLayout.AttachBacking.LENGTH_BYTES)
                .le32(GpuLayout.AttachBacking.RESOURCE_ID, id)
                .le32(GpuLayout.AttachBacking.NR_ENTRIES, entries.length)
                .with(entries);
    }

    static Command createBlob(int id, long sizeBytes, Entry... entries) {
        return of(GpuCommand.RESOURCE_CREATE_BLOB, GpuBlobLayout.Create.LENGTH_BYTES)
                .le32(GpuBlobLayout.Create.RESOURCE_ID, id)
                .le32(GpuBlobLayout.Create.BLOB_MEM, GpuBlobLayout.MEM_GUEST)
                .le32(GpuBlobLayout.Create.BLOB_FLAGS, GpuBlobLayout.FLAG_USE_SHAREABLE)
                .le32(GpuBlobLayout.Create.NR_ENTRIES, entries.length)
                .le64(GpuBlobLayout.Create.SIZE, sizeBytes)
                .with(entries);
    }

    private Command with(Entry... entries) {
        Command all = ofLength(bytes.length + entries.length * GpuLayout.MemEntry.LENGTH_BYTES);
        for (int i = 0; i < entries.length; i++) {
            int at = bytes.length + i * GpuLayout.MemEntry.LENGTH_BYTES;
            all = all.le64(at + GpuLayout.MemEntry.ADDR, entries[i].address)
                    .le32(at + GpuLayout.MemEntry.LENGTH, entries[i].lengthBytes);
        }
        return all;
    }

    static Command setScanoutBlob(int scanoutId, int id, Area area, int width, int height, int strideBytes) {
        return of(GpuCommand.SET_SCANOUT_BLOB, GpuBlobLayout.SetScanout.LENGTH_BYTES)
                .rect(GpuBlobLayout.SetScanout.RECT, area)
                .le32(GpuBlobLayout.SetScanout.SCANOUT_ID, scanoutId)
                .le32(GpuBlobLayout.SetScanout.RESOURCE_ID, id)
                .le32(GpuBlobLayout.SetScanout.WIDTH, width)
                .le32(GpuBlobLayout.SetScanout.HEIGHT, height)
                .le32(GpuBlobLayout.SetScanout.FORMAT, GpuScene.FORMAT)
                .le32(GpuBlobLayout.SetScanout.STRIDES, strideBytes);
    }

    static Command cursor(int type, int scanoutId, int id, int x, int y) {
        return of(type, GpuLayout.Cursor.LENGTH_BYTES)
                .le32(GpuLayout.Cursor.SCANOUT_ID, scanoutId)
                .le32(GpuLayout.Cursor.X, x)
                .le32(GpuLayout.Cursor.Y, y)
                .le32(GpuLayout.Cursor.RESOURCE_ID, id);
    }
}
