// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.List;

/** Offers that make no sense, and negotiations that come to nothing. VirtIO 1.2, 2.2 Feature Bits. */
final class FeatureCases {
    private static final String AREA = "features";
    private static final Features ALL = new Features(-1, -1);

    private FeatureCases() {}

    static List<HostileCase<DevicePort>> all() {
        return List.of(
                DeviceCases.ofRegisters(
                        "nothing-offered",
                        AREA,
                        "CORE-DRV-V1-REQUIRE CORE-DRV-INIT-FAILED",
                        "The device offers no feature at all.",
                        Verdict.REJECTED,
                        port -> port.registers().offer(Features.NONE)),
                DeviceCases.ofRegisters(
                        "version-1-not-offered",
                        AREA,
                        "CORE-DEV-V1-OFFER CORE-DRV-FEAT-GIVE-UP-CLEANLY",
                        "The device offers everything but VERSION_1.",
                        Verdict.REJECTED,
                        port -> port.registers().offer(ALL.without(FeatureBits.VERSION_1))),
                DeviceCases.ofRegisters(
                                "everything-offered",
                                AREA,
                                "CORE-DRV-FEAT-IGNORE-FOREIGN CORE-DRV-FEAT-NO-ACK-FOREIGN",
                                "The device offers all 128 bits.",
                                Verdict.SERVED,
                                port -> port.registers().offer(ALL))
                        .on(RingFormat.PACKED),
                DeviceCases.ofRegisters(
                        "undefined-bits-offered",
                        AREA,
                        "CORE-DRV-FEAT-UNKNOWN-NOT-FATAL CORE-DEV-FEAT-ONLY-DELIVERABLE CORE-DEV-SRIOV-NOT-ON-NONPCI",
                        "The device offers bits of other device types, reserved ones and those of legacy devices.",
                        Verdict.SERVED,
                        port -> port.registers()
                                .offer(port.registers().honestOffer().or(new Features(0xFFFF_FE00_0FFF_FFFFL, -1)))),
                DeviceCases.ofRegisters(
                        "offer-shrinks-at-the-second-look",
                        AREA,
                        "CORE-DEV-FEAT-RENEGOTIATE-SAME",
                        "The offer is smaller at every look but the first.",
                        Verdict.SERVED,
                        port -> port.registers()
                                .offers(
                                        port.registers().honestOffer().with(FeatureBits.INDIRECT_DESC),
                                        port.registers().honestOffer())),
                DeviceCases.ofRegisters(
                        "features-ok-not-kept",
                        AREA,
                        "CORE-DEV-FEAT-REFUSE CORE-DRV-INIT-REREAD-FEATURES-OK",
                        "The device takes FEATURES_OK back.",
                        Verdict.REJECTED,
                        port -> port.registers().status(written -> written & ~DeviceStatus.FEATURES_OK)),
                DeviceCases.ofRegisters(
                        "in-order-offered-and-not-kept",
                        AREA,
                        "CORE-DEV-IN-ORDER",
                        "IN_ORDER is agreed on, and the second of three chains is used before the first has been"
                                + " written.",
                        Verdict.NEEDS_RESET,
                        port -> {
                            port.registers().offerAlso(FeatureBits.IN_ORDER);
                            port.onUse((ring, chain, written) -> {
                                if (chain.readableBytes() == 8) {
                                    ring.use(chain, written);
                                } else {
                                    ring.use(chain, written + 1);
                                }
                            });
                        }),
                DeviceCases.of(
                                "split-event-idx-offered-and-not-kept",
                                AREA,
                                "CORE-DEV-FEAT-ONLY-DELIVERABLE SPLIT-DEV-AVAIL-EVENT",
                                "EVENT_IDX is agreed on, and the device never moves avail_event, and sleeps.",
                                Verdict.REJECTED,
                                port -> {
                                    port.expectSilence();
                                    port.registers().offerAlso(FeatureBits.EVENT_IDX);
                                    port.turnsOnlyWhenKicked(true);
                                    port.afterTurn(() -> port.ring(0).ifPresent(ring -> ring.putNotificationEvent(0)));
                                })
                        .on(RingFormat.SPLIT),
                DeviceCases.ofRegisters(
                        "device-type-0",
                        AREA,
                        "CORE-DRV-INIT-FAILED",
                        "The device has type 0, which is reserved.",
                        Verdict.REJECTED,
                        port -> port.registers().deviceId(0)),
                DeviceCases.ofRegisters(
                        "device-type-all-ones",
                        AREA,
                        "CORE-DRV-INIT-FAILED",
                        "The device has type 2^32 - 1.",
                        Verdict.REJECTED,
                        port -> port.registers().deviceId(-1)),
                DeviceCases.ofRegisters(
                        "device-of-another-type",
                        AREA,
                        "CORE-DRV-INIT-FAILED",
                        "The device is a network card.",
                        Verdict.REJECTED,
                        port -> port.registers().deviceId(1)));
    }
}
