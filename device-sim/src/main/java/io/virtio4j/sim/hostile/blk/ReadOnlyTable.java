// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import static io.virtio4j.sim.hostile.blk.BlkRequests.header;
import static io.virtio4j.sim.hostile.blk.BlkRequests.out;
import static io.virtio4j.sim.hostile.blk.BlkRequests.pattern;
import static io.virtio4j.sim.hostile.blk.BlkRequests.segment;
import static io.virtio4j.sim.hostile.blk.BlkRequests.toDevice;

import io.virtio4j.sim.hostile.request.RequestChain;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestType;
import java.util.stream.Stream;

/**
 * Everything that would change a disk, sent to one that is read-only.
 *
 * <p>VirtIO 1.2, 5.2.6.2 Device Requirements: Device Operation.
 */
final class ReadOnlyTable {
    private static final int SECTOR = BlkRequests.SECTOR_BYTES;

    private ReadOnlyTable() {}

    static Stream<BlkRow> rows() {
        return Stream.of(
                writing("blk-ro-out", "writes a sector of a read-only disk"),
                writing("blk-ro-out-not-taken", "writes a sector of a read-only disk and has not taken RO")
                        .without(BlkFeatureBits.RO),
                BlkRow.of(
                                "blk-ro-out-whole-disk",
                                "writes 32 sectors of a read-only disk in one request",
                                disk -> out(0, pattern(32 * SECTOR, 2)),
                                BlkRow.IO_ERROR)
                        .clauses("BLK-DEV-RO-IOERR", "BLK-DEV-RO-NO-WRITE"),
                BlkRow.of(
                                "blk-ro-out-past-end",
                                "writes a read-only disk at 2^55, whose byte offset wraps to 0",
                                disk -> out(1L << 55, pattern(SECTOR, 3)),
                                BlkRow.IO_ERROR)
                        .clauses("BLK-DEV-RO-IOERR", "BLK-DEV-RO-NO-WRITE"),
                BlkRow.of(
                                "blk-ro-out-no-status",
                                "writes a read-only disk without room for a status",
                                disk -> new RequestChain()
                                        .readable(header(BlkRequestType.OUT, 0))
                                        .readable(pattern(SECTOR, 4)),
                                BlkRow.NOTHING_TO_READ)
                        .clauses("BLK-DEV-RO-NO-WRITE", "BLK-REQ-LAYOUT"),
                range("discard", BlkRequestType.DISCARD),
                range("zeroes", BlkRequestType.WRITE_ZEROES),
                range("erase", BlkRequestType.SECURE_ERASE));
    }

    private static BlkRow writing(String id, String violates) {
        return BlkRow.of(id, violates, disk -> out(3, pattern(SECTOR, 1)), BlkRow.IO_ERROR)
                .clauses("BLK-DEV-RO-IOERR", "BLK-DEV-RO-NO-WRITE");
    }

    private static BlkRow range(String name, int type) {
        return BlkRow.of(
                        "blk-ro-" + name,
                        "sends a " + name + " request to a read-only disk",
                        disk -> toDevice(type, 0, segment(0, 8, 0)),
                        BlkRow.REFUSED)
                .clauses("BLK-DEV-RO-NO-WRITE", "BLK-DEV-STATUS-CODES");
    }
}
