// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Transfers and flushes of what is not there. A refused transfer has copied nothing: the frame that was shown before is shown
 * still, though the pages hold another.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq, TRANSFER_TO_HOST_2D and RESOURCE_FLUSH.
 */
final class TransferTable {
    /** Places in the backing that the picture's last bytes do not fit behind. */
    private static final Map<String, Long> OFFSETS = new TreeMap<>(Map.of(
            "1",
            1L,
            "whole",
            (long) GpuScene.PICTURE_BYTES,
            "2-to-31",
            1L << 31,
            "2-to-32",
            1L << 32,
            "2-to-63-less-1",
            Long.MAX_VALUE,
            "2-to-63",
            Long.MIN_VALUE,
            "2-to-64-less-1",
            -1L,
            "2-to-64-less-picture",
            (long) -GpuScene.PICTURE_BYTES));

    private TransferTable() {}

    static Stream<GpuRow> rows() {
        return Stream.of(transfers(), offsets(), emptyTransfers(), flushes()).flatMap(rows -> rows);
    }

    private static GpuRow transfer(String name, String violates, Command command, Set<Integer> types) {
        return GpuRow.of("transfer-" + name, "transfers " + violates, scene -> command, types)
                .clauses("GPU-DEV-TRANSFER-2D", "GPU-DEV-RESP-TYPES")
                .first(GpuScene::drawPages)
                .then((scene, answer, done) -> scene.requireOldFrame());
    }

    private static Stream<GpuRow> transfers() {
        Stream<GpuRow> ids = Stream.of(
                transfer("id-0", "to resource 0", Command.transfer(0, Area.PIXEL, 0), GpuRow.NO_SUCH_RESOURCE),
                transfer(
                        "id-unknown",
                        "to a resource that is none",
                        Command.transfer(GpuScene.UNKNOWN, Area.PIXEL, 0),
                        GpuRow.NO_SUCH_RESOURCE),
                transfer(
                                "no-backing",
                                "to a resource without pages",
                                Command.transfer(GpuScene.SPARE, Area.PIXEL, 0),
                                GpuRow.ANY_ERROR)
                        .clauses("GPU-DRV-BACKING-FIRST"));
        return Stream.concat(
                ids,
                Area.outside()
                        .map(outside -> transfer(
                                "rect-" + outside.name(),
                                "a rectangle " + outside.words(),
                                Command.transfer(GpuScene.PICTURE, outside.area(), 0),
                                GpuRow.WRONG_PARAMETER)));
    }

    private static Stream<GpuRow> offsets() {
        return OFFSETS.entrySet().stream()
                .map(offset -> transfer(
                        "offset-" + offset.getKey(),
                        "from offset " + Long.toUnsignedString(offset.getValue()) + ", behind which the backing ends",
                        Command.transfer(GpuScene.PICTURE, Area.WHOLE, offset.getValue()),
                        GpuRow.WRONG_PARAMETER));
    }

    private static Stream<GpuRow> emptyTransfers() {
        return Stream.of(
                transfer(
                        "empty",
                        "a rectangle of no pixel",
                        Command.transfer(GpuScene.PICTURE, new Area(3, 3, 0, 0), 0),
                        GpuRow.DONE_OR_REFUSED),
                transfer(
                        "empty-high",
                        "a rectangle of no width and all rows",
                        Command.transfer(GpuScene.PICTURE, new Area(0, 0, 0, GpuScene.HEIGHT), 0),
                        GpuRow.DONE_OR_REFUSED),
                transfer(
                        "empty-at-offset-most",
                        "a rectangle of no pixel from offset 2^64-1",
                        Command.transfer(GpuScene.PICTURE, new Area(0, 0, 0, 0), -1),
                        GpuRow.DONE_OR_REFUSED));
    }

    private static GpuRow flush(String name, String violates, Command command, Set<Integer> types) {
        return GpuRow.of("flush-" + name, "flushes " + violates, scene -> command, types)
                .clauses("GPU-DEV-FLUSH", "GPU-DEV-RESP-TYPES")
                .then((scene, answer, done) -> scene.requireOldFrame());
    }

    private static Stream<GpuRow> flushes() {
        Stream<GpuRow> others = Stream.of(
                flush("id-0", "resource 0", Command.flush(0, Area.PIXEL), GpuRow.NO_SUCH_RESOURCE),
                flush(
                        "id-unknown",
                        "a resource that is none",
                        Command.flush(GpuScene.UNKNOWN, Area.PIXEL),
                        GpuRow.NO_SUCH_RESOURCE),
                flush(
                        "empty",
                        "a rectangle of no pixel",
                        Command.flush(GpuScene.PICTURE, new Area(0, 0, 0, 0)),
                        GpuRow.DONE_OR_REFUSED),
                flush(
                        "not-shown",
                        "a resource that no scanout shows",
                        Command.flush(GpuScene.SPARE, Area.PIXEL),
                        GpuRow.DONE));
        return Stream.concat(
                others,
                Area.outside()
                        .map(outside -> flush(
                                "rect-" + outside.name(),
                                "a rectangle " + outside.words(),
                                Command.flush(GpuScene.PICTURE, outside.area()),
                                GpuRow.WRONG_PARAMETER)));
    }
}
