// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * What is written to a disk whose process is killed: the same writes for whoever has the seed, numbered from 1. A sector
 * tells which write it is from.
 */
final class CrashLoad {
    static final int SECTORS = 384;
    private static final int MAX_SECTORS = 12;

    private final Random random;
    private long serial;
    private int sector;
    private int sectors;

    CrashLoad(long seed) {
        this.random = new Random(seed);
    }

    /** Goes to the next write. */
    void next() {
        serial++;
        sectors = 1 + random.nextInt(MAX_SECTORS);
        sector = random.nextInt(SECTORS - sectors + 1);
    }

    long serial() {
        return serial;
    }

    int sector() {
        return sector;
    }

    int sectors() {
        return sectors;
    }

    byte[] data() {
        byte[] data = new byte[sectors * 512];
        for (int i = 0; i < sectors; i++) {
            System.arraycopy(sectorOf(serial, sector + i), 0, data, i * 512, 512);
        }
        return data;
    }

    /** A sector as one write leaves it; write 0 is the disk before the first. */
    static byte[] sectorOf(long serial, int sector) {
        byte[] bytes = new byte[512];
        if (serial != 0) {
            new Random(serial * SECTORS + sector).nextBytes(bytes);
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(serial);
        }
        return bytes;
    }

    static long serialOf(byte[] disk, int sector) {
        return ByteBuffer.wrap(disk).order(ByteOrder.LITTLE_ENDIAN).getLong(sector * 512);
    }
}
