// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * Every command, answered as none should be: a table of what is sent and what comes back. VirtIO 1.2, 5.7.6.7 Device
 * Operation: Request header.
 */
final class GpuCommandCases {
    private GpuCommandCases() {}

    /**
     * A command.
     *
     * @param id of the case
     * @param told what the driver's user calls the request that sends it
     * @param type of the header
     * @param plural in a sentence
     */
    private record Sent(String id, String told, int type, String plural) {}

    private static final List<Sent> COMMANDS = List.of(
            new Sent("attach", "attach", GpuCommand.RESOURCE_ATTACH_BACKING, "Attachments of backing"),
            new Sent("set-scanout", "set scanout", GpuCommand.SET_SCANOUT, "Settings of a scanout"),
            new Sent("transfer", "frame", GpuCommand.TRANSFER_TO_HOST_2D, "Transfers"),
            new Sent("flush", "frame", GpuCommand.RESOURCE_FLUSH, "Flushes"),
            new Sent("detach", "detach", GpuCommand.RESOURCE_DETACH_BACKING, "Detachments of backing"),
            new Sent("unref", "unref", GpuCommand.RESOURCE_UNREF, "Returns of a resource"),
            new Sent("blob", "blob", GpuCommand.RESOURCE_CREATE_BLOB, "Creations of a blob"),
            new Sent("uuid", "uuid", GpuCommand.RESOURCE_ASSIGN_UUID, "Questions for a UUID"),
            new Sent("cursor", "cursor", GpuCommand.MOVE_CURSOR, "Moves of the cursor"));

    static List<HostileCase<DevicePort>> all() {
        List<HostileCase<DevicePort>> all = new ArrayList<>();
        for (Sent command : COMMANDS) {
            all.addAll(types(command));
            all.add(fence(command, "flag-missing", "GPU-DEV-FENCE-FLAG", "without a fence", 0, 0));
            all.add(fence(command, "of-another", "GPU-DEV-FENCE-ID", "with the fence of another", -1, 1));
        }
        return List.copyOf(all);
    }

    private static List<HostileCase<DevicePort>> types(Sent command) {
        return List.of(
                type(command, "0", 0, "type 0, which is none"),
                type(command, "all-ones", -1, "type 2^32 - 1, which is none"),
                type(command, "of-an-edid", GpuResponse.OK_EDID, "the type of an EDID"),
                type(command, "error", GpuResponse.ERR_INVALID_PARAMETER, "an error"));
    }

    private static HostileCase<DevicePort> type(Sent command, String id, int type, String end) {
        return DeviceCases.fails(
                "gpu-" + command.id + "-answer-type-" + id,
                "GPU response type",
                "GPU-DEV-RESP-TYPES",
                command.plural + " are answered with " + end + ".",
                command.told,
                port -> GpuDeviceCases.change(port, command.type, answer -> answer.putInt(GpuHeader.TYPE, type)));
    }

    private static HostileCase<DevicePort> fence(
            Sent command, String id, String clauses, String end, int flagsMask, int fenceStep) {
        return DeviceCases.fails(
                "gpu-" + command.id + "-fence-" + id,
                "GPU fence",
                clauses,
                command.plural + " are answered " + end + ".",
                command.told,
                port -> GpuDeviceCases.change(
                        port,
                        command.type,
                        answer -> answer.putInt(GpuHeader.FLAGS, answer.getInt(GpuHeader.FLAGS) & flagsMask)
                                .putLong(GpuHeader.FENCE_ID, answer.getLong(GpuHeader.FENCE_ID) + fenceStep)));
    }
}
