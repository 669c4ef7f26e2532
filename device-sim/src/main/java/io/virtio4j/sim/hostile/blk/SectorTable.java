// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import static io.virtio4j.sim.hostile.blk.BlkRequests.in;
import static io.virtio4j.sim.hostile.blk.BlkRequests.out;
import static io.virtio4j.sim.hostile.blk.BlkRequests.pattern;

import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Reads and writes that begin or end where no disk is, at every place where a sum or a product of theirs overflows.
 *
 * <p>VirtIO 1.2, 5.2.6.1 Driver Requirements: Device Operation: no request reaches past capacity.
 */
final class SectorTable {
    private static final int SECTOR = BlkRequests.SECTOR_BYTES;

    private SectorTable() {}

    /**
     * A place.
     *
     * @param name of the row
     * @param words where it is
     * @param sector the first
     * @param sectors how many
     */
    private record Place(String name, String words, ToLongFunction<BlkDisk> sector, int sectors) {}

    private static final List<Place> PLACES = List.of(
            new Place("capacity", "one sector at capacity", BlkDisk::capacity, 1),
            new Place("capacity-plus-1", "one sector past capacity", disk -> disk.capacity() + 1, 1),
            new Place("last-plus-1", "the last sector and one more", disk -> disk.capacity() - 1, 2),
            new Place("across-end", "32 sectors, the last one past capacity", disk -> disk.capacity() - 31, 32),
            new Place("2-to-54", "a sector whose byte offset is 2^63", disk -> 1L << 54, 1),
            new Place("2-to-55-less-1", "a sector whose bytes end at 2^64", disk -> (1L << 55) - 1, 1),
            new Place("2-to-55", "a sector whose byte offset is 2^64 and wraps to 0", disk -> 1L << 55, 1),
            new Place("2-to-55-plus-2", "a sector whose byte offset wraps to 1024", disk -> (1L << 55) + 2, 1),
            new Place("2-to-63-less-1", "sector 2^63-1", disk -> Long.MAX_VALUE, 1),
            new Place("2-to-63", "sector 2^63, the smallest signed number", disk -> Long.MIN_VALUE, 1),
            new Place("2-to-64-less-1", "sector 2^64-1, whose end wraps to 0", disk -> -1, 1),
            new Place("2-to-64-less-1-two", "two sectors at 2^64-1, whose end wraps to 1", disk -> -1, 2),
            new Place("2-to-64-less-8", "16 sectors at 2^64-8, whose end wraps to 8", disk -> -8, 16));

    static Stream<BlkRow> rows() {
        return PLACES.stream().flatMap(place -> Stream.of(reading(place), writing(place)));
    }

    private static BlkRow reading(Place place) {
        return BlkRow.of(
                        "blk-in-sector-" + place.name,
                        "reads " + place.words,
                        disk -> in(place.sector.applyAsLong(disk), place.sectors * SECTOR),
                        BlkRow.IO_ERROR)
                .clauses("BLK-DRV-WITHIN-CAPACITY", "BLK-DEV-STATUS-CODES", "CORE-DEV-USED-LENGTH");
    }

    private static BlkRow writing(Place place) {
        byte[] data = pattern(place.sectors * SECTOR, place.name.hashCode());
        return BlkRow.of(
                        "blk-out-sector-" + place.name,
                        "writes " + place.words,
                        disk -> out(place.sector.applyAsLong(disk), data),
                        BlkRow.IO_ERROR)
                .clauses("BLK-DRV-WITHIN-CAPACITY", "BLK-DEV-STATUS-CODES")
                .showing(new Effect.Writes(place.sector, data));
    }
}
