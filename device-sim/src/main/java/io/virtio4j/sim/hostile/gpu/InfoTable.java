// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import io.virtio4j.sim.hostile.request.Finding;
import io.virtio4j.sim.hostile.request.RequestAnswer;
import io.virtio4j.sim.hostile.request.RequestChain;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuEdidLayout;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuLayout;
import io.virtio4j.wire.GpuQueues;
import io.virtio4j.wire.GpuResponse;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Questions about what there is not: EDIDs of no scanout, capability sets that nobody has, names of no resource.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq.
 */
final class InfoTable {
    private static final int EDID_BYTES = GpuEdidLayout.RESPONSE_BYTES;
    private static final int UUID_BYTES = GpuLayout.ResourceUuid.LENGTH_BYTES;
    private static final Set<Integer> NO_EDID =
            Set.of(GpuResponse.ERR_INVALID_SCANOUT_ID, GpuResponse.ERR_INVALID_PARAMETER, GpuResponse.ERR_UNSPEC);

    private InfoTable() {}

    static Stream<GpuRow> rows() {
        return Stream.of(edids(), capsets(), uuids()).flatMap(rows -> rows);
    }

    private static GpuRow edid(String name, String violates, Function<GpuScene, Command> command) {
        return GpuRow.of("get-edid-" + name, violates, command, NO_EDID)
                .needing(GpuFeatureBits.EDID)
                .room(EDID_BYTES)
                .clauses("GPU-EDID-NEGOTIATED", "GPU-DEV-RESP-TYPES");
    }

    private static Stream<GpuRow> edids() {
        return Stream.of(
                edid("one-too-many", "asks for the EDID behind the last", scene -> Command.edid(scene.scanouts())),
                edid("2-to-31", "asks for the EDID of scanout 2^31", scene -> Command.edid(Integer.MIN_VALUE)),
                edid("most", "asks for the EDID of scanout 2^32-1", scene -> Command.edid(-1)),
                edid("header-room", "leaves room for the header of an EDID", scene -> Command.edid(0))
                        .room(GpuHeader.LENGTH_BYTES)
                        .clauses("CORE-DEV-USED-LENGTH"),
                edid("short-room", "leaves room for all of an EDID but a byte", scene -> Command.edid(0))
                        .room(EDID_BYTES - 1)
                        .clauses("CORE-DEV-USED-LENGTH"));
    }

    private static GpuRow capset(String name, String violates, Function<GpuScene, Command> command) {
        return GpuRow.of(name, violates, command, GpuRow.ANY_ERROR).room(256).clauses("GPU-DRV-CAPSET-INDEX");
    }

    private static Stream<GpuRow> capsets() {
        int info = GpuCommand.GET_CAPSET_INFO;
        int get = GpuCommand.GET_CAPSET;
        return Stream.of(
                capset(
                        "get-capset-info-one-too-many",
                        "asks for the capability set behind the last",
                        scene -> Command.capset(info, scene.capsets(), 0)),
                capset("get-capset-info-most", "asks for capability set 2^32-1", scene -> Command.capset(info, -1, 0)),
                capset("get-capset-id-0", "asks for the capability set of id 0", scene -> Command.capset(get, 0, 0)),
                capset(
                        "get-capset-id-most",
                        "asks for the capability set of id 2^32-1",
                        scene -> Command.capset(get, -1, 0)),
                capset(
                        "get-capset-version-most",
                        "asks for version 2^32-1 of a capability set",
                        scene -> Command.capset(get, 1, -1)));
    }

    private static GpuRow uuid(String name, String violates, Function<GpuScene, Command> command, Set<Integer> types) {
        return GpuRow.of("assign-uuid-" + name, violates, command, types)
                .needing(GpuFeatureBits.RESOURCE_UUID)
                .room(UUID_BYTES)
                .clauses("GPU-UUID-NEGOTIATED", "GPU-DEV-RESP-TYPES");
    }

    private static Stream<GpuRow> uuids() {
        Set<Integer> named =
                Set.of(GpuResponse.OK_RESOURCE_UUID, GpuResponse.ERR_UNSPEC, GpuResponse.ERR_INVALID_PARAMETER);
        return Stream.of(
                uuid("id-0", "names resource 0", scene -> Command.uuid(0), GpuRow.NO_SUCH_RESOURCE),
                uuid(
                        "unknown",
                        "names a resource that is none",
                        scene -> Command.uuid(GpuScene.UNKNOWN),
                        GpuRow.NO_SUCH_RESOURCE),
                uuid(
                                "short-room",
                                "leaves room for a name but its last byte",
                                scene -> Command.uuid(GpuScene.PICTURE),
                                GpuRow.ANY_ERROR)
                        .room(UUID_BYTES - 1),
                uuid("twice", "names a resource twice", scene -> Command.uuid(GpuScene.PICTURE), named)
                        .then(InfoTable::requireSameName));
    }

    /** A resource keeps its name, and another has another one. */
    private static void requireSameName(GpuScene scene, RequestAnswer answer, boolean done) {
        if (done) {
            byte[] again = name(scene, GpuScene.PICTURE);
            byte[] other = name(scene, GpuScene.SPARE);
            byte[] first = Arrays.copyOfRange(answer.writable(), GpuLayout.ResourceUuid.UUID, UUID_BYTES);
            if (!Arrays.equals(first, again) || Arrays.equals(first, other)) {
                throw Finding.lied("a resource's names are " + Arrays.toString(first) + " and " + Arrays.toString(again)
                        + ", another one's is " + Arrays.toString(other));
            }
        }
    }

    private static byte[] name(GpuScene scene, int id) {
        RequestAnswer answer = scene.exchange(
                GpuQueues.CONTROL,
                new RequestChain().readable(Command.uuid(id).bytes()).writable(UUID_BYTES));
        return Arrays.copyOfRange(answer.writable(), GpuLayout.ResourceUuid.UUID, UUID_BYTES);
    }
}
