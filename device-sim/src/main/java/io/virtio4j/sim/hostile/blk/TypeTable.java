// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import static io.virtio4j.sim.hostile.blk.BlkRequests.header;
import static io.virtio4j.sim.hostile.blk.BlkRequests.pattern;

import io.virtio4j.sim.hostile.request.RequestChain;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkRequestType;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Every type that is none, or none without its feature, and header fields that a type does not use.
 *
 * <p>VirtIO 1.2, 5.2.6 Device Operation.
 */
final class TypeTable {
    private static final int SECTOR = BlkRequests.SECTOR_BYTES;

    /** Without a meaning: gaps in the list, codes of other times, and the bit that once asked for a barrier. */
    private static final int[] UNKNOWN = {
        2, 3, 6, 7, 9, 12, 17, 25, 27, 255, 256, 0x0100_0000, Integer.MIN_VALUE, Integer.MIN_VALUE | 1, -1
    };

    /** By their names in the specification, 1.3. */
    private static final Map<String, Integer> ZONED =
            Map.of("append", 15, "report", 16, "open", 18, "close", 20, "finish", 22, "reset", 24, "reset-all", 26);

    private TypeTable() {}

    static Stream<BlkRow> rows() {
        return Stream.of(
                        IntStream.of(UNKNOWN).mapToObj(TypeTable::unknown),
                        ZONED.entrySet().stream()
                                .sorted(Map.Entry.comparingByKey())
                                .map(TypeTable::zoned),
                        Stream.of(flushOut(), readWithReserved(), writeWithReserved()),
                        unusedSectors())
                .flatMap(rows -> rows);
    }

    /** With readable and writable data, so that there is something to get wrong. */
    private static RequestChain both(int type, long sector) {
        return new RequestChain()
                .readable(header(type, sector))
                .readable(pattern(SECTOR, type))
                .writable(SECTOR, BlkRequestLayout.STATUS_BYTES);
    }

    private static BlkRow unknown(int type) {
        return BlkRow.of(
                        "blk-type-" + Integer.toUnsignedString(type),
                        "sends a request of type " + Integer.toUnsignedString(type) + ", which is none",
                        disk -> both(type, 0),
                        BlkRow.UNSUPPORTED)
                .clauses("BLK-DEV-STATUS-CODES", "CORE-DEV-USED-LENGTH");
    }

    private static BlkRow zoned(Map.Entry<String, Integer> command) {
        return BlkRow.of(
                        "blk-type-zone-" + command.getKey(),
                        "sends the zone command " + command.getKey() + " without ZONED",
                        disk -> both(command.getValue(), 0),
                        BlkRow.UNSUPPORTED)
                .without(BlkFeatureBits.ZONED)
                .clauses("BLK-DEV-ZONE-CMDS-UNSUPP", "CORE-DEV-USED-LENGTH");
    }

    /** Once another code for a flush. */
    private static BlkRow flushOut() {
        return BlkRow.of(
                "blk-type-flush-out",
                "sends type 5, which was a flush before 1.0",
                disk -> BlkRequests.toDevice(5, 0, new byte[0]),
                BlkRow.DONE_OR_REFUSED);
    }

    private static BlkRow readWithReserved() {
        return BlkRow.of(
                        "blk-in-reserved-set",
                        "reads with every bit of the reserved field set",
                        disk -> new RequestChain()
                                .readable(header(BlkRequestType.IN, -1, 9))
                                .writable(SECTOR, 1),
                        BlkRow.DONE)
                .clauses("BLK-REQ-LAYOUT")
                .showing(new Effect.Reads(disk -> 9, 0));
    }

    private static BlkRow writeWithReserved() {
        byte[] data = pattern(SECTOR, 3);
        return BlkRow.of(
                        "blk-out-reserved-set",
                        "writes with every bit of the reserved field set",
                        disk -> new RequestChain()
                                .readable(header(BlkRequestType.OUT, -1, 9))
                                .readable(data)
                                .writable(1),
                        BlkRow.DONE)
                .clauses("BLK-REQ-LAYOUT")
                .showing(new Effect.Writes(disk -> 9, data));
    }

    /** The sector means something in reads and writes only. */
    private static Stream<BlkRow> unusedSectors() {
        Set<Integer> servedOrNot = BlkRow.DONE_OR_REFUSED;
        return Stream.of(
                BlkRow.of(
                                "blk-flush-sector-set",
                                "flushes sector 2^64-1",
                                disk -> BlkRequests.toDevice(BlkRequestType.FLUSH, -1, new byte[0]),
                                servedOrNot)
                        .clauses("BLK-DRV-FLUSH-SECTOR-ZERO", "BLK-REQ-SECTOR-UNUSED-ZERO"),
                BlkRow.of(
                                "blk-get-id-sector-set",
                                "asks for the id of sector 2^64-1",
                                disk -> new RequestChain()
                                        .readable(header(BlkRequestType.GET_ID, -1))
                                        .writable(BlkRequestLayout.ID_BYTES, 1),
                                servedOrNot)
                        .clauses("BLK-REQ-SECTOR-UNUSED-ZERO"),
                BlkRow.of(
                                "blk-type-unknown-sector-set",
                                "sends a request of no type for sector 2^64-1",
                                disk -> both(255, -1),
                                BlkRow.UNSUPPORTED)
                        .clauses("BLK-REQ-SECTOR-UNUSED-ZERO", "BLK-DEV-STATUS-CODES"));
    }
}
