// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DisplayMode;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.GpuEdidLayout;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuLayout;
import io.virtio4j.wire.GpuLayout.DisplayInfo;
import io.virtio4j.wire.GpuLayout.ResourceUuid;
import io.virtio4j.wire.GpuResponse;
import java.util.UUID;

/**
 * The response to the request at hand, put together here and copied out at once. One object serves all requests of a
 * queue.
 *
 * <p>VirtIO 1.2, 5.7.6.7 Device Operation: Request header: a fenced request's fence id comes back, in errors too.
 */
final class Response {
    private final SharedMemory copy = SharedMemory.allocate(GpuEdidLayout.RESPONSE_BYTES, 0);
    private int lengthBytes;

    /** Starts a response that is a header only. */
    void begin() {
        lengthBytes = GpuHeader.LENGTH_BYTES;
    }

    /** Makes it one with the displays. */
    void beginDisplayInfo() {
        lengthBytes = DisplayInfo.LENGTH_BYTES;
        copy.fill(DisplayInfo.MODES, DisplayInfo.LENGTH_BYTES - DisplayInfo.MODES, 0);
    }

    void putDisplay(int scanoutId, DisplayMode mode) {
        long at = DisplayInfo.MODES + (long) scanoutId * DisplayInfo.MODE_BYTES;
        copy.putLe32(at + DisplayInfo.MODE_RECT + GpuLayout.Rect.X, mode.x());
        copy.putLe32(at + DisplayInfo.MODE_RECT + GpuLayout.Rect.Y, mode.y());
        copy.putLe32(at + DisplayInfo.MODE_RECT + GpuLayout.Rect.WIDTH, mode.width());
        copy.putLe32(at + DisplayInfo.MODE_RECT + GpuLayout.Rect.HEIGHT, mode.height());
        copy.putLe32(at + DisplayInfo.MODE_ENABLED, mode.enabled() ? 1 : 0);
    }

    /** Makes it one with an EDID, or with none if it has no bytes. */
    void putEdid(byte[] edid) {
        lengthBytes = GpuEdidLayout.RESPONSE_BYTES;
        copy.fill(GpuEdidLayout.SIZE, GpuEdidLayout.RESPONSE_BYTES - GpuEdidLayout.SIZE, 0);
        copy.putLe32(GpuEdidLayout.SIZE, edid.length);
        copy.putBytes(GpuEdidLayout.EDID, edid, 0, edid.length);
    }

    /** Makes it one with a UUID, most significant byte first. */
    void putUuid(UUID uuid) {
        lengthBytes = ResourceUuid.LENGTH_BYTES;
        copy.putLe64(ResourceUuid.UUID, Long.reverseBytes(uuid.getMostSignificantBits()));
        copy.putLe64(ResourceUuid.UUID + Long.BYTES, Long.reverseBytes(uuid.getLeastSignificantBits()));
    }

    /**
     * Writes it to the driver.
     *
     * @return how many bytes were written: all of it; the header alone, as an error, where only that fits; 0 where not
     *     even that does, as on a cursor queue whose driver wants no answers
     */
    long write(DescriptorChain chain, Request request, int type) {
        long room = chain.writableBytes();
        if (room < GpuHeader.LENGTH_BYTES) {
            return 0;
        }
        boolean fits = lengthBytes <= room;
        putHeader(request, fits ? type : GpuResponse.ERR_UNSPEC);
        int written = fits ? lengthBytes : GpuHeader.LENGTH_BYTES;
        chain.copyFrom(0, copy, 0, written);
        return written;
    }

    private void putHeader(Request request, int type) {
        boolean fenced = request.isFenced();
        copy.putLe32(GpuHeader.TYPE, type);
        copy.putLe32(GpuHeader.FLAGS, fenced ? GpuHeader.FLAG_FENCE : 0);
        copy.putLe64(GpuHeader.FENCE_ID, fenced ? request.fenceId() : 0);
        copy.putLe32(GpuHeader.CTX_ID, fenced ? request.contextId() : 0);
        // ring_idx and padding stay 0: timelines come with CONTEXT_INIT, which is not offered.
        copy.putLe32(GpuHeader.RING_IDX, 0);
    }
}
