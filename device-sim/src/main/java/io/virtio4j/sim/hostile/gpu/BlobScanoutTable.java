// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import io.virtio4j.wire.GpuBlobLayout.SetScanout;
import io.virtio4j.wire.GpuFeatureBits;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Pictures that do not lie in their blob, and parts that do not lie in their picture.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq, SET_SCANOUT_BLOB.
 */
final class BlobScanoutTable {
    private static final int BLOB = GpuScene.FREE;

    private BlobScanoutTable() {}

    /** The picture's size and shape, at the beginning of a blob. */
    private static Command good(int scanoutId, int id) {
        return Command.setScanoutBlob(
                scanoutId, id, Area.WHOLE, GpuScene.WIDTH, GpuScene.HEIGHT, GpuScene.STRIDE_BYTES);
    }

    private static void makeBlob(GpuScene scene) {
        scene.must("a blob", BlobTable.blob(BLOB));
    }

    private static GpuRow show(
            String name, String violates, Consumer<GpuScene> first, Command command, Set<Integer> types) {
        return GpuRow.of("set-scanout-blob-" + name, "shows a blob " + violates, scene -> command, types)
                .needing(GpuFeatureBits.RESOURCE_BLOB)
                .first(first)
                .clauses("GPU-SCANOUT-BLOB-RECT", "GPU-DEV-RESP-TYPES")
                .ruiningIfDone();
    }

    private static GpuRow changed(String name, String violates, UnaryOperator<Command> change) {
        return show(name, violates, BlobScanoutTable::makeBlob, change.apply(good(0, BLOB)), GpuRow.WRONG_PARAMETER);
    }

    static Stream<GpuRow> rows() {
        return Stream.of(ids(), formats(), pictures(), rectangles()).flatMap(rows -> rows);
    }

    private static Stream<GpuRow> ids() {
        Consumer<GpuScene> blob = BlobScanoutTable::makeBlob;
        Set<Integer> refused = GpuRow.ANY_ERROR;
        return Stream.of(
                show("scanout-16", "on scanout 16, which no device has", blob, good(16, BLOB), GpuRow.NO_SUCH_SCANOUT),
                show("scanout-most", "on scanout 2^32-1", blob, good(-1, BLOB), GpuRow.NO_SUCH_SCANOUT),
                show("unknown", "that is none", blob, good(0, GpuScene.UNKNOWN), GpuRow.NO_SUCH_RESOURCE),
                show("2d", "that is a resource of the host's", blob, good(0, GpuScene.SPARE), refused),
                show(
                        "no-pages",
                        "that has no pages",
                        scene -> scene.must("a blob without pages", Command.createBlob(BLOB, BlobTable.BLOB_BYTES)),
                        good(0, BLOB),
                        refused));
    }

    private static Stream<GpuRow> formats() {
        return Stream.of(0, 5, 135, -1)
                .map(format -> changed(
                                "format-" + Integer.toUnsignedString(format),
                                "in format " + Integer.toUnsignedString(format) + ", which is none",
                                command -> command.le32(SetScanout.FORMAT, format))
                        .clauses("GPU-DRV-SCANOUT-BLOB-FORMAT", "GPU-DEV-RESP-TYPES"));
    }

    private static GpuRow field(String name, String violates, int offset, int value) {
        return changed(name, violates, command -> command.le32(offset, value));
    }

    private static Stream<GpuRow> pictures() {
        int behind = BlobTable.BLOB_BYTES - GpuScene.HEIGHT * GpuScene.STRIDE_BYTES;
        return Stream.of(
                field("width-0", "as a picture of no width", SetScanout.WIDTH, 0),
                field("width-most", "as a picture 2^32-1 pixels wide", SetScanout.WIDTH, -1),
                field("width-2-to-30", "as a picture whose rows have 2^32 bytes", SetScanout.WIDTH, 1 << 30),
                field("height-0", "as a picture of no height", SetScanout.HEIGHT, 0),
                field("height-most", "as a picture 2^32-1 pixels high", SetScanout.HEIGHT, -1),
                field("height-2-to-26", "as a picture whose bytes wrap to 0", SetScanout.HEIGHT, 1 << 26),
                field("stride-0", "without a stride", SetScanout.STRIDES, 0),
                field("stride-short", "whose rows overlap", SetScanout.STRIDES, GpuScene.STRIDE_BYTES - 1),
                field("stride-most", "with a stride of 2^32-1 bytes", SetScanout.STRIDES, -1),
                field("stride-2-to-31", "with a stride of 2^31 bytes", SetScanout.STRIDES, Integer.MIN_VALUE),
                field("offset-behind", "from where the last row does not fit", SetScanout.OFFSETS, behind + 1),
                field("offset-end", "from its end on", SetScanout.OFFSETS, BlobTable.BLOB_BYTES),
                field("offset-most", "from offset 2^32-1 on", SetScanout.OFFSETS, -1));
    }

    private static Stream<GpuRow> rectangles() {
        Stream<Area.Outside> empty = Stream.of(new Area.Outside("empty", "of no pixel", new Area(0, 0, 0, 0)));
        return Stream.concat(empty, Area.outside())
                .map(outside -> show(
                        "rect-" + outside.name(),
                        "in a rectangle " + outside.words(),
                        BlobScanoutTable::makeBlob,
                        Command.setScanoutBlob(
                                0, BLOB, outside.area(), GpuScene.WIDTH, GpuScene.HEIGHT, GpuScene.STRIDE_BYTES),
                        GpuRow.WRONG_PARAMETER));
    }
}
