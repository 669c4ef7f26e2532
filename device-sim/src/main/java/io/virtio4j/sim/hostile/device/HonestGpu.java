// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuEdidLayout;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuLayout;
import io.virtio4j.wire.GpuLayout.DisplayInfo;
import io.virtio4j.wire.GpuLayout.ResourceUuid;
import io.virtio4j.wire.GpuResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A GPU with two displays that answers every command of a driver that is right, and shows nothing. VirtIO 1.2, 5.7 GPU
 * Device.
 */
public final class HonestGpu implements HonestDevice {
    /** How many scanouts there are. */
    public static final int SCANOUTS = 2;

    /** Width of each display in pixels. */
    public static final int WIDTH = 640;

    /** Height of each display in pixels. */
    public static final int HEIGHT = 480;

    private static final int EDID_BYTES = 128;
    private static final byte[] EDID_HEADER = {0, -1, -1, -1, -1, -1, -1, 0};

    /** Makes a GPU. */
    public HonestGpu() {}

    @Override
    public int deviceId() {
        return DeviceId.GPU;
    }

    @Override
    public Features features() {
        return Features.of(GpuFeatureBits.EDID, GpuFeatureBits.RESOURCE_UUID, GpuFeatureBits.RESOURCE_BLOB);
    }

    @Override
    public byte[] config() {
        return ByteBuffer.allocate(GpuConfigLayout.LENGTH_WITH_ALIGNMENT_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(GpuConfigLayout.NUM_SCANOUTS, SCANOUTS)
                .putInt(GpuConfigLayout.BLOB_ALIGNMENT, 1)
                .array();
    }

    @Override
    public int queueCount() {
        return 2;
    }

    /**
     * {@return the first byte of the UUID of a resource; the others are the same}
     *
     * @param resourceId which
     */
    public static byte uuidByte(int resourceId) {
        return (byte) (0x40 + resourceId);
    }

    static int type(byte[] request) {
        return le32(request, GpuHeader.TYPE);
    }

    static int le32(byte[] bytes, int at) {
        return fields(bytes).getInt(at);
    }

    @Override
    public byte[] answer(int queueIndex, byte[] request, int roomBytes) {
        return switch (type(request)) {
            case GpuCommand.GET_DISPLAY_INFO -> displays(request);
            case GpuCommand.GET_EDID -> edid(request);
            case GpuCommand.RESOURCE_ASSIGN_UUID -> uuid(request);
            default -> header(request, GpuResponse.OK_NODATA, GpuHeader.LENGTH_BYTES);
        };
    }

    /** The header of the answer, and zeros behind it. */
    private static byte[] header(byte[] request, int type, int lengthBytes) {
        byte[] answer = Arrays.copyOf(Arrays.copyOf(request, GpuHeader.LENGTH_BYTES), lengthBytes);
        fields(answer).putInt(GpuHeader.TYPE, type);
        return answer;
    }

    private static ByteBuffer fields(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] displays(byte[] request) {
        byte[] bytes = header(request, GpuResponse.OK_DISPLAY_INFO, DisplayInfo.LENGTH_BYTES);
        ByteBuffer answer = fields(bytes);
        for (int scanout = 0; scanout < SCANOUTS; scanout++) {
            int at = DisplayInfo.MODES + scanout * DisplayInfo.MODE_BYTES;
            answer.putInt(at + DisplayInfo.MODE_RECT + GpuLayout.Rect.X, scanout * WIDTH);
            answer.putInt(at + DisplayInfo.MODE_RECT + GpuLayout.Rect.WIDTH, WIDTH);
            answer.putInt(at + DisplayInfo.MODE_RECT + GpuLayout.Rect.HEIGHT, HEIGHT);
            answer.putInt(at + DisplayInfo.MODE_ENABLED, 1);
        }
        return bytes;
    }

    /** A block of header and checksum: it tells nothing of the display. */
    private static byte[] edid(byte[] request) {
        byte[] bytes = header(request, GpuResponse.OK_EDID, GpuEdidLayout.RESPONSE_BYTES);
        ByteBuffer answer = fields(bytes);
        answer.putInt(GpuEdidLayout.SIZE, EDID_BYTES);
        answer.put(GpuEdidLayout.EDID, EDID_HEADER);
        int sum = 6 * 0xFF;
        answer.put(GpuEdidLayout.EDID + EDID_BYTES - 1, (byte) -sum);
        return bytes;
    }

    private static byte[] uuid(byte[] request) {
        byte[] bytes = header(request, GpuResponse.OK_RESOURCE_UUID, ResourceUuid.LENGTH_BYTES);
        ByteBuffer answer = fields(bytes);
        byte[] uuid = new byte[ResourceUuid.UUID_BYTES];
        Arrays.fill(uuid, uuidByte(le32(request, GpuLayout.ResourceOnly.RESOURCE_ID)));
        answer.put(ResourceUuid.UUID, uuid);
        return bytes;
    }
}
