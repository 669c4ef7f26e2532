// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import static io.virtio4j.sim.hostile.blk.BlkRequests.header;
import static io.virtio4j.sim.hostile.blk.BlkRequests.join;
import static io.virtio4j.sim.hostile.blk.BlkRequests.segment;
import static io.virtio4j.sim.hostile.blk.BlkRequests.toDevice;

import io.virtio4j.sim.hostile.request.RequestChain;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkSegmentLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Discard, write-zeroes and secure-erase requests whose segments are not what they must be.
 *
 * <p>What a segment names may have changed once the request has failed; a flag that is none means that nothing was done.
 * VirtIO 1.2, 5.2.6.2 Device Requirements: Device Operation.
 */
final class RangeTable {
    private static final int UNMAP = BlkSegmentLayout.FLAG_UNMAP;

    /** A request that names ranges. */
    private enum Kind {
        DISCARD(BlkRequestType.DISCARD, BlkFeatureBits.DISCARD, "BLK-DRV-DISCARD-SEGS", "BLK-DEV-STATUS-CODES"),
        ZEROES(
                BlkRequestType.WRITE_ZEROES,
                BlkFeatureBits.WRITE_ZEROES,
                "BLK-DRV-WZEROES-SEGS",
                "BLK-DEV-WZEROES-READ-ZERO"),
        ERASE(
                BlkRequestType.SECURE_ERASE,
                BlkFeatureBits.SECURE_ERASE,
                "BLK-DRV-SECERASE-SEGS",
                "BLK-DEV-STATUS-CODES");

        private final int type;
        private final int feature;
        private final String segmentsClause;

        /** What is promised of its sectors once it is done: of one of them only, else that it says whether it is. */
        private final String outcomeClause;

        Kind(int type, int feature, String segmentsClause, String outcomeClause) {
            this.type = type;
            this.feature = feature;
            this.segmentsClause = segmentsClause;
            this.outcomeClause = outcomeClause;
        }

        private String words() {
            return name().toLowerCase(Locale.ROOT);
        }

        private String id(String what) {
            return "blk-" + words() + "-" + what;
        }

        private BlkRow row(String name, String violates, Function<BlkDisk, byte[]> segments, Set<Integer> statuses) {
            return BlkRow.of(
                            id(name),
                            "sends a " + words() + " request " + violates,
                            disk -> toDevice(type, 0, segments.apply(disk)),
                            statuses)
                    .needing(feature);
        }

        /** What is there once it is done: zeroes are promised for one of them only. */
        private Effect effect(ToLongFunction<BlkDisk> sector, ToLongFunction<BlkDisk> sectors) {
            return this == ZEROES ? new Effect.Zeroes(sector, sectors) : new Effect.Forgets(sector, sectors);
        }
    }

    private RangeTable() {}

    static Stream<BlkRow> rows() {
        return Arrays.stream(Kind.values())
                .flatMap(kind -> Stream.of(flags(kind), places(kind), lengths(kind), shapes(kind), negotiation(kind))
                        .flatMap(rows -> rows));
    }

    private static Stream<BlkRow> flags(Kind kind) {
        Stream<BlkRow> undefined = Stream.of(
                flag(kind, "flag-bit-1", "with flag bit 1 set", segment(0, 8, 2)),
                flag(kind, "flag-bit-31", "with flag bit 31 set", segment(0, 8, Integer.MIN_VALUE)),
                flag(kind, "flags-all", "with every flag set", segment(0, 8, -1)),
                flag(
                        kind,
                        "flag-second-segment",
                        "whose second segment has flag bit 4 set",
                        join(segment(0, 8, 0), segment(16, 8, 1 << 4))),
                flag(kind, "flag-empty-segment", "whose segment of no sectors has flag bit 1 set", segment(0, 0, 2)));
        return Stream.concat(undefined, Stream.of(unmap(kind)));
    }

    private static BlkRow flag(Kind kind, String name, String violates, byte[] segments) {
        return kind.row(name, violates, disk -> segments, BlkRow.UNSUPPORTED).clauses("BLK-DEV-UNKNOWN-FLAG-UNSUPP");
    }

    private static BlkRow unmap(Kind kind) {
        return switch (kind) {
            case DISCARD ->
                kind.row("flag-unmap", "with the unmap flag set", disk -> segment(0, 8, UNMAP), BlkRow.UNSUPPORTED)
                        .clauses("BLK-DEV-DISCARD-UNMAP-UNSUPP", "BLK-DRV-DISCARD-NO-UNMAP");
            case ZEROES ->
                kind.row("flag-unmap", "with the unmap flag set", disk -> segment(0, 8, UNMAP), BlkRow.DONE)
                        .clauses("BLK-DEV-WZEROES-READ-ZERO")
                        .showing(new Effect.Zeroes(disk -> 0, disk -> 8));
            case ERASE ->
                kind.row("flag-unmap", "with the unmap flag set", disk -> segment(0, 8, UNMAP), BlkRow.DONE_OR_REFUSED)
                        .clauses("BLK-DEV-UNKNOWN-FLAG-UNSUPP")
                        .showing(new Effect.Forgets(disk -> 0, disk -> 8));
        };
    }

    private static Stream<BlkRow> places(Kind kind) {
        return Stream.of(
                place(kind, "at-capacity", "of one sector at capacity", BlkDisk::capacity, 1),
                place(kind, "across-end", "of the last sector and one more", disk -> disk.capacity() - 1, 2),
                place(kind, "2-to-54", "of a sector whose byte offset is 2^63", disk -> 1L << 54, 1),
                place(kind, "2-to-55", "of sectors whose byte offset wraps to 0", disk -> 1L << 55, 8),
                place(kind, "2-to-63", "of sectors from 2^63 on", disk -> Long.MIN_VALUE, 8),
                place(kind, "2-to-64-less-1", "of sector 2^64-1", disk -> -1, 1),
                place(kind, "2-to-64-less-8", "of 16 sectors at 2^64-8, whose end wraps to 8", disk -> -8, 16),
                place(kind, "2-to-32-sectors", "of 2^32-1 sectors from the middle of the disk on", BlkDisk::middle, -1),
                place(
                        kind,
                        "2-to-23-sectors",
                        "of 2^23 sectors, 2^32 bytes, from the middle on",
                        BlkDisk::middle,
                        1 << 23));
    }

    private static BlkRow place(Kind kind, String name, String violates, ToLongFunction<BlkDisk> sector, int sectors) {
        return kind.row(name, violates, disk -> segment(sector.applyAsLong(disk), sectors, 0), BlkRow.IO_ERROR)
                .clauses("BLK-DRV-WITHIN-CAPACITY", "BLK-CFG-CAPACITY", "BLK-DEV-STATUS-CODES")
                .showing(kind.effect(sector, disk -> Integer.toUnsignedLong(sectors)));
    }

    private static Stream<BlkRow> lengths(Kind kind) {
        byte[] two = join(segment(0, 8, 0), segment(32, 8, 0));
        return Stream.concat(
                List.of(1, 15, 17, 24, 31).stream()
                        .map(length -> kind.row(
                                        length + "-bytes",
                                        "of " + length + " bytes, which are no whole segments",
                                        disk -> Arrays.copyOf(two, length),
                                        BlkRow.REFUSED)
                                .clauses("BLK-DRV-RANGE-DATA-SIZE", "BLK-DEV-STATUS-CODES")
                                .showing(new Effect.Forgets(disk -> 0, disk -> 8))),
                Stream.of(
                        kind.row("no-segment", "without a segment", disk -> new byte[0], BlkRow.DONE_OR_REFUSED)
                                .clauses("BLK-DRV-RANGE-DATA-SIZE"),
                        kind.row(
                                        "too-many-segments",
                                        "with one segment more than the device takes",
                                        disk -> onePastLimit(disk, kind),
                                        BlkRow.DONE_OR_REFUSED)
                                .clauses(kind.segmentsClause)
                                .showing(kind.effect(disk -> 2, disk -> 1))));
    }

    /** All of the same sector. A limit that no chain of the kit's has room for leaves one segment, as good as any. */
    private static byte[] onePastLimit(BlkDisk disk, Kind kind) {
        long limit = disk.maxSegments(kind.feature);
        int count = limit < BlkDisk.MOST_SEGMENTS ? (int) limit + 1 : 1;
        byte[] segments = new byte[0];
        for (int i = 0; i < count; i++) {
            segments = join(segments, segment(2, 1, 0));
        }
        return segments;
    }

    private static Stream<BlkRow> shapes(Kind kind) {
        byte[] twice = join(segment(4, 8, 0), segment(8, 8, 0));
        return Stream.of(
                kind.row("empty-segment", "of no sectors", disk -> segment(3, 0, 0), BlkRow.DONE_OR_REFUSED)
                        .clauses(kind.outcomeClause),
                kind.row("empty-past-end", "of no sectors at 2^64-1", disk -> segment(-1, 0, 0), BlkRow.DONE_OR_REFUSED)
                        .clauses("BLK-DRV-WITHIN-CAPACITY", "BLK-CFG-CAPACITY"),
                kind.row("overlapping", "whose segments overlap", disk -> twice, BlkRow.DONE_OR_REFUSED)
                        .clauses("BLK-DEV-STATUS-CODES", "BLK-DEV-SEGMENTS-INDETERMINATE")
                        .showing(kind.effect(disk -> 4, disk -> 12)),
                kind.row(
                                "second-past-end",
                                "whose second segment is past the end",
                                disk -> join(segment(4, 4, 0), segment(disk.capacity(), 4, 0)),
                                BlkRow.IO_ERROR)
                        .clauses("BLK-DEV-STATUS-CODES", "BLK-DEV-SEGMENTS-INDETERMINATE")
                        .showing(kind.effect(disk -> 4, disk -> 4)),
                chain(
                                kind,
                                "cut-in-fields",
                                "cut inside each field",
                                segments -> new RequestChain()
                                        .readableCut(join(header(kind.type, 0), segments), 17, 3, 5, 2)
                                        .writable(1))
                        .clauses("SPLIT-DEV-NO-FRAMING-ASSUMPTION"),
                chain(
                                kind,
                                "writable-data",
                                "with a writable sector before the status",
                                segments -> new RequestChain()
                                        .readable(header(kind.type, 0))
                                        .readable(segments)
                                        .writable(BlkRequests.SECTOR_BYTES, 1))
                        .clauses("BLK-REQ-LAYOUT", "CORE-DEV-USED-LENGTH"),
                chain(
                                kind,
                                "status-over-segment",
                                "whose status is on top of its segment",
                                segments -> new RequestChain()
                                        .readable(header(kind.type, 0))
                                        .readable(segments)
                                        .writableOver(1, 0, 1))
                        .clauses("BLK-REQ-LAYOUT"));
    }

    private static BlkRow chain(Kind kind, String name, String violates, Function<byte[], RequestChain> request) {
        return BlkRow.of(
                        kind.id(name),
                        "sends a " + kind.words() + " request " + violates,
                        disk -> request.apply(segment(16, 4, 0)),
                        BlkRow.DONE_OR_REFUSED)
                .needing(kind.feature)
                .showing(kind.effect(disk -> 16, disk -> 4));
    }

    private static Stream<BlkRow> negotiation(Kind kind) {
        return Stream.of(kind.row(
                        "not-negotiated",
                        "without having taken the feature",
                        disk -> segment(0, 8, 0),
                        BlkRow.UNSUPPORTED)
                .without(kind.feature)
                .clauses("BLK-DEV-STATUS-CODES"));
    }
}
