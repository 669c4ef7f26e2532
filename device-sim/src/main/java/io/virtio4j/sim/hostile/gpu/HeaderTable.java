// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import io.virtio4j.sim.hostile.request.Finding;
import io.virtio4j.sim.hostile.request.RequestAnswer;
import io.virtio4j.wire.GpuBlobLayout;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuEdidLayout;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuLayout;
import io.virtio4j.wire.GpuResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What all commands have: a header of any content, a length of its own, and room for a response or too little of it.
 *
 * <p>VirtIO 1.2, 5.7.6.7 Device Operation: Request header.
 */
final class HeaderTable {
    private static final int INFO_BYTES = GpuLayout.DisplayInfo.LENGTH_BYTES;
    private static final Set<Integer> ANY_INFO = Set.of(
            GpuResponse.OK_DISPLAY_INFO,
            GpuResponse.ERR_UNSPEC,
            GpuResponse.ERR_INVALID_PARAMETER,
            GpuResponse.ERR_INVALID_CONTEXT_ID);
    private static final Set<Integer> NONE = Set.of(GpuRow.NO_RESPONSE, GpuRow.GIVES_UP);
    private static final Set<Integer> NO_HEADER =
            Set.of(GpuResponse.ERR_UNSPEC, GpuResponse.ERR_INVALID_PARAMETER, GpuRow.NO_RESPONSE, GpuRow.GIVES_UP);

    /** What a command that is cut would do, or asks for, by its name. */
    private static final Map<String, String> MEANT = Map.ofEntries(
            Map.entry("create-2d", "GPU-DEV-CREATE-2D"),
            Map.entry("unref", "GPU-DEV-UNREF"),
            Map.entry("set-scanout", "GPU-SCANOUT-COVERED"),
            Map.entry("flush", "GPU-DEV-FLUSH"),
            Map.entry("transfer", "GPU-DEV-TRANSFER-2D"),
            Map.entry("attach", "GPU-DEV-ATTACH-BACKING"),
            Map.entry("detach", "GPU-DEV-DETACH-BACKING"),
            Map.entry("get-capset-info", "GPU-DRV-CAPSET-INDEX"),
            Map.entry("get-capset", "GPU-DEV-GET-CAPSET"),
            Map.entry("get-edid", "GPU-EDID-NEGOTIATED"),
            Map.entry("assign-uuid", "GPU-UUID-NEGOTIATED"),
            Map.entry("create-blob", "GPU-BLOB-NR-ENTRIES"),
            Map.entry("set-scanout-blob", "GPU-SCANOUT-BLOB-RECT"),
            Map.entry("update-cursor", "GPU-CURSOR-UPDATE"),
            Map.entry("move-cursor", "GPU-CURSOR-MOVE"));

    private HeaderTable() {}

    static Stream<GpuRow> rows() {
        return Stream.of(fields(), rooms(), lengths(), truncated()).flatMap(rows -> rows);
    }

    private static GpuRow field(String name, String violates, Command request) {
        return GpuRow.of("header-" + name, violates, scene -> request, ANY_INFO)
                .room(INFO_BYTES)
                .clauses("GPU-DEV-FENCE-FLAG", "GPU-DEV-FENCE-ID", "GPU-DEV-DISPLAY-INFO")
                .then(HeaderTable::requireDisplays);
    }

    /** Every scanout that the device does not have must be off and of no size. */
    private static void requireDisplays(GpuScene scene, RequestAnswer answer, boolean done) {
        if (!done) {
            return;
        }
        int first = GpuLayout.DisplayInfo.MODES + scene.scanouts() * GpuLayout.DisplayInfo.MODE_BYTES;
        boolean nothing = IntStream.range(first, INFO_BYTES).allMatch(i -> answer.writable()[i] == 0);
        if (answer.usedBytes() != INFO_BYTES || !nothing) {
            throw Finding.lied("the display information is of " + answer.usedBytes() + " bytes, and tells of displays"
                    + " behind the " + scene.scanouts() + " of " + GpuConfigLayout.MAX_SCANOUTS + " that there are");
        }
    }

    private static Stream<GpuRow> fields() {
        Command info = Command.displayInfo();
        return Stream.of(
                field("flags-undefined", "sets every flag that is none", info.le32(GpuHeader.FLAGS, -4)),
                field(
                        "ring-idx-not-negotiated",
                        "names ring 255 without CONTEXT_INIT",
                        info.le32(GpuHeader.FLAGS, GpuHeader.FLAG_INFO_RING_IDX).le32(GpuHeader.RING_IDX, 255)),
                field("ctx-unknown", "names context 2^32-1", info.le32(GpuHeader.CTX_ID, -1)),
                field("padding-set", "sets every bit of ring and padding", info.le32(GpuHeader.RING_IDX, -1)));
    }

    /** Without room for a header nothing can be said. */
    private static Stream<GpuRow> rooms() {
        Stream<GpuRow> tooSmall = Stream.of(0, 1, 8, GpuHeader.LENGTH_BYTES - 1)
                .map(room -> GpuRow.of(
                                "response-room-" + room,
                                "leaves room for " + room + " bytes of a response",
                                scene -> Command.displayInfo(),
                                NONE)
                        .room(room)
                        .clauses("CORE-DEV-USED-LENGTH"));
        Stream<GpuRow> tooShort = Stream.of(GpuHeader.LENGTH_BYTES, GpuHeader.LENGTH_BYTES + 1, INFO_BYTES - 1)
                .map(room -> GpuRow.of(
                                "display-info-room-" + room,
                                "leaves room for " + room + " of the 408 bytes of the display information",
                                scene -> Command.displayInfo(),
                                ANY_INFO)
                        .room(room)
                        .clauses("CORE-DEV-USED-LENGTH", "GPU-DEV-DISPLAY-INFO"));
        GpuRow silent = GpuRow.of(
                        "create-2d-no-response-room",
                        "creates a resource and leaves no room for a response",
                        scene -> Command.create2d(GpuScene.FREE, GpuScene.FORMAT, 2, 2),
                        NONE)
                .room(0)
                .clauses("CORE-DEV-USED-LENGTH", "GPU-DEV-CREATE-2D");
        return Stream.of(tooSmall, tooShort, Stream.of(silent)).flatMap(rows -> rows);
    }

    private static Stream<GpuRow> lengths() {
        Stream<GpuRow> headers = Stream.of(0, 1, 4, GpuHeader.LENGTH_BYTES - 1)
                .map(length -> GpuRow.of(
                                "header-" + length + "-bytes",
                                "sends a header of " + length + " bytes",
                                scene -> Command.displayInfo().ofLength(length),
                                NO_HEADER)
                        .clauses("GPU-DEV-RESP-TYPES", "CORE-DEV-USED-LENGTH"));
        GpuRow longer = GpuRow.of(
                        "display-info-long",
                        "sends 4096 bytes more than the command has",
                        scene -> Command.displayInfo().ofLength(GpuHeader.LENGTH_BYTES + 4096),
                        ANY_INFO)
                .room(INFO_BYTES)
                .clauses("GPU-DEV-DISPLAY-INFO")
                .then(HeaderTable::requireDisplays);
        return Stream.concat(headers, Stream.of(longer));
    }

    /** A command that ends inside its last field that means something. */
    private record Cut(String name, Command whole, int lengthBytes, int feature, boolean cursor) {
        Cut(String name, Command whole, int lengthBytes) {
            this(name, whole, lengthBytes, GpuRow.ALWAYS, false);
        }
    }

    private static Stream<GpuRow> truncated() {
        Command.Entry page = new Command.Entry(GpuScene.MORE_PAGES, 64);
        int blob = GpuFeatureBits.RESOURCE_BLOB;
        return List.of(
                        new Cut("create-2d", Command.create2d(GpuScene.FREE, GpuScene.FORMAT, 2, 2), 39),
                        new Cut("unref", Command.unref(GpuScene.PICTURE), 27),
                        new Cut("set-scanout", Command.setScanout(0, 0, Area.WHOLE), 47),
                        new Cut("flush", Command.flush(GpuScene.PICTURE, Area.WHOLE), 43),
                        new Cut("transfer", Command.transfer(GpuScene.PICTURE, Area.WHOLE, 0), 51),
                        new Cut("attach", Command.attach(GpuScene.SPARE, page), 31),
                        new Cut("detach", Command.detach(GpuScene.PICTURE), 27),
                        new Cut("get-capset-info", Command.capset(GpuCommand.GET_CAPSET_INFO, 0, 0), 27),
                        new Cut("get-capset", Command.capset(GpuCommand.GET_CAPSET, 1, 0), 31),
                        new Cut("get-edid", Command.edid(0), GpuEdidLayout.SCANOUT_ID + 3),
                        new Cut("assign-uuid", Command.uuid(GpuScene.PICTURE), 27),
                        new Cut(
                                "create-blob",
                                Command.createBlob(GpuScene.FREE, 64, page),
                                GpuBlobLayout.Create.LENGTH_BYTES - 1,
                                blob,
                                false),
                        new Cut(
                                "set-scanout-blob",
                                Command.setScanoutBlob(0, 0, Area.PIXEL, 1, 1, 4),
                                GpuBlobLayout.SetScanout.STRIDES + 3,
                                blob,
                                false),
                        new Cut(
                                "update-cursor",
                                Command.cursor(GpuCommand.UPDATE_CURSOR, 0, 0, 0, 0),
                                51,
                                GpuRow.ALWAYS,
                                true),
                        new Cut(
                                "move-cursor",
                                Command.cursor(GpuCommand.MOVE_CURSOR, 0, 0, 0, 0),
                                35,
                                GpuRow.ALWAYS,
                                true))
                .stream()
                .map(HeaderTable::truncated);
    }

    private static GpuRow truncated(Cut command) {
        GpuRow row = GpuRow.of(
                        "short-" + command.name,
                        "ends " + command.name + " after " + command.lengthBytes + " of its "
                                + command.whole.lengthBytes() + " bytes",
                        scene -> command.whole.ofLength(command.lengthBytes),
                        GpuRow.ANY_ERROR)
                .clauses(Objects.requireNonNull(MEANT.get(command.name)), "GPU-DEV-RESP-TYPES")
                .needing(command.feature);
        return command.cursor ? row.toCursorQueue() : row;
    }
}
