// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuEdidLayout;
import io.virtio4j.wire.GpuLayout.DisplayInfo;
import io.virtio4j.wire.GpuLayout.Rect;
import io.virtio4j.wire.GpuLayout.ResourceUuid;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Displays, EDIDs and UUIDs that there are not. VirtIO 1.2, 5.7.6.8 Device Operation: controlq. */
final class GpuContentCases {
    private static final String DISPLAYS = "GPU displays";
    private static final String EDID = "GPU EDID";
    private static final int ONES = -1;

    private GpuContentCases() {}

    private static HostileCase<DevicePort> displays(String id, String violates, Consumer<ByteBuffer> eachMode) {
        return DeviceCases.of(
                "gpu-displays-" + id,
                DISPLAYS,
                "GPU-DEV-DISPLAY-INFO GPU-DEV-DISPLAY-MODES GPU-DRV-INIT-FALLBACK",
                violates,
                Verdict.SERVED,
                port -> GpuDeviceCases.change(port, GpuCommand.GET_DISPLAY_INFO, answer -> {
                    for (int at = DisplayInfo.MODES; at < answer.limit(); at += DisplayInfo.MODE_BYTES) {
                        eachMode.accept(answer.slice(at, DisplayInfo.MODE_BYTES).order(answer.order()));
                    }
                }));
    }

    private static void size(ByteBuffer mode, int width, int height) {
        mode.putInt(Rect.WIDTH, width).putInt(Rect.HEIGHT, height).putInt(DisplayInfo.MODE_ENABLED, 1);
    }

    private static HostileCase<DevicePort> edid(String id, String violates, Consumer<ByteBuffer> change) {
        return DeviceCases.of(
                "gpu-edid-" + id,
                EDID,
                "GPU-EDID-NEGOTIATED GPU-DRV-INIT-EDID",
                violates,
                Verdict.SERVED,
                port -> GpuDeviceCases.change(port, GpuCommand.GET_EDID, change));
    }

    private static HostileCase<DevicePort> edidOfSize(String id, String violates, int size) {
        return edid(id, violates, answer -> answer.putInt(GpuEdidLayout.SIZE, size));
    }

    private static void fill(ByteBuffer answer, int from, int lengthBytes, int value) {
        for (int i = 0; i < lengthBytes; i++) {
            answer.put(GpuEdidLayout.EDID + from + i, (byte) value);
        }
    }

    private static HostileCase<DevicePort> uuid(String id, String violates, int value) {
        return DeviceCases.of(
                "gpu-uuid-" + id,
                "GPU UUID",
                "GPU-UUID-NEGOTIATED",
                violates,
                Verdict.SERVED,
                port -> GpuDeviceCases.change(port, GpuCommand.RESOURCE_ASSIGN_UUID, answer -> {
                    for (int i = 0; i < ResourceUuid.UUID_BYTES; i++) {
                        answer.put(ResourceUuid.UUID + i, (byte) value);
                    }
                }));
    }

    static List<HostileCase<DevicePort>> all() {
        return List.of(
                displays("of-no-size", "Displays are enabled and have 0 by 0 pixels.", mode -> size(mode, 0, 0)),
                displays("of-no-height", "Displays are enabled and have no row.", mode -> size(mode, 640, 0)),
                displays("of-2-to-31", "Displays have 2^31 by 2^31 pixels.", mode -> size(mode, 1 << 31, 1 << 31)),
                displays("of-all-ones", "Displays have 2^32 - 1 by 2^32 - 1 pixels.", mode -> size(mode, ONES, ONES)),
                displays(
                        "far-away",
                        "Displays stand at 2^32 - 1 by 2^31.",
                        mode -> mode.putInt(Rect.X, ONES).putInt(Rect.Y, 1 << 31)),
                displays("on-one-another", "All 16 displays are enabled and stand on the same place.", mode -> {
                    size(mode, 800, 600);
                    mode.putInt(Rect.X, 0);
                }),
                displays("all-off", "No display is enabled.", mode -> mode.putInt(DisplayInfo.MODE_ENABLED, 0)),
                displays(
                        "enabled-is-2-to-31",
                        "Displays are enabled with 2^31 in the place of 1.",
                        mode -> mode.putInt(DisplayInfo.MODE_ENABLED, 1 << 31)),
                displays(
                        "with-all-flags",
                        "All flags of all displays are set.",
                        mode -> mode.putInt(DisplayInfo.MODE_FLAGS, ONES)),
                edidOfSize("of-no-byte", "An EDID has 0 bytes.", 0),
                edidOfSize("of-127-bytes", "An EDID ends within its block.", 127),
                edidOfSize("of-1025-bytes", "An EDID is longer than its room.", 1025),
                edidOfSize("of-2-to-31-bytes", "An EDID has 2^31 bytes.", 1 << 31),
                edidOfSize("of-all-ones-bytes", "An EDID has 2^32 - 1 bytes.", ONES),
                edidOfSize("of-1024-bytes", "An EDID has seven blocks of zeros more than it tells.", 1024),
                edid("without-header", "An EDID does not begin as all do.", answer -> fill(answer, 0, 8, 0x55)),
                edid(
                        "with-a-wrong-checksum",
                        "The sum of an EDID's bytes is not 0.",
                        answer -> fill(answer, 127, 1, 0x33)),
                edid(
                        "of-ones",
                        "All of an EDID behind its header is ones: timings, texts and sizes.",
                        answer -> fill(answer, 8, 120, ONES)),
                edid("of-text-without-end", "All descriptors of an EDID are names that do not end.", answer -> {
                    for (int at = 54; at < 126; at += 18) {
                        fill(answer, at, 18, 'n');
                        fill(answer, at, 3, 0);
                        fill(answer, at + 3, 1, 0xFC);
                    }
                }),
                edid(
                        "with-255-extensions",
                        "An EDID tells of 255 blocks more than there are.",
                        answer -> fill(answer, 126, 1, ONES)),
                edid("of-noise", "An EDID is noise behind its header.", answer -> {
                    byte[] noise = new byte[GpuEdidLayout.EDID_BYTES - 8];
                    new Random(1).nextBytes(noise);
                    answer.putInt(GpuEdidLayout.SIZE, GpuEdidLayout.EDID_BYTES).put(GpuEdidLayout.EDID + 8, noise);
                }),
                uuid("of-zeros", "The UUID of every resource is the nil UUID.", 0),
                uuid("of-ones", "The UUID of every resource is all ones.", ONES));
    }
}
