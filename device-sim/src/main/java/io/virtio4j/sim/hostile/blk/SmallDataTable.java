// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import static io.virtio4j.sim.hostile.blk.BlkRequests.header;
import static io.virtio4j.sim.hostile.blk.BlkRequests.pattern;

import io.virtio4j.sim.hostile.request.RequestChain;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkLifetimeLayout;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkRequestType;
import java.util.List;
import java.util.stream.Stream;

/**
 * The id, the lifetime and the flush, with more data than they have, less, or none.
 *
 * <p>VirtIO 1.2, 5.2.6 Device Operation.
 */
final class SmallDataTable {
    private static final int SECTOR = BlkRequests.SECTOR_BYTES;
    private static final int ID = BlkRequestLayout.ID_BYTES;
    private static final int LIFETIME = BlkLifetimeLayout.LENGTH_BYTES;

    private SmallDataTable() {}

    static Stream<BlkRow> rows() {
        return Stream.of(
                        List.of(0, 1, ID - 1, ID + 1, SECTOR).stream().map(SmallDataTable::idOfLength),
                        List.of(0, 1, LIFETIME - 1, LIFETIME + 1, SECTOR).stream()
                                .map(SmallDataTable::lifetimeOfLength),
                        Stream.of(idInBytes(), idWithReadableData(), lifetimeInBytes(), lifetimeNotTaken()),
                        flushes())
                .flatMap(rows -> rows);
    }

    private static RequestChain fromDevice(int type, int dataBytes) {
        RequestChain chain = new RequestChain().readable(header(type, 0));
        return (dataBytes > 0 ? chain.writable(dataBytes) : chain).writable(BlkRequestLayout.STATUS_BYTES);
    }

    /** Which part of an id of 20 bytes is given where there is no room for it, or too much, no clause says. */
    private static BlkRow idOfLength(int length) {
        return BlkRow.of(
                        "blk-get-id-" + length + "-bytes",
                        "asks for the id with room for " + length + " bytes",
                        disk -> fromDevice(BlkRequestType.GET_ID, length),
                        BlkRow.DONE_OR_REFUSED)
                .clauses("BLK-DRV-GET-ID-20", "CORE-DEV-USED-LENGTH")
                .showing(Answers.ID);
    }

    private static BlkRow idInBytes() {
        return BlkRow.of(
                        "blk-get-id-in-bytes",
                        "asks for the id in 20 descriptors of a byte",
                        disk -> {
                            RequestChain chain = new RequestChain().readable(header(BlkRequestType.GET_ID, 0));
                            for (int i = 0; i < ID; i++) {
                                chain.writable(1);
                            }
                            return chain.writable(1);
                        },
                        BlkRow.DONE)
                .clauses("BLK-DEV-GET-ID-FORMAT", "SPLIT-DEV-NO-FRAMING-ASSUMPTION")
                .showing(Answers.ID);
    }

    private static BlkRow idWithReadableData() {
        return BlkRow.of(
                        "blk-get-id-with-readable-data",
                        "asks for the id and hands over a readable sector",
                        disk -> new RequestChain()
                                .readable(header(BlkRequestType.GET_ID, 0))
                                .readable(pattern(SECTOR, 7))
                                .writable(ID, 1),
                        BlkRow.DONE_OR_REFUSED)
                .clauses("BLK-DEV-GET-ID-FORMAT", "SPLIT-DEV-NO-WRITE-READABLE", "PACKED-DEV-NO-WRITE-READABLE")
                .showing(Answers.ID);
    }

    private static BlkRow lifetimeOfLength(int length) {
        return BlkRow.of(
                        "blk-lifetime-" + length + "-bytes",
                        "asks for the lifetime with room for " + length + " bytes",
                        disk -> fromDevice(BlkRequestType.GET_LIFETIME, length),
                        BlkRow.DONE_OR_REFUSED)
                .needing(BlkFeatureBits.LIFETIME)
                .clauses("BLK-DEV-LIFETIME-FORMAT", "CORE-DEV-USED-LENGTH")
                .showing(Answers.LIFETIME);
    }

    private static BlkRow lifetimeInBytes() {
        return BlkRow.of(
                        "blk-lifetime-in-bytes",
                        "asks for the lifetime in descriptors of a byte",
                        disk -> new RequestChain()
                                .readable(header(BlkRequestType.GET_LIFETIME, 0))
                                .writable(1, 1, 1, 1, 1, 1, 1),
                        BlkRow.DONE)
                .needing(BlkFeatureBits.LIFETIME)
                .clauses("BLK-DEV-LIFETIME-FORMAT", "BLK-DEV-LIFETIME-NO-RESERVED", "SPLIT-DEV-NO-FRAMING-ASSUMPTION")
                .showing(Answers.LIFETIME);
    }

    private static BlkRow lifetimeNotTaken() {
        return BlkRow.of(
                        "blk-lifetime-not-negotiated",
                        "asks for the lifetime without having taken the feature",
                        disk -> fromDevice(BlkRequestType.GET_LIFETIME, LIFETIME),
                        BlkRow.UNSUPPORTED)
                .without(BlkFeatureBits.LIFETIME)
                .clauses("BLK-DEV-STATUS-CODES");
    }

    private static Stream<BlkRow> flushes() {
        return Stream.of(
                BlkRow.of(
                                "blk-flush-readable-data",
                                "flushes with a sector of data to be written",
                                disk -> BlkRequests.toDevice(BlkRequestType.FLUSH, 0, pattern(SECTOR, 8)),
                                BlkRow.DONE_OR_REFUSED)
                        .clauses("BLK-DRV-FLUSH-NO-DATA"),
                BlkRow.of(
                                "blk-flush-writable-data",
                                "flushes with room for a sector of data",
                                disk -> fromDevice(BlkRequestType.FLUSH, SECTOR),
                                BlkRow.DONE_OR_REFUSED)
                        .clauses("BLK-DRV-FLUSH-NO-DATA", "CORE-DEV-USED-LENGTH"),
                BlkRow.of(
                                "blk-flush-not-negotiated",
                                "flushes without having taken the feature",
                                disk -> fromDevice(BlkRequestType.FLUSH, 0),
                                BlkRow.DONE_OR_REFUSED)
                        .without(BlkFeatureBits.FLUSH)
                        .clauses("BLK-DEV-STATUS-CODES", "BLK-DRV-FLUSH-IF-CAPABLE"));
    }
}
