// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.queue.PackedLayout;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.DescFlags;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.List;

/** What no device writes into a packed ring. VirtIO 1.2, 2.8 Packed Virtqueues. */
final class PackedUsedCases {
    private static final String AREA = "packed used descriptors";

    /** Of the chain that a plain driver sends when no other is in flight. */
    private static final int ALONE_BYTES = 20;

    private PackedUsedCases() {}

    /** What a device does in the place of using a chain. */
    private interface Wrong {
        void use(DevicePort port, RawPackedDevice ring, RawChain chain, int writtenBytes);
    }

    private static HostileCase<DevicePort> wrong(
            String id, String clauses, String violates, Verdict verdict, Wrong wrong) {
        return DeviceCases.ofRing(
                        "packed-" + id,
                        AREA,
                        clauses,
                        violates,
                        verdict,
                        port -> port.onUse(
                                (ring, chain, written) -> wrong.use(port, (RawPackedDevice) ring, chain, written)))
                .on(RingFormat.PACKED);
    }

    private static HostileCase<DevicePort> wrongId(String id, String violates, int usedId) {
        return wrong(
                id,
                "PACKED-DEV-USE-ONLY-AVAIL",
                violates,
                Verdict.NEEDS_RESET,
                (port, ring, chain, written) -> ring.putUsed(usedId, written, ring.usedFlags()));
    }

    private static HostileCase<DevicePort> wrongLength(String id, String violates, int usedLength) {
        return wrong(
                id,
                "PACKED-DEV-USED-LEN",
                violates,
                Verdict.NEEDS_RESET,
                (port, ring, chain, written) -> ring.use(chain, usedLength));
    }

    /** Flags that do not say that a descriptor is used: the driver goes on waiting, and the chain is used later. */
    private static HostileCase<DevicePort> unseen(String id, String violates, int flags) {
        return wrong(id, "PACKED-USED-BITS", violates, Verdict.REJECTED, (port, ring, chain, written) -> {
            ring.putUsed(chain.id(), written, flags);
            port.keep(ring, chain);
        });
    }

    static List<HostileCase<DevicePort>> all() {
        List<HostileCase<DevicePort>> all = new ArrayList<>(List.of(
                wrongId("used-id-is-queue-size", "The id of a used descriptor is the queue size.", 8),
                wrongId("used-id-never-offered", "The id of a used descriptor was never offered.", 7),
                wrongId("used-id-is-2-to-15", "The id of a used descriptor is 32768.", 0x8000),
                wrongId("used-id-is-all-ones", "The id of a used descriptor is 65535.", 0xFFFF),
                wrongLength(
                        "used-length-one-too-long", "The used length is a byte more than the device may write.", 65),
                wrongLength("used-length-is-2-to-31", "The used length is 2^31.", 1 << 31),
                wrongLength("used-length-is-all-ones", "The used length is 2^32 - 1.", -1),
                unseen(
                        "used-flags-of-the-other-lap",
                        "A descriptor is marked used for the lap before.",
                        DescFlags.WRITE),
                unseen(
                        "used-flags-only-avail",
                        "A descriptor is marked with AVAIL and not USED, which is available and not used.",
                        DescFlags.WRITE | PackedLayout.DESC_F_AVAIL),
                unseen(
                        "used-flags-only-used",
                        "A descriptor is marked with USED and not AVAIL, which nothing is on this lap.",
                        DescFlags.WRITE | PackedLayout.DESC_F_USED)));
        all.add(wrong(
                "used-length-of-a-readable-chain",
                "PACKED-DEV-USED-LEN PACKED-DEV-NO-WRITE-READABLE",
                "The device says to have written a byte to a chain that it may only read.",
                Verdict.NEEDS_RESET,
                (port, ring, chain, written) -> ring.use(chain, chain.writableBytes() == 0 ? 1 : written)));
        all.add(wrong(
                "used-without-write-and-with-a-length",
                "PACKED-DRV-IGNORE-LEN-NO-WRITE",
                "A used descriptor has no WRITE flag and a length of 2^32 - 1.",
                Verdict.SERVED,
                (port, ring, chain, written) -> {
                    ring.putUsed(chain.id(), -1, ring.usedBits());
                    ring.skipUsed(chain.slots());
                }));
        all.add(wrong(
                "used-with-all-other-flags",
                "PACKED-DRV-IGNORE-USED-NEXT PACKED-DEV-WRITE-FLAG-USED",
                "A used descriptor has NEXT, INDIRECT and all reserved flags set.",
                Verdict.SERVED,
                (port, ring, chain, written) -> {
                    int others = 0xFFFF & ~(PackedLayout.DESC_F_AVAIL | PackedLayout.DESC_F_USED);
                    ring.putUsed(chain.id(), written, ring.usedBits() | others);
                    ring.skipUsed(chain.slots());
                }));
        all.add(wrong(
                "used-twice-in-a-row",
                "PACKED-DEV-ONE-USED-PER-LIST",
                "A chain is used twice, one descriptor after the other.",
                Verdict.NEEDS_RESET,
                (port, ring, chain, written) -> {
                    if (chain.id() == 0) {
                        ring.use(chain, written);
                        ring.use(chain, written);
                    }
                }));
        all.add(wrong(
                "used-in-the-next-slot",
                "PACKED-DEV-WRITE-IN-COMPLETION-ORDER",
                "The used descriptor is one slot behind the one where it belongs.",
                Verdict.REJECTED,
                (port, ring, chain, written) -> {
                    ring.putDescriptor(ring.usedSlot() + 1, chain.id(), written, ring.usedFlags());
                    port.keep(ring, chain);
                }));
        all.addAll(overTime());
        all.addAll(inOrder());
        return all;
    }

    private static List<HostileCase<DevicePort>> overTime() {
        return List.of(
                DeviceCases.ofRing(
                                "packed-used-again-when-nothing-is-in-flight",
                                AREA,
                                "PACKED-DEV-USE-ONLY-AVAIL",
                                "A descriptor is marked used that was never made available.",
                                Verdict.NEEDS_RESET,
                                port -> port.onUse((ring, chain, written) -> {
                                    ring.use(chain, written);
                                    if (chain.readableBytes() == ALONE_BYTES) {
                                        ring.use(chain, 0);
                                    }
                                }))
                        .on(RingFormat.PACKED),
                DeviceCases.ofRing(
                                "packed-all-slots-marked-used",
                                AREA,
                                "PACKED-DEV-USE-ONLY-AVAIL",
                                "Every slot of the ring is marked used, with the id of a chain in flight.",
                                Verdict.NEEDS_RESET,
                                port -> port.onUse((ring, chain, written) -> {
                                    RawPackedDevice packed = (RawPackedDevice) ring;
                                    for (int slot = 0; slot < 8; slot++) {
                                        packed.putDescriptor(slot, chain.id(), 0, packed.usedFlags());
                                    }
                                }))
                        .on(RingFormat.PACKED),
                DeviceCases.ofRing(
                                "packed-descriptors-changed-when-used",
                                AREA,
                                "PACKED-DEV-NO-CHANGE-AFTER-USED",
                                "Address, length and id of all slots are overwritten when their chains were taken.",
                                Verdict.SERVED,
                                port -> port.onUse((ring, chain, written) -> {
                                    if (chain.readableBytes() == ALONE_BYTES) {
                                        ((RawPackedDevice) ring).scribbleTaken(0xFF);
                                    }
                                    ring.use(chain, written);
                                }))
                        .on(RingFormat.PACKED));
    }

    /** A batch is named by its last list. VirtIO 1.2, 2.8.8 In-order use of descriptors. */
    private static List<HostileCase<DevicePort>> inOrder() {
        return List.of(
                inOrder(
                        "in-order-id-of-nothing",
                        "PACKED-DEV-INORDER-BATCH",
                        "The used descriptor of a batch names no chain in flight.",
                        (port, ring, chain, written) -> ring.putUsed(6, 0, ring.usedFlags())),
                inOrder(
                        "in-order-used-twice",
                        "CORE-DEV-IN-ORDER",
                        "The first chain is used again after it was.",
                        (port, ring, chain, written) -> {
                            if (chain.id() == 0) {
                                ring.use(chain, written);
                                ring.putUsed(chain.id(), written, ring.usedFlags());
                            }
                        }),
                inOrder(
                        "in-order-batch-too-long-for-its-last",
                        "PACKED-DEV-INORDER-BATCH PACKED-DEV-USED-LEN",
                        "The last chain of a batch is said to hold what all of them hold.",
                        (port, ring, chain, written) -> {
                            if (chain.writableBytes() == 0) {
                                ring.putUsed(chain.id(), 128, ring.usedFlags());
                            }
                        }));
    }

    private static HostileCase<DevicePort> inOrder(String id, String clauses, String violates, Wrong wrong) {
        return DeviceCases.ofRing("packed-" + id, AREA, clauses, violates, Verdict.NEEDS_RESET, port -> {
                    port.registers().offerAlso(FeatureBits.IN_ORDER);
                    port.onUse((ring, chain, written) -> wrong.use(port, (RawPackedDevice) ring, chain, written));
                })
                .on(RingFormat.PACKED);
    }
}
