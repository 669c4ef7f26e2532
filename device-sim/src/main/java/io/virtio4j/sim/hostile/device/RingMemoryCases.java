// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Devices that write what is the driver's, answer in odd ways or not at all. VirtIO 1.2, 2.7 and 2.8. */
final class RingMemoryCases {
    private static final String MEMORY = "the driver's memory";
    private static final String SILENCE = "silence";

    private RingMemoryCases() {}

    private static void scribbleAfterTurns(DevicePort port, Consumer<RawDeviceRing> scribble) {
        port.afterTurn(() -> {
            RawDeviceRing ring = port.ring(0).orElse(null);
            if (ring != null) {
                scribble.accept(ring);
            }
        });
    }

    static List<HostileCase<DevicePort>> all() {
        return List.of(
                DeviceCases.of(
                        "driver-area-zeroed",
                        MEMORY,
                        "SPLIT-SINGLE-WRITER",
                        "The device writes zeros over the driver area, and over a split ring's table.",
                        Verdict.SERVED,
                        port -> scribbleAfterTurns(port, ring -> ring.scribbleDriverPart(0))),
                DeviceCases.of(
                        "driver-area-set-to-ones",
                        MEMORY,
                        "SPLIT-SINGLE-WRITER",
                        "The device writes ones over the driver area, and over a split ring's table.",
                        Verdict.SERVED,
                        port -> scribbleAfterTurns(port, ring -> ring.scribbleDriverPart(0xFF))),
                DeviceCases.of(
                                "table-rewritten-while-chains-are-in-flight",
                                MEMORY,
                                "SPLIT-DEV-NO-WRITE-DESC",
                                "The descriptors of chains in flight are overwritten before they are used.",
                                Verdict.SERVED,
                                port -> {
                                    DeviceCases.onAnswer(port, (request, honest) -> null);
                                    scribbleAfterTurns(port, ring -> {
                                        ((RawSplitDevice) ring).scribbleTable(0xFF);
                                        port.releaseKept();
                                    });
                                })
                        .on(RingFormat.SPLIT),
                DeviceCases.of(
                        "requests-overwritten",
                        MEMORY,
                        "SPLIT-DEV-NO-WRITE-READABLE PACKED-DEV-NO-WRITE-READABLE",
                        "The device overwrites the requests that it was only to read.",
                        Verdict.SERVED,
                        port -> {
                            port.registers().offerAlso(FeatureBits.INDIRECT_DESC);
                            port.onUse((ring, chain, written) -> {
                                chain.scribbleReadable(0xFF);
                                ring.use(chain, written);
                            });
                        }),
                DeviceCases.of(
                        "more-written-than-said",
                        MEMORY,
                        "SPLIT-DEV-USED-LEN-UNDERSTATE SPLIT-DRV-IGNORE-PAST-LEN",
                        "All the room is written and the used length says one byte.",
                        Verdict.SERVED,
                        port -> port.onUse((ring, chain, written) -> ring.use(chain, Math.min(1, written)))),
                DeviceCases.of(
                        "garbage-past-the-used-length",
                        MEMORY,
                        "SPLIT-DRV-NO-TRUST-PAST-LEN SPLIT-DRV-IGNORE-PAST-LEN",
                        "Behind the used length lies something that is no answer.",
                        Verdict.SERVED,
                        port -> port.onUse((ring, chain, written) -> {
                            chain.write(written / 2, new byte[written - written / 2]);
                            ring.use(chain, written / 2);
                        })),
                DeviceCases.of(
                        "rest-written-after-it-was-used",
                        MEMORY,
                        "SPLIT-DEV-USED-DATA-BEFORE-IDX",
                        "Half of each answer is counted, and the room behind it is overwritten when the driver looks.",
                        Verdict.SERVED,
                        port -> {
                            List<RawChain> used = new ArrayList<>();
                            port.onUse((ring, chain, written) -> {
                                ring.use(chain, written / 2);
                                used.add(chain);
                            });
                            port.onTurn(() -> {
                                used.forEach(chain ->
                                        chain.write(chain.writableBytes() / 2, new byte[chain.writableBytes()]));
                                used.clear();
                            });
                        }),
                DeviceCases.of(
                        "used-out-of-order",
                        "order",
                        "CORE-DRV-OUT-OF-ORDER",
                        "The chain offered last is used first, as a device may without IN_ORDER.",
                        Verdict.SERVED,
                        port -> {
                            DeviceCases.onAnswer(port, (request, honest) -> request.length == 12 ? honest : null);
                            port.afterTurn(port::releaseKept);
                        }),
                DeviceCases.of(
                        "no-chain-ever-used",
                        SILENCE,
                        "CORE-DRV-CLEANUP-NO-ALTER CORE-DRV-CLEANUP-RESET-FIRST",
                        "The device takes every chain and uses none.",
                        Verdict.REJECTED,
                        port -> {
                            port.expectSilence();
                            DeviceCases.onAnswer(port, (request, honest) -> null);
                        }),
                DeviceCases.of(
                        "one-chain-of-three-never-used",
                        SILENCE,
                        "CORE-DRV-CLEANUP-NO-ALTER CORE-DRV-CLEANUP-RESET-FIRST",
                        "The device uses the first and the last of three chains, and never the second.",
                        Verdict.REJECTED,
                        port -> {
                            port.expectSilence();
                            DeviceCases.onAnswer(port, (request, honest) -> request.length == 8 ? null : honest);
                        }),
                DeviceCases.of(
                        "no-chain-used-by-a-device-that-calls",
                        SILENCE,
                        "SPLIT-DRV-SPURIOUS-IRQ",
                        "A driver asleep is called again and again, and nothing is ever used.",
                        Verdict.REJECTED,
                        port -> {
                            port.expectSilence();
                            DeviceCases.onAnswer(port, (request, honest) -> request.length == 20 ? null : honest);
                            port.onTurn(() -> port.call(0));
                        }),
                DeviceCases.of(
                        "needs-reset-with-chains-in-flight",
                        SILENCE,
                        "CORE-DRV-NEEDS-RESET-DISTRUST CORE-DEV-NEEDS-RESET-NOTIFY",
                        "The device keeps a chain, needs a reset and says so.",
                        Verdict.NEEDS_RESET,
                        port -> {
                            DeviceCases.onAnswer(port, (request, honest) -> {
                                if (request.length != 20) {
                                    return honest;
                                }
                                port.registers().needsResetFrom(DeviceStatus.DRIVER_OK);
                                port.configChange();
                                return null;
                            });
                        }),
                DeviceCases.of(
                        "reset-by-itself-with-chains-in-flight",
                        SILENCE,
                        "CORE-DRV-CLEANUP-RESET-FIRST CORE-DRV-NEEDS-RESET-DISTRUST",
                        "The device keeps a chain, falls back to status 0 unasked and tells of a change.",
                        Verdict.NEEDS_RESET,
                        port -> {
                            DeviceCases.onAnswer(port, (request, honest) -> {
                                if (request.length != 20) {
                                    return honest;
                                }
                                port.registers().status(written -> 0);
                                port.configChange();
                                return null;
                            });
                        }));
    }
}
