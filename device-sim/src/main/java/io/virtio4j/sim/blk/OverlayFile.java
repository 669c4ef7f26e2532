// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Where things lie in an overlay's file; little-endian, lengths in bytes.
 *
 * <pre>
 *   0     magic "virtio4j overlay"        16
 *   16    version, 1                       4
 *   20    bytes of a block, 4096           4
 *   24    length of the disk               8
 *   4096  the map: bit b of the le64 at 4096 + 8 (b / 64) says that block b is the overlay's
 *   data  block b at data + 4096 b, where data is the end of the map, rounded up to 4096
 * </pre>
 */
final class OverlayFile {
    static final int BLOCK_BYTES = 4096;

    private static final byte[] MAGIC = "virtio4j overlay".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 32;
    private static final int MAP = 4096;

    private OverlayFile() {}

    static long mapPosition() {
        return MAP;
    }

    static long dataPosition(OverlayMap map) {
        return MAP + roundUp(map.lengthBytes());
    }

    static long blocks(long diskBytes) {
        return roundUp(diskBytes) / BLOCK_BYTES;
    }

    private static long roundUp(long bytes) {
        return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    }

    /** Makes an empty file an overlay that has no block of its own. */
    static void format(ImageFile file, OverlayMap map, long diskBytes) throws IOException {
        file.lengthen(dataPosition(map) + roundUp(diskBytes));
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.put(MAGIC).putInt(VERSION).putInt(BLOCK_BYTES).putLong(diskBytes).flip();
        file.write(header, 0);
        file.force();
    }

    /**
     * Checks that a file is an overlay of a disk of a length.
     *
     * @throws IOException if it is something else
     */
    static void check(ImageFile file, OverlayMap map, long diskBytes) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if (file.lengthBytes() < HEADER_BYTES) {
            throw new IOException(file.path() + " is not an overlay: it has " + file.lengthBytes() + " bytes");
        }
        file.read(header, 0);
        header.flip();
        byte[] magic = new byte[MAGIC.length];
        header.get(magic);
        int version = header.getInt();
        int blockBytes = header.getInt();
        if (!Arrays.equals(magic, MAGIC) || version != VERSION || blockBytes != BLOCK_BYTES) {
            throw new IOException(file.path() + " is not an overlay of version " + VERSION);
        }
        long madeFor = header.getLong();
        if (madeFor != diskBytes || file.lengthBytes() < dataPosition(map) + roundUp(diskBytes)) {
            throw new IOException(file.path() + ", of " + file.lengthBytes() + " bytes, is an overlay of a disk of "
                    + madeFor + " bytes, and the base has " + diskBytes);
        }
    }
}
