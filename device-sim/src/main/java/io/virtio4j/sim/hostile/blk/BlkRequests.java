// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import io.virtio4j.sim.hostile.request.RequestChain;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkSegmentLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Requests as bytes, right ones and wrong ones. VirtIO 1.2, 5.2.6 Device Operation. */
final class BlkRequests {
    static final int SECTOR_BYTES = BlkRequestLayout.SECTOR_BYTES;

    private static final long PATTERN_SEED = 0x76_6972_7469_6F34L;

    private BlkRequests() {}

    static byte[] header(int type, int reserved, long sector) {
        byte[] header = new byte[BlkRequestLayout.HEADER_BYTES];
        ByteBuffer.wrap(header)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(BlkRequestLayout.TYPE, type)
                .putInt(BlkRequestLayout.RESERVED, reserved)
                .putLong(BlkRequestLayout.SECTOR, sector);
        return header;
    }

    static byte[] header(int type, long sector) {
        return header(type, 0, sector);
    }

    /** Header, data to be filled, status. */
    static RequestChain in(long sector, int dataBytes) {
        RequestChain chain = new RequestChain().readable(header(BlkRequestType.IN, sector));
        return (dataBytes > 0 ? chain.writable(dataBytes) : chain).writable(BlkRequestLayout.STATUS_BYTES);
    }

    /** Header, data to be written, status. */
    static RequestChain out(long sector, byte[] data) {
        return toDevice(BlkRequestType.OUT, sector, data);
    }

    /** A request of any type whose data, if there is any, goes to the device. */
    static RequestChain toDevice(int type, long sector, byte[] data) {
        RequestChain chain = new RequestChain().readable(header(type, sector));
        return (data.length > 0 ? chain.readable(data) : chain).writable(BlkRequestLayout.STATUS_BYTES);
    }

    static byte[] segment(long sector, int sectors, int flags) {
        byte[] segment = new byte[BlkSegmentLayout.LENGTH_BYTES];
        ByteBuffer.wrap(segment)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(BlkSegmentLayout.SECTOR, sector)
                .putInt(BlkSegmentLayout.NUM_SECTORS, sectors)
                .putInt(BlkSegmentLayout.FLAGS, flags);
        return segment;
    }

    static byte[] join(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer joined = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            joined.put(part);
        }
        return joined.array();
    }

    /** Bytes that no disk of the kit's holds by chance. */
    static byte[] pattern(int lengthBytes, long number) {
        byte[] bytes = new byte[lengthBytes];
        new Random(PATTERN_SEED + number).nextBytes(bytes);
        return bytes;
    }
}
