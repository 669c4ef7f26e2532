// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuLayout.DisplayInfo;
import io.virtio4j.wire.GpuResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** What GPUs answer, and none should. VirtIO 1.2, 5.7.6 Device Operation. For {@link HonestGpu}. */
public final class GpuDeviceCases {
    private static final String TYPE = "GPU response type";
    private static final String FENCE = "GPU fence";
    private static final String LENGTH = "GPU response length";
    private static final String SILENCE = "GPU silence";
    private static final int ANY = 0;
    private static final int CREATE = GpuCommand.RESOURCE_CREATE_2D;

    private GpuDeviceCases() {}

    /** {@return cases for drivers of GPUs; not those of rings, which are the same for all drivers} */
    public static List<HostileCase<DevicePort>> all() {
        List<HostileCase<DevicePort>> all = new ArrayList<>();
        all.addAll(types());
        all.addAll(GpuCommandCases.all());
        all.addAll(fences());
        all.addAll(lengths());
        all.addAll(silence());
        all.addAll(GpuContentCases.all());
        all.addAll(GpuConfigCases.all());
        all.addAll(GpuRuleCases.all());
        return List.copyOf(all);
    }

    private static boolean isOf(byte[] request, int command) {
        return command == ANY || HonestGpu.type(request) == command;
    }

    /** Changes the fields of answers to a command. */
    static void change(DevicePort port, int command, Consumer<ByteBuffer> change) {
        DeviceCases.onAnswer(port, (request, honest) -> {
            if (isOf(request, command)) {
                change.accept(ByteBuffer.wrap(honest).order(ByteOrder.LITTLE_ENDIAN));
            }
            return honest;
        });
    }

    /** Cuts or fills answers to a command. */
    static void resize(DevicePort port, int command, int lengthBytes) {
        DeviceCases.onAnswer(
                port, (request, honest) -> isOf(request, command) ? Arrays.copyOf(honest, lengthBytes) : honest);
    }

    private static HostileCase<DevicePort> type(String id, String violates, int command, int type) {
        return DeviceCases.of(
                "gpu-" + id,
                TYPE,
                "GPU-DEV-RESP-TYPES",
                violates,
                Verdict.REJECTED,
                port -> change(port, command, answer -> answer.putInt(GpuHeader.TYPE, type)));
    }

    private static List<HostileCase<DevicePort>> types() {
        return List.of(
                type("answer-type-0", "A command is answered with type 0.", CREATE, 0),
                type("answer-type-all-ones", "A command is answered with type 2^32 - 1.", CREATE, -1),
                type("type-of-the-command", "A command is answered with its own type.", CREATE, CREATE),
                type(
                        "type-of-another-answer",
                        "A command is answered as a question for an EDID.",
                        CREATE,
                        GpuResponse.OK_EDID),
                type("type-behind-the-good-ones", "A command is answered with 0x11FF, which is none.", CREATE, 0x11FF),
                type("type-before-the-good-ones", "A command is answered with 0x10FF, which is none.", CREATE, 0x10FF),
                type("error-unspecified", "No resource can be created.", CREATE, GpuResponse.ERR_UNSPEC),
                type(
                        "error-of-the-wrong-kind",
                        "A resource cannot be created for a scanout that is not there.",
                        CREATE,
                        GpuResponse.ERR_INVALID_SCANOUT_ID),
                type("error-unknown", "A command is answered with 0x12FF, an error that there is not.", CREATE, 0x12FF),
                type(
                        "error-to-everything",
                        "Every command fails, the question for displays too.",
                        ANY,
                        GpuResponse.ERR_UNSPEC),
                type(
                        "displays-without-data",
                        "The question for displays is answered with OK and no data.",
                        GpuCommand.GET_DISPLAY_INFO,
                        GpuResponse.OK_NODATA),
                type(
                        "uuid-without-data",
                        "The question for a UUID is answered with OK and no data.",
                        GpuCommand.RESOURCE_ASSIGN_UUID,
                        GpuResponse.OK_NODATA),
                DeviceCases.of(
                        "gpu-edid-without-data",
                        TYPE,
                        "GPU-DEV-RESP-TYPES GPU-EDID-NEGOTIATED",
                        "EDID was agreed on, and its question is answered with OK and no data.",
                        Verdict.SERVED,
                        port -> change(
                                port,
                                GpuCommand.GET_EDID,
                                answer -> answer.putInt(GpuHeader.TYPE, GpuResponse.OK_NODATA))));
    }

    private static HostileCase<DevicePort> fence(
            String id, String clauses, String violates, Verdict verdict, Consumer<ByteBuffer> change) {
        return DeviceCases.of("gpu-" + id, FENCE, clauses, violates, verdict, port -> change(port, CREATE, change));
    }

    private static List<HostileCase<DevicePort>> fences() {
        return List.of(
                fence(
                        "fence-flag-missing",
                        "GPU-DEV-FENCE-FLAG",
                        "The answer to a fenced command has no fence.",
                        Verdict.REJECTED,
                        answer -> answer.putInt(GpuHeader.FLAGS, 0)),
                fence(
                        "fence-0",
                        "GPU-DEV-FENCE-ID",
                        "The answer's fence is 0.",
                        Verdict.REJECTED,
                        answer -> answer.putLong(GpuHeader.FENCE_ID, 0)),
                fence(
                        "fence-of-the-command-before",
                        "GPU-DEV-FENCE-ID",
                        "The answer's fence is that of the command before.",
                        Verdict.REJECTED,
                        answer -> answer.putLong(GpuHeader.FENCE_ID, answer.getLong(GpuHeader.FENCE_ID) - 1)),
                fence(
                        "fence-of-the-command-after",
                        "GPU-DEV-FENCE-ID",
                        "The answer's fence is that of a command that was not sent yet.",
                        Verdict.REJECTED,
                        answer -> answer.putLong(GpuHeader.FENCE_ID, answer.getLong(GpuHeader.FENCE_ID) + 1)),
                fence(
                        "fence-with-a-wrong-high-half",
                        "GPU-DEV-FENCE-ID",
                        "The answer's fence is right in its low 32 bits only.",
                        Verdict.REJECTED,
                        answer -> answer.putInt(GpuHeader.FENCE_ID + Integer.BYTES, 1)),
                fence(
                        "fence-missing-from-an-error",
                        "GPU-DEV-FENCE-FLAG",
                        "An error has no fence.",
                        Verdict.REJECTED,
                        answer -> answer.putInt(GpuHeader.TYPE, GpuResponse.ERR_UNSPEC)
                                .putInt(GpuHeader.FLAGS, 0)),
                fence(
                        "flags-undefined",
                        "GPU-DEV-FENCE-FLAG",
                        "All flags of an answer are set.",
                        Verdict.SERVED,
                        answer -> answer.putInt(GpuHeader.FLAGS, -1)),
                fence(
                        "context-and-ring-of-nothing",
                        "GPU-DEV-FENCE-ID",
                        "An answer names a context and a ring, and the command had none.",
                        Verdict.SERVED,
                        answer -> answer.putInt(GpuHeader.CTX_ID, -1).putInt(GpuHeader.RING_IDX, -1)),
                DeviceCases.of(
                        "gpu-answers-of-the-command-before",
                        FENCE,
                        "GPU-DEV-FENCE-ID GPU-DEV-FENCE-COMPLETE-FIRST",
                        "From the second command on, each is given the answer of the one before.",
                        Verdict.REJECTED,
                        port -> {
                            byte[][] last = new byte[1][];
                            DeviceCases.onAnswer(port, (request, honest) -> {
                                byte[] before = last[0];
                                last[0] = honest;
                                return before == null || before.length > honest.length ? honest : before;
                            });
                        }));
    }

    private static HostileCase<DevicePort> length(
            String id, String violates, Verdict verdict, int command, int lengthBytes) {
        return DeviceCases.of(
                "gpu-" + id,
                LENGTH,
                "CORE-DEV-USED-LENGTH SPLIT-DRV-NO-TRUST-PAST-LEN",
                violates,
                verdict,
                port -> resize(port, command, lengthBytes));
    }

    private static HostileCase<DevicePort> usedLength(String id, String violates, Verdict verdict, int usedLength) {
        return DeviceCases.afterOpen(
                "gpu-" + id,
                LENGTH,
                "CORE-DEV-USED-LENGTH",
                violates,
                verdict,
                port -> port.onUse((ring, chain, written) -> ring.use(chain, usedLength)));
    }

    private static List<HostileCase<DevicePort>> lengths() {
        return List.of(
                length(
                        "answer-of-no-byte",
                        "A command is given back with nothing written.",
                        Verdict.REJECTED,
                        CREATE,
                        0),
                length("answer-of-part-of-a-header", "An answer ends within its header.", Verdict.REJECTED, CREATE, 23),
                length(
                        "displays-of-a-header",
                        "The answer to a question for displays is a header.",
                        Verdict.REJECTED,
                        GpuCommand.GET_DISPLAY_INFO,
                        24),
                length(
                        "displays-one-byte-short",
                        "The answer to a question for displays ends within the last.",
                        Verdict.REJECTED,
                        GpuCommand.GET_DISPLAY_INFO,
                        DisplayInfo.LENGTH_BYTES - 1),
                length(
                        "edid-cut-off",
                        "The answer to a question for an EDID ends behind the EDID.",
                        Verdict.SERVED,
                        GpuCommand.GET_EDID,
                        32 + 128),
                length(
                        "edid-answer-empty",
                        "The question for an EDID is given back with nothing written.",
                        Verdict.SERVED,
                        GpuCommand.GET_EDID,
                        0),
                length(
                        "uuid-cut-off",
                        "The answer to a question for a UUID ends within it.",
                        Verdict.REJECTED,
                        GpuCommand.RESOURCE_ASSIGN_UUID,
                        39),
                length(
                        "cursor-given-back-unanswered",
                        "Commands to the cursor are given back with nothing written, as devices do.",
                        Verdict.SERVED,
                        GpuCommand.MOVE_CURSOR,
                        0),
                length(
                        "cursor-answer-of-part-of-a-header",
                        "The answer to a command to the cursor ends within its header.",
                        Verdict.REJECTED,
                        GpuCommand.MOVE_CURSOR,
                        5),
                usedLength("used-length-0", "Answers are written, and the used length is 0.", Verdict.REJECTED, 0),
                usedLength(
                        "used-length-far-too-long",
                        "The used length is 1280, more than any answer has room for.",
                        Verdict.NEEDS_RESET,
                        1280),
                usedLength("used-length-is-2-to-31", "The used length is 2^31.", Verdict.NEEDS_RESET, 1 << 31),
                usedLength("used-length-is-all-ones", "The used length is 2^32 - 1.", Verdict.NEEDS_RESET, -1));
    }

    private static HostileCase<DevicePort> silent(String id, String violates, int command) {
        return DeviceCases.of("gpu-" + id, SILENCE, "GPU-DEV-FENCE-RESPOND-LATE", violates, Verdict.REJECTED, port -> {
            port.expectSilence();
            DeviceCases.onAnswer(port, (request, honest) -> isOf(request, command) ? null : honest);
        });
    }

    private static List<HostileCase<DevicePort>> silence() {
        return List.of(
                silent("no-answer-at-all", "No command is ever answered.", ANY),
                silent("no-answer-to-an-edid", "The question for an EDID is never answered.", GpuCommand.GET_EDID),
                silent("no-answer-to-a-creation", "The creation of a resource is never answered.", CREATE),
                silent(
                        "no-answer-to-an-attachment",
                        "A backing is attached, and that is never answered.",
                        GpuCommand.RESOURCE_ATTACH_BACKING),
                silent("no-answer-to-a-transfer", "A transfer is never answered.", GpuCommand.TRANSFER_TO_HOST_2D),
                silent("no-answer-to-a-cursor", "A command to the cursor is never given back.", GpuCommand.MOVE_CURSOR),
                DeviceCases.of(
                        "gpu-answers-one-turn-late",
                        SILENCE,
                        "GPU-DEV-FENCE-RESPOND-LATE",
                        "Each command is taken at one turn, and answered at the next.",
                        Verdict.SERVED,
                        port -> {
                            DeviceCases.onAnswer(port, (request, honest) -> null);
                            port.onTurn(port::releaseKept);
                        }),
                DeviceCases.of(
                        "gpu-needs-reset-with-a-command-in-flight",
                        SILENCE,
                        "CORE-DEV-NEEDS-RESET-NOTIFY CORE-DRV-NEEDS-RESET-DISTRUST",
                        "The device keeps a transfer, needs a reset and says so.",
                        Verdict.NEEDS_RESET,
                        port -> DeviceCases.onAnswer(port, (request, honest) -> {
                            if (HonestGpu.type(request) != GpuCommand.TRANSFER_TO_HOST_2D) {
                                return honest;
                            }
                            port.registers().needsResetFrom(DeviceStatus.DRIVER_OK);
                            port.configChange();
                            return null;
                        })),
                DeviceCases.of(
                        "gpu-needs-reset-from-driver-ok",
                        SILENCE,
                        "CORE-DEV-NEEDS-RESET-SET CORE-DRV-NEEDS-RESET-DISTRUST",
                        "DEVICE_NEEDS_RESET is set as soon as the driver is ready.",
                        Verdict.REJECTED,
                        port -> port.registers().needsResetFrom(DeviceStatus.DRIVER_OK)),
                DeviceCases.afterOpen(
                        "gpu-used-id-of-nothing",
                        "GPU ring",
                        "SPLIT-DEV-USED-ELEM PACKED-DEV-USE-ONLY-AVAIL",
                        "A used buffer is named that was never offered.",
                        Verdict.NEEDS_RESET,
                        port -> port.onUse((ring, chain, written) -> ring.useAs(15, chain, written))),
                DeviceCases.afterOpen(
                        "gpu-used-twice",
                        "GPU ring",
                        "SPLIT-DEV-USED-ELEM PACKED-DEV-ONE-USED-PER-LIST",
                        "A command is used twice in a row.",
                        Verdict.NEEDS_RESET,
                        port -> port.onUse((ring, chain, written) -> {
                            ring.use(chain, written);
                            ring.use(chain, written);
                        })));
    }
}
