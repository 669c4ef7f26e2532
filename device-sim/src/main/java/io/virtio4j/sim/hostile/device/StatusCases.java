// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.DeviceStatus;
import java.util.List;

/** Status fields that no device shows. VirtIO 1.2, 2.1 Device Status Field, and 2.4 Device Reset. */
final class StatusCases {
    private static final String AREA = "status";
    private static final int RESERVED = 0x30;

    private StatusCases() {}

    private static HostileCase<DevicePort> needsReset(String id, String violates, int afterBit) {
        return DeviceCases.ofRegisters(
                id,
                AREA,
                "CORE-DEV-NEEDS-RESET-SET CORE-DRV-NEEDS-RESET-DISTRUST",
                violates,
                Verdict.NEEDS_RESET,
                port -> port.registers().needsResetFrom(afterBit));
    }

    static List<HostileCase<DevicePort>> all() {
        return List.of(
                needsReset(
                        "needs-reset-from-acknowledge",
                        "DEVICE_NEEDS_RESET is set as soon as the driver has found the device.",
                        DeviceStatus.ACKNOWLEDGE),
                needsReset(
                        "needs-reset-from-driver",
                        "DEVICE_NEEDS_RESET is set as soon as the driver knows the device.",
                        DeviceStatus.DRIVER),
                needsReset(
                        "needs-reset-from-features-ok",
                        "DEVICE_NEEDS_RESET is set as soon as features are agreed on.",
                        DeviceStatus.FEATURES_OK),
                needsReset(
                        "needs-reset-from-driver-ok",
                        "DEVICE_NEEDS_RESET is set as soon as the driver is ready.",
                        DeviceStatus.DRIVER_OK),
                DeviceCases.afterOpen(
                        "needs-reset-later",
                        AREA,
                        "CORE-DEV-NEEDS-RESET-NOTIFY CORE-DRV-NEEDS-RESET-DISTRUST",
                        "DEVICE_NEEDS_RESET is set between two requests, and told of.",
                        Verdict.NEEDS_RESET,
                        port -> {
                            port.registers().needsResetFrom(DeviceStatus.DRIVER_OK);
                            port.configChange();
                        }),
                DeviceCases.afterOpen(
                                "needs-reset-and-nobody-told",
                                AREA,
                                "CORE-DEV-NEEDS-RESET-NOTIFY",
                                "DEVICE_NEEDS_RESET is set, the device does not tell of it, and works on.",
                                Verdict.SERVED,
                                port -> port.registers().needsResetFrom(DeviceStatus.DRIVER_OK))
                        .or(Verdict.NEEDS_RESET),
                DeviceCases.afterOpen(
                        "status-all-ones-later",
                        AREA,
                        "CORE-DEV-STATUS-INIT-ZERO",
                        "All bits of the status are set, as of a device that was pulled out.",
                        Verdict.NEEDS_RESET,
                        port -> {
                            port.registers().status(written -> 0xFF);
                            port.configChange();
                        }),
                DeviceCases.ofRegisters(
                        "failed-shown-by-the-device",
                        AREA,
                        "CORE-DRV-INIT-FAILED",
                        "FAILED is set, which is the driver's to set, and the device works.",
                        Verdict.SERVED,
                        port -> port.registers().status(written -> written == 0 ? 0 : written | DeviceStatus.FAILED)),
                DeviceCases.ofRegisters(
                        "reserved-bits-while-it-works",
                        AREA,
                        "CORE-DEV-STATUS-INIT-ZERO",
                        "Reserved bits of the status are set whenever it is not 0.",
                        Verdict.SERVED,
                        port -> port.registers().status(written -> written == 0 ? 0 : written | RESERVED)),
                DeviceCases.ofRegisters(
                        "reset-never-ends",
                        AREA,
                        "CORE-DEV-RESET-STATUS-ZERO CORE-DRV-RESET-WAIT-ZERO",
                        "The status never reads 0 again.",
                        Verdict.REJECTED,
                        port -> {
                            port.expectSilence();
                            port.registers().status(written -> Math.max(1, written));
                        }),
                DeviceCases.ofRegisters(
                        "reset-leaves-reserved-bits",
                        AREA,
                        "CORE-DEV-RESET-STATUS-ZERO CORE-DRV-RESET-WAIT-ZERO",
                        "Reserved bits of the status are always set: it is never 0.",
                        Verdict.REJECTED,
                        port -> {
                            port.expectSilence();
                            port.registers().status(written -> written | RESERVED);
                        }),
                DeviceCases.ofRegisters(
                        "reset-takes-a-while",
                        AREA,
                        "CORE-DRV-RESET-WAIT-ZERO",
                        "The status reads 0 at the fourth look after a reset, and not before.",
                        Verdict.SERVED,
                        port -> {
                            int[] looks = {0};
                            port.registers().status(written -> {
                                looks[0] = written == 0 ? looks[0] + 1 : 0;
                                return written == 0 && looks[0] < 4 ? DeviceStatus.ACKNOWLEDGE : written;
                            });
                        }),
                DeviceCases.ofRegisters(
                        "status-always-0",
                        AREA,
                        "CORE-DRV-INIT-REREAD-FEATURES-OK",
                        "The status reads 0 whatever the driver writes.",
                        Verdict.REJECTED,
                        port -> port.registers().status(written -> 0)),
                DeviceCases.ofRegisters(
                        "queue-reset-never-ends",
                        AREA,
                        "CORE-DEV-VQRESET-STOP CORE-DRV-VQRESET-VERIFY",
                        "The reset of a queue is asked for, and never complete.",
                        Verdict.NEEDS_RESET,
                        port -> {
                            port.expectSilence();
                            port.registers().queueResetEnds(index -> false);
                        }),
                DeviceCases.ofRegisters(
                        "queue-reset-takes-a-while",
                        AREA,
                        "CORE-DRV-VQRESET-VERIFY CORE-DRV-VQRESET-RELEASE",
                        "The reset of a queue is complete at the fourth look.",
                        Verdict.SERVED,
                        port -> {
                            int[] looks = {0};
                            port.registers().queueResetEnds(index -> ++looks[0] % 4 == 0);
                        }),
                DeviceCases.ofRegisters(
                        "needs-reset-during-a-queue-reset",
                        AREA,
                        "CORE-DEV-NEEDS-RESET-SET CORE-DRV-VQRESET-VERIFY",
                        "The device needs a reset as a whole while a queue is being reset.",
                        Verdict.NEEDS_RESET,
                        port -> port.registers().queueResetEnds(index -> {
                            port.registers().needsResetFrom(DeviceStatus.DRIVER_OK);
                            return false;
                        })));
    }
}
