// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuLayout;
import io.virtio4j.wire.GpuResponse;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Cursors of no scanout, of no resource and of another size than 64 by 64.
 *
 * <p>VirtIO 1.2, 5.7.6.6 Device Operation: Configure mouse cursor and 5.7.6.10 Device Operation: cursorq.
 */
final class CursorTable {
    private static final int UPDATE = GpuCommand.UPDATE_CURSOR;
    private static final int MOVE = GpuCommand.MOVE_CURSOR;
    private static final int SIDE = GpuLayout.Cursor.IMAGE_SIZE;
    private static final int IMAGE = GpuScene.FREE;

    private CursorTable() {}

    static Stream<GpuRow> rows() {
        return Stream.of(scanouts(), images(), positions(), moves()).flatMap(rows -> rows);
    }

    private static GpuRow row(String name, String violates, Function<GpuScene, Command> command, Set<Integer> types) {
        return GpuRow.of("cursor-" + name, violates, command, types)
                .toCursorQueue()
                .clauses("GPU-CURSOR-UPDATE", "GPU-DEV-RESP-TYPES");
    }

    private static Consumer<GpuScene> image(int width, int height) {
        return scene -> scene.must("an image", Command.create2d(IMAGE, GpuScene.FORMAT, width, height));
    }

    private static Stream<GpuRow> scanouts() {
        Set<Integer> none = GpuRow.NO_SUCH_SCANOUT;
        return Stream.of(
                row(
                        "update-one-too-many",
                        "updates the cursor of the scanout behind the last",
                        scene -> Command.cursor(UPDATE, scene.scanouts(), 0, 0, 0),
                        none),
                row(
                        "update-scanout-16",
                        "updates the cursor of scanout 16, which no device has",
                        scene -> Command.cursor(UPDATE, GpuConfigLayout.MAX_SCANOUTS, 0, 0, 0),
                        none),
                row(
                        "update-scanout-most",
                        "updates the cursor of scanout 2^32-1",
                        scene -> Command.cursor(UPDATE, -1, 0, 0, 0),
                        none),
                row(
                                "move-one-too-many",
                                "moves the cursor of the scanout behind the last",
                                scene -> Command.cursor(MOVE, scene.scanouts(), 0, 0, 0),
                                none)
                        .clauses("GPU-CURSOR-MOVE"),
                row(
                                "move-scanout-most",
                                "moves the cursor of scanout 2^32-1",
                                scene -> Command.cursor(MOVE, -1, 0, 0, 0),
                                none)
                        .clauses("GPU-CURSOR-MOVE"));
    }

    private static GpuRow imageOf(String name, int width, int height) {
        return row(
                        "image-" + name,
                        "updates the cursor with an image of " + width + " by " + height,
                        scene -> Command.cursor(UPDATE, 0, IMAGE, 0, 0),
                        GpuRow.DONE_OR_REFUSED)
                .first(image(width, height))
                .clauses("GPU-DRV-CURSOR-64X64", "GPU-CURSOR-UPDATE");
    }

    private static Stream<GpuRow> images() {
        return Stream.of(
                row(
                                "image-unknown",
                                "updates the cursor with a resource that is none",
                                scene -> Command.cursor(UPDATE, 0, GpuScene.UNKNOWN, 0, 0),
                                GpuRow.NO_SUCH_RESOURCE)
                        .clauses("GPU-DRV-CURSOR-RESOURCE"),
                imageOf("1-by-1", 1, 1),
                imageOf("narrow", SIDE - 1, SIDE),
                imageOf("low", SIDE, SIDE - 1),
                imageOf("wide", SIDE + 1, SIDE),
                imageOf("same-bytes", 2 * SIDE, SIDE / 2),
                row(
                                "image-blob-short",
                                "updates the cursor with a blob of fewer bytes than an image has",
                                scene -> Command.cursor(UPDATE, 0, IMAGE, 0, 0),
                                GpuRow.DONE_OR_REFUSED)
                        .needing(GpuFeatureBits.RESOURCE_BLOB)
                        .first(scene -> scene.must("a blob", BlobTable.blob(IMAGE)))
                        .clauses("GPU-DRV-CURSOR-64X64", "GPU-CURSOR-UPDATE"),
                row(
                                "image-blob-no-pages",
                                "updates the cursor with a blob without pages",
                                scene -> Command.cursor(UPDATE, 0, IMAGE, 0, 0),
                                GpuRow.DONE_OR_REFUSED)
                        .needing(GpuFeatureBits.RESOURCE_BLOB)
                        .first(scene -> scene.must("a blob", Command.createBlob(IMAGE, SIDE * SIDE * 4L)))
                        .clauses("GPU-DRV-CURSOR-RESOURCE"),
                row(
                                "image-gone",
                                "moves the cursor after its image was destroyed",
                                scene -> Command.cursor(MOVE, 0, IMAGE, 5, 5),
                                GpuRow.DONE)
                        .first(image(SIDE, SIDE).andThen(scene -> {
                            scene.cursor(Command.cursor(UPDATE, 0, IMAGE, 0, 0));
                            scene.must("the image's end", Command.unref(IMAGE));
                        }))
                        .clauses("GPU-CURSOR-MOVE", "GPU-DEV-UNREF"));
    }

    private static GpuRow at(String name, String violates, int x, int y, int hotX, int hotY) {
        return row(
                        "at-" + name,
                        "puts the cursor " + violates,
                        scene -> Command.cursor(UPDATE, 0, IMAGE, x, y)
                                .le32(GpuLayout.Cursor.HOT_X, hotX)
                                .le32(GpuLayout.Cursor.HOT_Y, hotY),
                        GpuRow.DONE_OR_REFUSED)
                .first(image(SIDE, SIDE));
    }

    private static Stream<GpuRow> positions() {
        return Stream.of(
                at("most", "at 2^32-1 by 2^32-1", -1, -1, 0, 0),
                at("2-to-31", "at 2^31 by 2^31", Integer.MIN_VALUE, Integer.MIN_VALUE, 0, 0),
                at("2-to-31-less-1", "at 2^31-1 by 2^31-1", Integer.MAX_VALUE, Integer.MAX_VALUE, 0, 0),
                at("hot-most", "with its hot spot at 2^32-1", 3, 3, -1, -1),
                at("hot-outside", "with its hot spot just outside the image", 3, 3, SIDE, SIDE));
    }

    private static Stream<GpuRow> moves() {
        return Stream.of(
                row(
                                "move-garbage",
                                "moves the cursor with ones in every field that a move disregards",
                                scene -> Command.cursor(MOVE, 0, -1, 4, 4)
                                        .le32(GpuLayout.Cursor.HOT_X, -1)
                                        .le32(GpuLayout.Cursor.HOT_Y, -1),
                                GpuRow.DONE)
                        .clauses("GPU-CURSOR-MOVE"),
                row(
                                "move-most",
                                "moves the cursor to 2^32-1 by 2^32-1",
                                scene -> Command.cursor(MOVE, 0, 0, -1, -1),
                                GpuRow.DONE_OR_REFUSED)
                        .clauses("GPU-CURSOR-MOVE"),
                row(
                                "no-response-room",
                                "moves the cursor without room for a response",
                                scene -> Command.cursor(MOVE, 0, 0, 4, 4),
                                Set.of(GpuRow.NO_RESPONSE))
                        .room(0)
                        .clauses("GPU-CURSOR-MOVE", "CORE-DEV-USED-LENGTH"),
                row(
                                "unknown-command",
                                "sends a type to the cursor queue that is no command",
                                scene -> Command.of(0x0302, GpuLayout.Cursor.LENGTH_BYTES),
                                GpuRow.ANY_ERROR)
                        .clauses("GPU-DEV-RESP-TYPES", "GPU-DEV-FENCE-FLAG"),
                row(
                        "hide-twice",
                        "hides a cursor that is hidden",
                        scene -> Command.cursor(UPDATE, 0, 0, 0, 0),
                        Set.of(GpuResponse.OK_NODATA)));
    }
}
