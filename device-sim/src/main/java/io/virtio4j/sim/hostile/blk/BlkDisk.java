// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import io.virtio4j.sim.hostile.request.Finding;
import io.virtio4j.sim.hostile.request.RequestAnswer;
import io.virtio4j.sim.hostile.request.RequestChain;
import io.virtio4j.sim.hostile.request.RequestLine;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.Features;
import java.util.Arrays;

/**
 * A block device under test as a case sees it: what it has said of itself, and what has to lie on it.
 *
 * <p>What a case does not name it must find as it was, so the disk is filled before, where it can be written, and read
 * afterwards: the sectors that a {@link DiskModel} watches.
 */
final class BlkDisk {
    /** A request of so many segments still fits into one buffer of a case. */
    static final int MOST_SEGMENTS = 1024;

    private static final int QUEUE = 0;
    private static final int GOOD_SECTORS = 8;
    private static final int SECTOR = BlkRequests.SECTOR_BYTES;

    private final RequestLine line;
    private final DiskModel model;

    /** @param line a device that is ready */
    BlkDisk(RequestLine line) {
        this.line = line;
        this.model = new DiskModel(line.configLe64(BlkConfigLayout.CAPACITY));
    }

    RequestLine line() {
        return line;
    }

    DiskModel model() {
        return model;
    }

    long capacity() {
        return model.capacitySectors();
    }

    /** A sector that is not the first. */
    long middle() {
        return capacity() / 2;
    }

    Features negotiated() {
        return line.negotiated();
    }

    boolean isReadOnly() {
        return line.offered().has(BlkFeatureBits.RO);
    }

    /** How many segments a request may have, as the device says, unsigned. */
    long maxSegments(int rangeFeature) {
        int offset = rangeFeature == BlkFeatureBits.DISCARD
                ? BlkConfigLayout.MAX_DISCARD_SEG
                : rangeFeature == BlkFeatureBits.WRITE_ZEROES
                        ? BlkConfigLayout.MAX_WRITE_ZEROES_SEG
                        : BlkConfigLayout.MAX_SECURE_ERASE_SEG;
        return Integer.toUnsignedLong(line.configLe32(offset));
    }

    RequestAnswer exchange(RequestChain chain) {
        return line.exchange(QUEUE, chain);
    }

    /** Fills the watched sectors, or, of a disk that is read-only, looks what is there. */
    void fill(long seed) {
        forEachRun((sector, sectors) -> {
            if (isReadOnly()) {
                model.put(sector, read(sector, sectors));
            } else {
                write(sector, BlkRequests.pattern(sectors * SECTOR, seed + sector));
            }
        });
    }

    /** Reads the watched sectors, and finds what must not have changed and has. */
    void check() {
        forEachRun((sector, sectors) -> {
            byte[] now = read(sector, sectors);
            for (int i = 0; i < sectors; i++) {
                byte[] here = Arrays.copyOfRange(now, i * SECTOR, (i + 1) * SECTOR);
                if (model.isKnown(sector + i) && !Arrays.equals(here, model.sector(sector + i))) {
                    throw Finding.lied("sector " + (sector + i) + " of " + capacity() + " is not what it was");
                }
            }
        });
    }

    /** The first sectors and the last one, written if the disk can be, and read. */
    void goodRequest(long seed) {
        int first = (int) Math.min(capacity(), GOOD_SECTORS);
        goodRequest(0, first, seed);
        goodRequest(capacity() - 1, 1, seed);
    }

    private void goodRequest(long sector, int sectors, long seed) {
        byte[] data = isReadOnly() ? read(sector, sectors) : BlkRequests.pattern(sectors * SECTOR, seed + sector);
        if (!isReadOnly()) {
            write(sector, data);
        }
        if (!Arrays.equals(read(sector, sectors), data)) {
            throw Finding.lied("the data of sector " + sector + " is not what was written or read before");
        }
    }

    /** Writes sectors, which the device has to do. */
    void write(long sector, byte[] data) {
        requireOk("a write of sector " + sector, exchange(BlkRequests.out(sector, data)));
        model.put(sector, data);
    }

    /** Reads sectors, which the device has to do. */
    byte[] read(long sector, int sectors) {
        RequestAnswer answer = exchange(BlkRequests.in(sector, sectors * SECTOR));
        requireOk("a read of sector " + sector, answer);
        return Arrays.copyOf(answer.writable(), sectors * SECTOR);
    }

    private static void requireOk(String what, RequestAnswer answer) {
        int status = answer.writable()[answer.writable().length - 1];
        if (status != BlkStatus.OK || answer.usedBytes() > answer.writable().length) {
            throw Finding.lied(what + " as it should be got status " + status + " and " + answer.usedBytes()
                    + " used bytes of " + answer.writable().length);
        }
    }

    /** A run of sectors on the disk. */
    private interface Run {
        void visit(long sector, int sectors);
    }

    private void forEachRun(Run run) {
        for (int i = 0; i < model.watched(); i += model.runFrom(i)) {
            run.visit(model.sectorAt(i), model.runFrom(i));
        }
    }
}
