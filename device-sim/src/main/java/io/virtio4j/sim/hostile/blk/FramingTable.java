// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import static io.virtio4j.sim.hostile.blk.BlkRequests.header;
import static io.virtio4j.sim.hostile.blk.BlkRequests.join;
import static io.virtio4j.sim.hostile.blk.BlkRequests.pattern;

import io.virtio4j.sim.hostile.request.RequestChain;
import io.virtio4j.wire.BlkRequestType;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Requests that are cut into descriptors in odd ways, which is allowed, and requests of which a part is missing, which is
 * not.
 *
 * <p>VirtIO 1.2, 2.7.4 Message Framing and 5.2.6 Device Operation.
 */
final class FramingTable {
    private static final int SECTOR = BlkRequests.SECTOR_BYTES;
    private static final int[] ONE_BYTE_EACH = ones(15);
    private static final byte[] DATA = pattern(2 * SECTOR, 4);

    private FramingTable() {}

    private static int[] ones(int count) {
        int[] ones = new int[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    static Stream<BlkRow> rows() {
        return Stream.of(cutReads(), cutWrites(), missingParts(), missingHeaders(), overlaps())
                .flatMap(rows -> rows);
    }

    private static byte[] read(long sector) {
        return header(BlkRequestType.IN, sector);
    }

    private static byte[] write(long sector) {
        return header(BlkRequestType.OUT, sector);
    }

    private static Stream<BlkRow> cutReads() {
        return Stream.of(
                cutRead(
                        "header-in-bytes",
                        "sends the header in 16 descriptors",
                        () -> new RequestChain()
                                .readableCut(read(7), ONE_BYTE_EACH)
                                .writable(2 * SECTOR, 1)),
                cutRead(
                        "header-odd",
                        "cuts the header inside each field",
                        () -> new RequestChain().readableCut(read(7), 3, 2, 6).writable(2 * SECTOR, 1)),
                cutRead(
                        "status-with-data",
                        "has one descriptor for data and status",
                        () -> new RequestChain().readable(read(7)).writable(2 * SECTOR + 1)),
                cutRead(
                        "status-with-last-byte",
                        "puts the last byte of data with the status",
                        () -> new RequestChain().readable(read(7)).writable(2 * SECTOR - 1, 2)),
                cutRead(
                        "data-odd",
                        "cuts the data inside sectors",
                        () -> new RequestChain().readable(read(7)).writable(1, 510, 2, 511, 1)));
    }

    private static BlkRow cutRead(String name, String violates, Supplier<RequestChain> request) {
        return BlkRow.of("blk-in-" + name, "reads and " + violates, disk -> request.get(), BlkRow.DONE)
                .clauses("SPLIT-DEV-NO-FRAMING-ASSUMPTION", "BLK-REQ-LAYOUT")
                .showing(new Effect.Reads(disk -> 7, 0));
    }

    private static Stream<BlkRow> cutWrites() {
        return Stream.of(
                cutWrite(
                        "one-readable",
                        "has one descriptor for header and data",
                        () -> new RequestChain().readable(join(write(7), DATA)).writable(1)),
                cutWrite(
                        "header-in-bytes",
                        "sends the header in 16 descriptors",
                        () -> new RequestChain()
                                .readableCut(write(7), ONE_BYTE_EACH)
                                .readable(DATA)
                                .writable(1)),
                cutWrite(
                        "header-with-data",
                        "puts the last byte of the header with the data",
                        () -> new RequestChain()
                                .readableCut(join(write(7), DATA), 15)
                                .writable(1)),
                cutWrite(
                        "data-odd",
                        "cuts the data inside sectors",
                        () -> new RequestChain()
                                .readableCut(join(write(7), DATA), 17, 510, 2, 300)
                                .writable(1)));
    }

    private static BlkRow cutWrite(String name, String violates, Supplier<RequestChain> request) {
        return BlkRow.of("blk-out-" + name, "writes and " + violates, disk -> request.get(), BlkRow.DONE)
                .clauses("SPLIT-DEV-NO-FRAMING-ASSUMPTION", "BLK-REQ-LAYOUT")
                .showing(new Effect.Writes(disk -> 7, DATA));
    }

    /** Without a byte to write, a device can say nothing; whether it does the request is its own affair. */
    private static Stream<BlkRow> missingParts() {
        byte[] oneSector = pattern(SECTOR, 5);
        return Stream.of(
                BlkRow.of(
                                "blk-out-no-status",
                                "writes without a descriptor for the status",
                                disk -> new RequestChain().readable(write(8)).readable(oneSector),
                                BlkRow.NOTHING_TO_READ)
                        .clauses("BLK-REQ-LAYOUT", "CORE-DEV-USED-LENGTH")
                        .showing(new Effect.Writes(disk -> 8, oneSector)),
                BlkRow.of(
                                "blk-in-no-status",
                                "reads no sector and has no descriptor for the status",
                                disk -> new RequestChain().readable(read(0)),
                                BlkRow.NOTHING_TO_READ)
                        .clauses("BLK-REQ-LAYOUT", "CORE-DEV-USED-LENGTH"),
                BlkRow.of(
                                "blk-in-status-readable",
                                "reads and marks data and status as readable",
                                disk -> new RequestChain()
                                        .readable(read(0))
                                        .readable(new byte[SECTOR])
                                        .readable(new byte[1]),
                                BlkRow.NOTHING_TO_READ)
                        .clauses("SPLIT-DEV-NO-WRITE-READABLE", "PACKED-DEV-NO-WRITE-READABLE"),
                BlkRow.of(
                                "blk-get-id-status-readable",
                                "asks for the id in a readable descriptor",
                                disk -> new RequestChain()
                                        .readable(header(BlkRequestType.GET_ID, 0))
                                        .readable(new byte[21]),
                                BlkRow.NOTHING_TO_READ)
                        .clauses("SPLIT-DEV-NO-WRITE-READABLE", "PACKED-DEV-NO-WRITE-READABLE"),
                BlkRow.of(
                                "blk-in-sector-takes-status",
                                "reads with room for a sector of data and for no status",
                                disk -> new RequestChain().readable(read(0)).writable(SECTOR),
                                BlkRow.REFUSED)
                        .clauses("BLK-DRV-DATA-512", "BLK-REQ-LAYOUT"));
    }

    private static Stream<BlkRow> missingHeaders() {
        return List.of(0, 1, 8, 15).stream()
                .map(length -> BlkRow.of(
                                "blk-header-" + length + "-bytes",
                                "sends a header of " + length + " bytes",
                                disk -> length == 0
                                        ? new RequestChain().writable(SECTOR, 1)
                                        : new RequestChain()
                                                .readable(Arrays.copyOf(read(0), length))
                                                .writable(SECTOR, 1),
                                BlkRow.MALFORMED)
                        .clauses("BLK-REQ-LAYOUT", "CORE-DEV-USED-LENGTH"));
    }

    /** Buffers on top of each other: a device that has taken what it needs once gets it right. */
    private static Stream<BlkRow> overlaps() {
        return Stream.of(
                BlkRow.of(
                                "blk-in-data-over-header",
                                "reads a sector onto the header of its own request",
                                disk -> new RequestChain()
                                        .readable(join(read(11), new byte[SECTOR]))
                                        .writableOver(0, 0, SECTOR)
                                        .writable(1),
                                BlkRow.DONE_OR_REFUSED)
                        .clauses("BLK-REQ-LAYOUT")
                        .showing(new Effect.Reads(disk -> 11, 0)),
                BlkRow.of(
                                "blk-in-status-over-data",
                                "reads and has the status on top of the last byte of data",
                                disk -> new RequestChain()
                                        .readable(read(11))
                                        .writable(SECTOR)
                                        .writableOver(1, SECTOR - 1, 1),
                                BlkRow.DONE)
                        .clauses("BLK-REQ-LAYOUT")
                        .showing(new Effect.Reads(disk -> 11, 1)),
                BlkRow.of(
                                "blk-in-status-over-type",
                                "reads past the end and has the status on top of the header's type",
                                disk -> new RequestChain()
                                        .readable(read(disk.capacity()))
                                        .writable(SECTOR)
                                        .writableOver(0, 0, 1),
                                BlkRow.IO_ERROR)
                        .clauses("BLK-REQ-LAYOUT", "BLK-DEV-STATUS-CODES"),
                BlkRow.of(
                                "blk-out-status-over-data",
                                "writes and has the status on top of the data",
                                disk -> new RequestChain()
                                        .readable(write(12))
                                        .readable(pattern(SECTOR, 6))
                                        .writableOver(1, 100, 1),
                                BlkRow.DONE)
                        .clauses("BLK-REQ-LAYOUT")
                        .showing(new Effect.Writes(disk -> 12, pattern(SECTOR, 6))));
    }
}
