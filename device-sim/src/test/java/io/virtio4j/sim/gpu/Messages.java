// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Requests as bytes, put together from the specification's field order and not from the layouts under test. */
@SuppressWarnings("ByteBufferBackingArray") // every buffer is allocated here
final class Messages {
    static final long NO_FENCE = -1;

    private Messages() {}

    record MemEntry(long address, int lengthBytes) {}

    static ByteBuffer begin(int type, long fenceId, int lengthBytes) {
        ByteBuffer message = ByteBuffer.allocate(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(type);
        message.putInt(fenceId == NO_FENCE ? 0 : GpuHeader.FLAG_FENCE);
        message.putLong(fenceId == NO_FENCE ? 0 : fenceId);
        // ctx_id, ring_idx, padding
        message.putInt(0).putInt(0);
        return message;
    }

    static byte[] fenced(byte[] request, long fenceId, int contextId) {
        ByteBuffer message = ByteBuffer.wrap(request.clone()).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(4, GpuHeader.FLAG_FENCE).putLong(8, fenceId).putInt(16, contextId);
        return message.array();
    }

    static byte[] header(int type) {
        return begin(type, NO_FENCE, 24).array();
    }

    static byte[] displayInfo() {
        return header(GpuCommand.GET_DISPLAY_INFO);
    }

    static byte[] create2d(int id, GpuFormat format, int width, int height) {
        return create2d(id, format.code(), width, height);
    }

    static byte[] create2d(int id, int format, int width, int height) {
        return begin(GpuCommand.RESOURCE_CREATE_2D, NO_FENCE, 40)
                .putInt(id)
                .putInt(format)
                .putInt(width)
                .putInt(height)
                .array();
    }

    static byte[] unref(int id) {
        return begin(GpuCommand.RESOURCE_UNREF, NO_FENCE, 32).putInt(id).array();
    }

    static byte[] detach(int id) {
        return begin(GpuCommand.RESOURCE_DETACH_BACKING, NO_FENCE, 32)
                .putInt(id)
                .array();
    }

    static byte[] attach(int id, List<MemEntry> entries) {
        ByteBuffer message = begin(GpuCommand.RESOURCE_ATTACH_BACKING, NO_FENCE, 32 + 16 * entries.size())
                .putInt(id)
                .putInt(entries.size());
        for (MemEntry entry : entries) {
            message.putLong(entry.address).putInt(entry.lengthBytes).putInt(0);
        }
        return message.array();
    }

    static byte[] edid(int scanout) {
        return begin(GpuCommand.GET_EDID, NO_FENCE, 32).putInt(scanout).array();
    }

    static byte[] assignUuid(int id) {
        return begin(GpuCommand.RESOURCE_ASSIGN_UUID, NO_FENCE, 32).putInt(id).array();
    }

    static byte[] createBlob(int id, int memory, int flags, long sizeBytes, List<MemEntry> entries) {
        ByteBuffer message = begin(GpuCommand.RESOURCE_CREATE_BLOB, NO_FENCE, 56 + 16 * entries.size())
                .putInt(id)
                .putInt(memory)
                .putInt(flags)
                .putInt(entries.size())
                .putLong(0)
                .putLong(sizeBytes);
        for (MemEntry entry : entries) {
            message.putLong(entry.address).putInt(entry.lengthBytes).putInt(0);
        }
        return message.array();
    }

    /** How a blob is a picture: the fields after the ids. */
    record Picture(int width, int height, int format, int strideBytes, int offsetBytes) {}

    static byte[] setScanoutBlob(int scanout, int id, int x, int y, int width, int height, Picture picture) {
        return begin(GpuCommand.SET_SCANOUT_BLOB, NO_FENCE, 96)
                .putInt(x)
                .putInt(y)
                .putInt(width)
                .putInt(height)
                .putInt(scanout)
                .putInt(id)
                .putInt(picture.width)
                .putInt(picture.height)
                .putInt(picture.format)
                .putInt(0)
                .putInt(picture.strideBytes)
                // Planes that no format here has: whatever is in them.
                .putInt(-1)
                .putInt(7)
                .putInt(0)
                .putInt(picture.offsetBytes)
                .putInt(-1)
                .putInt(7)
                .putInt(0)
                .array();
    }

    static byte[] setScanout(int scanout, int id, int x, int y, int width, int height) {
        return begin(GpuCommand.SET_SCANOUT, NO_FENCE, 48)
                .putInt(x)
                .putInt(y)
                .putInt(width)
                .putInt(height)
                .putInt(scanout)
                .putInt(id)
                .array();
    }

    static byte[] flush(int id, int x, int y, int width, int height) {
        return begin(GpuCommand.RESOURCE_FLUSH, NO_FENCE, 48)
                .putInt(x)
                .putInt(y)
                .putInt(width)
                .putInt(height)
                .putInt(id)
                .array();
    }

    static byte[] transfer(int id, int x, int y, int width, int height, long offset) {
        return begin(GpuCommand.TRANSFER_TO_HOST_2D, NO_FENCE, 56)
                .putInt(x)
                .putInt(y)
                .putInt(width)
                .putInt(height)
                .putLong(offset)
                .putInt(id)
                .array();
    }

    static byte[] cursor(int type, int scanout, int x, int y, int id, int hotX, int hotY) {
        return begin(type, NO_FENCE, 56)
                .putInt(scanout)
                .putInt(x)
                .putInt(y)
                .putInt(0)
                .putInt(id)
                .putInt(hotX)
                .putInt(hotY)
                .array();
    }

    static int le32(byte[] message, int offset) {
        return ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
    }

    static long le64(byte[] message, int offset) {
        return ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).getLong(offset);
    }
}
