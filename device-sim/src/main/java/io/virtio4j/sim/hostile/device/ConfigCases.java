// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.DeviceStatus;
import java.util.Arrays;
import java.util.List;

/** Configurations that do not keep still or are not there. VirtIO 1.2, 2.5 Device Configuration Space. */
final class ConfigCases {
    private static final String AREA = "configuration";

    private ConfigCases() {}

    private static HostileCase<DevicePort> length(String id, String violates, Verdict verdict, int lengthBytes) {
        return DeviceCases.ofRegisters(
                id,
                AREA,
                "CORE-DRV-CFG-MIN-SIZE-CHECK CORE-DRV-CFG-NO-SIZE-CAP",
                violates,
                verdict,
                port -> port.registers().configLengthBytes(() -> lengthBytes));
    }

    /** Shows a configuration that is not the device's, as long as the driver has not seen FEATURES_OK. */
    static void untilFeaturesOk(DevicePort port, int value) {
        byte[] honest = port.registers().honestConfig();
        byte[] other = new byte[honest.length];
        Arrays.fill(other, (byte) value);
        port.registers().config(other).status(written -> {
            port.registers().config((written & DeviceStatus.FEATURES_OK) != 0 ? honest : other);
            return written;
        });
    }

    static List<HostileCase<DevicePort>> all() {
        return List.of(
                length("config-length-0", "The device has no configuration.", Verdict.REJECTED, 0),
                length("config-one-byte-short", "The configuration ends within its last field.", Verdict.REJECTED, 15),
                length("config-length-negative", "The configuration's length is 2^32 - 1.", Verdict.REJECTED, -1),
                length(
                        "config-far-too-long",
                        "The configuration is said to have 2^31 - 1 bytes.",
                        Verdict.SERVED,
                        Integer.MAX_VALUE),
                DeviceCases.ofRegisters(
                        "config-zero-before-features-ok",
                        AREA,
                        "CORE-DEV-CFG-READABLE-EARLY",
                        "All of the configuration reads as 0 until the driver has looked at FEATURES_OK.",
                        Verdict.SERVED,
                        port -> untilFeaturesOk(port, 0)),
                DeviceCases.ofRegisters(
                        "config-all-ones-before-features-ok",
                        AREA,
                        "CORE-DEV-CFG-READABLE-EARLY",
                        "All of the configuration reads as ones until the driver has looked at FEATURES_OK.",
                        Verdict.SERVED,
                        port -> untilFeaturesOk(port, 0xFF)),
                DeviceCases.ofRegisters(
                        "config-torn",
                        AREA,
                        "CORE-DEV-CFG-GENERATION CORE-DRV-CFG-GENERATION-LOOP CORE-DRV-CFG-NOT-ATOMIC",
                        "Half of the configuration changes during a read, and the generation tells of it.",
                        Verdict.SERVED,
                        port -> {
                            byte[] before = port.registers().honestConfig();
                            byte[] torn = before.clone();
                            Arrays.fill(torn, 8, 16, (byte) 0x77);
                            port.registers().config(torn);
                            int[] looks = {0};
                            port.registers().configGeneration(() -> {
                                if (++looks[0] == 2) {
                                    port.registers().config(before);
                                }
                                return looks[0] >= 2 ? 1 : 0;
                            });
                        }),
                DeviceCases.ofRegisters(
                        "config-torn-ten-times",
                        AREA,
                        "CORE-DEV-CFG-GENERATION CORE-DRV-CFG-GENERATION-LOOP",
                        "The configuration changes during each of ten reads, and then keeps still.",
                        Verdict.SERVED,
                        port -> {
                            byte[] before = port.registers().honestConfig();
                            byte[] torn = before.clone();
                            torn[15] = 0;
                            port.registers().config(torn);
                            int[] looks = {0};
                            port.registers().configGeneration(() -> {
                                if (++looks[0] == 20) {
                                    port.registers().config(before);
                                }
                                return Math.min(looks[0], 20);
                            });
                        }),
                DeviceCases.ofRegisters(
                        "generation-wraps",
                        AREA,
                        "CORE-DRV-CFG-GENERATION-LOOP",
                        "The generation goes from 2^32 - 1 to 0 during a read, and half of the bytes with it.",
                        Verdict.SERVED,
                        port -> {
                            byte[] before = port.registers().honestConfig();
                            byte[] torn = before.clone();
                            torn[1] = 0;
                            port.registers().config(torn);
                            int[] looks = {0};
                            port.registers().configGeneration(() -> {
                                if (++looks[0] == 2) {
                                    port.registers().config(before);
                                }
                                return looks[0] >= 2 ? 0 : -1;
                            });
                        }),
                DeviceCases.ofRegisters(
                        "generation-never-settles",
                        AREA,
                        "CORE-DEV-CFG-GENERATION CORE-DRV-CFG-GENERATION-LOOP",
                        "The generation is another one at every look, for ever.",
                        Verdict.REJECTED,
                        port -> {
                            int[] looks = {0};
                            port.registers().configGeneration(() -> ++looks[0]);
                        }),
                DeviceCases.ofRegisters(
                        "generation-goes-back-and-forth",
                        AREA,
                        "CORE-DEV-CFG-GENERATION CORE-DRV-CFG-GENERATION-LOOP",
                        "The generation is one of two, in turn, for ever.",
                        Verdict.REJECTED,
                        port -> {
                            int[] looks = {0};
                            port.registers().configGeneration(() -> ++looks[0] & 1);
                        }),
                DeviceCases.afterOpen(
                        "generation-never-settles-later",
                        AREA,
                        "CORE-DEV-CFG-CHANGE-NOTIFY CORE-DRV-CFG-GENERATION-LOOP",
                        "A change is told of, and from then on the generation is another one at every look.",
                        Verdict.NEEDS_RESET,
                        port -> {
                            int[] looks = {0};
                            port.registers().configGeneration(() -> ++looks[0]);
                            port.configChange();
                        }));
    }
}
