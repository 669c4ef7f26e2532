// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import static io.virtio4j.sim.hostile.blk.BlkRequests.header;
import static io.virtio4j.sim.hostile.blk.BlkRequests.in;
import static io.virtio4j.sim.hostile.blk.BlkRequests.out;
import static io.virtio4j.sim.hostile.blk.BlkRequests.pattern;

import io.virtio4j.sim.hostile.request.RequestChain;
import io.virtio4j.wire.BlkRequestType;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads and writes of lengths that no driver may ask for, and with data that goes the wrong way.
 *
 * <p>VirtIO 1.2, 5.2.6.1 Driver Requirements: Device Operation: data of reads and writes in multiples of 512 bytes.
 */
final class LengthTable {
    private static final int SECTOR = BlkRequests.SECTOR_BYTES;
    private static final List<Integer> ODD_LENGTHS = List.of(1, SECTOR - 1, SECTOR + 1, 2 * SECTOR - 1, 8 * SECTOR + 8);

    private LengthTable() {}

    static Stream<BlkRow> rows() {
        return Stream.concat(
                ODD_LENGTHS.stream().flatMap(length -> Stream.of(oddRead(length), oddWrite(length))),
                Stream.of(
                        BlkRow.of("blk-in-empty", "reads no sector at all", disk -> in(0, 0), BlkRow.DONE_OR_REFUSED)
                                .clauses("BLK-REQ-LAYOUT", "BLK-DRV-DATA-512"),
                        BlkRow.of(
                                        "blk-in-empty-past-end",
                                        "reads no sector, at 2^64-1",
                                        disk -> in(-1, 0),
                                        BlkRow.DONE_OR_REFUSED)
                                .clauses("BLK-DRV-WITHIN-CAPACITY", "BLK-REQ-LAYOUT"),
                        BlkRow.of(
                                        "blk-out-empty",
                                        "writes no sector at all",
                                        disk -> out(0, new byte[0]),
                                        BlkRow.DONE_OR_REFUSED)
                                .clauses("BLK-REQ-LAYOUT", "BLK-DRV-DATA-512"),
                        BlkRow.of(
                                        "blk-out-empty-past-end",
                                        "writes no sector, at 2^64-1",
                                        disk -> out(-1, new byte[0]),
                                        BlkRow.DONE_OR_REFUSED)
                                .clauses("BLK-DRV-WITHIN-CAPACITY", "BLK-REQ-LAYOUT"),
                        readWithReadableData(),
                        writeWithWritableData(),
                        writeWithWritableDataOnly()));
    }

    private static BlkRow oddRead(int lengthBytes) {
        return BlkRow.of(
                        "blk-in-" + lengthBytes + "-bytes",
                        "reads " + lengthBytes + " bytes, which are no whole sectors",
                        disk -> in(0, lengthBytes),
                        BlkRow.REFUSED)
                .clauses("BLK-DRV-DATA-512", "CORE-DEV-USED-LENGTH");
    }

    /** What of the named sectors a refused write leaves behind is nobody's business; what lies after them is. */
    private static BlkRow oddWrite(int lengthBytes) {
        byte[] data = pattern(lengthBytes, lengthBytes);
        int sectors = (lengthBytes + SECTOR - 1) / SECTOR;
        return BlkRow.of(
                        "blk-out-" + lengthBytes + "-bytes",
                        "writes " + lengthBytes + " bytes, which are no whole sectors",
                        disk -> out(3, data),
                        BlkRow.REFUSED)
                .clauses("BLK-DRV-DATA-512", "BLK-DEV-STATUS-CODES")
                .showing(new Effect.Forgets(disk -> 3, disk -> sectors));
    }

    private static BlkRow readWithReadableData() {
        return BlkRow.of(
                        "blk-in-with-readable-data",
                        "reads a sector and hands over a readable one as well",
                        disk -> new RequestChain()
                                .readable(header(BlkRequestType.IN, 5))
                                .readable(pattern(SECTOR, 1))
                                .writable(SECTOR, 1),
                        BlkRow.DONE_OR_REFUSED)
                .clauses("BLK-REQ-LAYOUT", "SPLIT-DEV-NO-WRITE-READABLE", "PACKED-DEV-NO-WRITE-READABLE")
                .showing(new Effect.Reads(disk -> 5, 0));
    }

    private static BlkRow writeWithWritableData() {
        byte[] data = pattern(SECTOR, 2);
        return BlkRow.of(
                        "blk-out-with-writable-data",
                        "writes a sector and offers room for one as well",
                        disk -> new RequestChain()
                                .readable(header(BlkRequestType.OUT, 6))
                                .readable(data)
                                .writable(SECTOR, 1),
                        BlkRow.DONE_OR_REFUSED)
                .clauses("BLK-REQ-LAYOUT", "CORE-DEV-USED-LENGTH")
                .showing(new Effect.Writes(disk -> 6, data));
    }

    private static BlkRow writeWithWritableDataOnly() {
        return BlkRow.of(
                        "blk-out-writable-data-only",
                        "writes a sector whose data the device is to write itself",
                        disk -> new RequestChain()
                                .readable(header(BlkRequestType.OUT, 6))
                                .writable(SECTOR, 1),
                        BlkRow.DONE_OR_REFUSED)
                .clauses("BLK-REQ-LAYOUT", "CORE-DEV-USED-LENGTH");
    }
}
