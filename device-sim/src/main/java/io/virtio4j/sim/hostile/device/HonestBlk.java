// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkLifetimeLayout;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkSegmentLayout;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A small disk, for drivers that are right: what they ask for is there. VirtIO 1.2, 5.2 Block Device. */
public final class HonestBlk implements HonestDevice {
    /** How long the disk is, in sectors of 512 bytes. */
    public static final int CAPACITY_SECTORS = 64;

    private static final byte[] ID = "kit-disk".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_RANGE_SECTORS = 8;
    private static final int MAX_RANGES = 4;

    private final byte[] disk = new byte[CAPACITY_SECTORS * BlkRequestLayout.SECTOR_BYTES];

    /** Makes a disk of zeros. */
    public HonestBlk() {}

    @Override
    public int deviceId() {
        return DeviceId.BLOCK;
    }

    @Override
    public Features features() {
        return Features.of(
                BlkFeatureBits.BLK_SIZE,
                BlkFeatureBits.TOPOLOGY,
                BlkFeatureBits.FLUSH,
                BlkFeatureBits.CONFIG_WCE,
                BlkFeatureBits.DISCARD,
                BlkFeatureBits.WRITE_ZEROES,
                BlkFeatureBits.LIFETIME);
    }

    @Override
    public byte[] config() {
        return ByteBuffer.allocate(BlkConfigLayout.LENGTH_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(BlkConfigLayout.CAPACITY, CAPACITY_SECTORS)
                .putInt(BlkConfigLayout.BLK_SIZE, BlkRequestLayout.SECTOR_BYTES)
                .put(BlkConfigLayout.WRITEBACK, (byte) 1)
                .putShort(BlkConfigLayout.NUM_QUEUES, (short) 1)
                .putInt(BlkConfigLayout.MAX_DISCARD_SECTORS, MAX_RANGE_SECTORS)
                .putInt(BlkConfigLayout.MAX_DISCARD_SEG, MAX_RANGES)
                .putInt(BlkConfigLayout.DISCARD_SECTOR_ALIGNMENT, 1)
                .putInt(BlkConfigLayout.MAX_WRITE_ZEROES_SECTORS, MAX_RANGE_SECTORS)
                .putInt(BlkConfigLayout.MAX_WRITE_ZEROES_SEG, MAX_RANGES)
                .array();
    }

    @Override
    public int queueCount() {
        return 1;
    }

    @Override
    public byte[] answer(int queueIndex, byte[] request, int roomBytes) {
        byte[] answer = new byte[roomBytes];
        ByteBuffer fields = ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN);
        int at = (int) fields.getLong(BlkRequestLayout.SECTOR) * BlkRequestLayout.SECTOR_BYTES;
        int dataBytes = request.length - BlkRequestLayout.HEADER_BYTES;
        int status = BlkStatus.OK;
        switch (fields.getInt(BlkRequestLayout.TYPE)) {
            case BlkRequestType.IN -> System.arraycopy(disk, at, answer, 0, roomBytes - 1);
            case BlkRequestType.OUT -> System.arraycopy(request, BlkRequestLayout.HEADER_BYTES, disk, at, dataBytes);
            case BlkRequestType.GET_ID -> System.arraycopy(ID, 0, answer, 0, ID.length);
            case BlkRequestType.GET_LIFETIME -> answer[BlkLifetimeLayout.PRE_EOL_INFO] = 1;
            case BlkRequestType.DISCARD, BlkRequestType.WRITE_ZEROES -> zero(fields);
            case BlkRequestType.FLUSH -> {
                // What was written is there.
            }
            default -> status = BlkStatus.UNSUPP;
        }
        answer[roomBytes - 1] = (byte) status;
        return answer;
    }

    private void zero(ByteBuffer fields) {
        for (int at = BlkRequestLayout.HEADER_BYTES; at < fields.limit(); at += BlkSegmentLayout.LENGTH_BYTES) {
            int first = (int) fields.getLong(at + BlkSegmentLayout.SECTOR) * BlkRequestLayout.SECTOR_BYTES;
            int lengthBytes = fields.getInt(at + BlkSegmentLayout.NUM_SECTORS) * BlkRequestLayout.SECTOR_BYTES;
            Arrays.fill(disk, first, first + lengthBytes, (byte) 0);
        }
    }
}
