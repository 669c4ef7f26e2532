// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuResponse;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Types that are no command, commands whose feature was not taken, and commands on the queue that is not theirs.
 *
 * <p>VirtIO 1.2, 5.7.6.7 Device Operation: Request header.
 */
final class UnknownTable {
    private static final int COMMAND_BYTES = 128;

    private static final int[] NO_COMMANDS = {
        0,
        1,
        0x00FF,
        0x010E,
        0x01FF,
        0x020A,
        0x0302,
        GpuResponse.OK_NODATA,
        GpuResponse.ERR_UNSPEC,
        Integer.MIN_VALUE,
        -1
    };

    private static final Map<String, Integer> COMMANDS_3D = new TreeMap<>(Map.of(
            "ctx-create", GpuCommand.CTX_CREATE,
            "ctx-destroy", GpuCommand.CTX_DESTROY,
            "ctx-attach-resource", GpuCommand.CTX_ATTACH_RESOURCE,
            "ctx-detach-resource", GpuCommand.CTX_DETACH_RESOURCE,
            "resource-create-3d", GpuCommand.RESOURCE_CREATE_3D,
            "transfer-to-host-3d", GpuCommand.TRANSFER_TO_HOST_3D,
            "transfer-from-host-3d", GpuCommand.TRANSFER_FROM_HOST_3D,
            "submit-3d", GpuCommand.SUBMIT_3D));

    private UnknownTable() {}

    static Stream<GpuRow> rows() {
        return Stream.of(
                        IntStream.of(NO_COMMANDS).mapToObj(UnknownTable::unknown),
                        COMMANDS_3D.entrySet().stream().map(UnknownTable::in3d),
                        notNegotiated(),
                        otherQueue())
                .flatMap(rows -> rows);
    }

    private static GpuRow unknown(int type) {
        return GpuRow.of(
                        "type-" + Integer.toHexString(type),
                        "sends type 0x" + Integer.toHexString(type) + ", which is no command",
                        scene -> Command.of(type, COMMAND_BYTES),
                        GpuRow.ANY_ERROR)
                .clauses("GPU-DEV-RESP-TYPES", "GPU-DEV-FENCE-FLAG", "GPU-DEV-FENCE-ID");
    }

    private static GpuRow in3d(Map.Entry<String, Integer> command) {
        return GpuRow.of(
                        "3d-" + command.getKey(),
                        "sends " + command.getKey() + " without having taken VIRGL",
                        scene -> Command.of(command.getValue(), COMMAND_BYTES),
                        GpuRow.ANY_ERROR)
                .without(GpuFeatureBits.VIRGL, GpuFeatureBits.CONTEXT_INIT)
                .clauses("GPU-3D-NEEDS-VIRGL");
    }

    /** With the feature goes what builds on it. */
    private static GpuRow without(String name, int feature, String clause, Command command) {
        return GpuRow.of(
                        "not-negotiated-" + name,
                        "sends " + name + " without having taken its feature",
                        scene -> command,
                        GpuRow.ANY_ERROR)
                .without(feature, GpuFeatureBits.BLOB_ALIGNMENT)
                .clauses(clause);
    }

    private static Stream<GpuRow> notNegotiated() {
        int blob = GpuFeatureBits.RESOURCE_BLOB;
        Command.Entry page = new Command.Entry(GpuScene.MORE_PAGES, 4096);
        return Stream.of(
                without("get-edid", GpuFeatureBits.EDID, "GPU-EDID-NEGOTIATED", Command.edid(0)),
                without(
                        "assign-uuid",
                        GpuFeatureBits.RESOURCE_UUID,
                        "GPU-UUID-NEGOTIATED",
                        Command.uuid(GpuScene.PICTURE)),
                without("create-blob", blob, "GPU-BLOB-NEGOTIATED", Command.createBlob(GpuScene.FREE, 4096, page)),
                without(
                        "set-scanout-blob",
                        blob,
                        "GPU-BLOB-NEGOTIATED",
                        Command.setScanoutBlob(0, 0, Area.PIXEL, 1, 1, 4)),
                without(
                        "map-blob",
                        blob,
                        "GPU-BLOB-NEGOTIATED",
                        Command.of(GpuCommand.RESOURCE_MAP_BLOB, 40).le32(24, GpuScene.PICTURE)),
                without(
                        "unmap-blob",
                        blob,
                        "GPU-BLOB-NEGOTIATED",
                        Command.of(GpuCommand.RESOURCE_UNMAP_BLOB, 32).le32(24, GpuScene.PICTURE)));
    }

    private static Stream<GpuRow> otherQueue() {
        return Stream.of(
                GpuRow.of(
                                "cursorq-create-2d",
                                "creates a resource through the cursor queue",
                                scene -> Command.create2d(GpuScene.FREE, GpuScene.FORMAT, 2, 2),
                                GpuRow.DONE_OR_REFUSED)
                        .toCursorQueue()
                        .clauses("GPU-QUEUES"),
                GpuRow.of(
                                "cursorq-unref",
                                "destroys the picture through the cursor queue",
                                scene -> Command.unref(GpuScene.PICTURE),
                                GpuRow.DONE_OR_REFUSED)
                        .toCursorQueue()
                        .ruiningIfDone()
                        .clauses("GPU-QUEUES"),
                GpuRow.of(
                                "controlq-update-cursor",
                                "updates the cursor through the control queue",
                                scene -> Command.cursor(GpuCommand.UPDATE_CURSOR, 0, 0, 0, 0),
                                GpuRow.DONE_OR_REFUSED)
                        .clauses("GPU-QUEUES"),
                GpuRow.of(
                                "controlq-move-cursor",
                                "moves the cursor through the control queue",
                                scene -> Command.cursor(GpuCommand.MOVE_CURSOR, 0, 0, 9, 9),
                                GpuRow.DONE_OR_REFUSED)
                        .clauses("GPU-QUEUES"));
    }
}
