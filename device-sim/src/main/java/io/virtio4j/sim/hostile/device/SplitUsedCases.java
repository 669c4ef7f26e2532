// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.List;

/** What no device writes into a split used ring. VirtIO 1.2, 2.7.8 The Virtqueue Used Ring. */
final class SplitUsedCases {
    private static final String AREA = "split used ring";

    /** Of the chain that a plain driver sends when no other is in flight. */
    private static final int ALONE_BYTES = 20;

    private SplitUsedCases() {}

    /** What a device does in the place of using a chain. */
    private interface Wrong {
        void use(RawSplitDevice ring, RawChain chain, int writtenBytes);
    }

    private static HostileCase<DevicePort> wrong(String id, String clauses, String violates, Wrong wrong) {
        return DeviceCases.ofRing(
                        "split-" + id,
                        AREA,
                        clauses,
                        violates,
                        Verdict.NEEDS_RESET,
                        port -> port.onUse((ring, chain, written) -> wrong.use((RawSplitDevice) ring, chain, written)))
                .on(RingFormat.SPLIT);
    }

    private static HostileCase<DevicePort> wrongId(String id, String violates, int usedId) {
        return wrong(id, "SPLIT-DEV-USED-ELEM", violates, (ring, chain, written) -> {
            ring.putUsedElement(ring.usedIdx(), usedId, written);
            ring.putUsedIdx(ring.usedIdx() + 1);
        });
    }

    private static HostileCase<DevicePort> wrongLength(String id, String violates, int usedLength) {
        return wrong(id, "CORE-DEV-USED-LENGTH", violates, (ring, chain, written) -> ring.use(chain, usedLength));
    }

    private static HostileCase<DevicePort> wrongIdx(String id, String violates, int step) {
        return wrong(id, "SPLIT-DEV-USED-IDX-START", violates, (ring, chain, written) -> {
            if (chain.readableBytes() == ALONE_BYTES) {
                answerAhead(ring, chain);
                return;
            }
            ring.putUsedElement(ring.usedIdx(), chain.id(), written);
            ring.countUsed();
            if (ring.usedIdx() == 3) {
                // All elements up to here are right: the index alone is wrong.
                ring.putUsedIdx(ring.usedIdx() + step);
            }
        });
    }

    /** Every slot behind the third answers the chain to come, and no index is written: nobody may look there. */
    private static void answerAhead(RawSplitDevice ring, RawChain chain) {
        chain.write(0, new byte[chain.writableBytes()]);
        for (int idx = 3; idx < 3 + ring.config().size(); idx++) {
            ring.putUsedElement(idx, chain.id(), chain.writableBytes());
        }
    }

    static List<HostileCase<DevicePort>> all() {
        List<HostileCase<DevicePort>> all = new ArrayList<>(List.of(
                wrongId("used-id-is-queue-size", "The id of a used element is the queue size.", 8),
                wrongId("used-id-of-an-unused-descriptor", "The id of a used element was never offered.", 7),
                wrongId(
                        "used-id-is-2-to-16",
                        "The id of a used element is 65536, whose low half is in flight.",
                        1 << 16),
                wrongId(
                        "used-id-is-2-to-31",
                        "The id of a used element is 2^31, negative where it is signed.",
                        1 << 31),
                wrongId("used-id-is-2-to-31-less-1", "The id of a used element is 2^31 - 1.", Integer.MAX_VALUE),
                wrongId("used-id-is-all-ones", "The id of a used element is 2^32 - 1.", -1),
                wrongId("used-id-in-the-middle-of-a-chain", "A used element names a chain's second descriptor.", 1),
                wrongId("used-id-at-the-end-of-a-chain", "A used element names the last of three descriptors.", 4),
                wrongLength(
                        "used-length-one-too-long", "The used length is a byte more than the device may write.", 65),
                wrongLength("used-length-is-2-to-31", "The used length is 2^31.", 1 << 31),
                wrongLength("used-length-is-all-ones", "The used length is 2^32 - 1.", -1),
                wrongIdx("used-idx-ahead-by-one", "The used index counts a chain more than is in flight.", 1),
                wrongIdx("used-idx-ahead-by-queue-size", "The used index jumps by the queue size.", 8),
                wrongIdx("used-idx-ahead-by-queue-size-and-1", "The used index jumps by the queue size and one.", 9),
                wrongIdx("used-idx-ahead-by-half", "The used index jumps by 32768.", 0x8000),
                wrongIdx(
                        "used-idx-backwards",
                        "The used index runs backwards: to 65535, which is before the first.",
                        -4)));
        all.add(wrong(
                "used-length-of-a-readable-chain",
                "CORE-DEV-USED-LENGTH SPLIT-DEV-NO-WRITE-READABLE",
                "The device says to have written a byte to a chain that it may only read.",
                (ring, chain, written) -> ring.use(chain, chain.writableBytes() == 0 ? 1 : written)));
        all.add(wrong(
                "used-twice-in-a-row",
                "SPLIT-DEV-USED-ELEM",
                "A chain is used twice, one element after the other.",
                (ring, chain, written) -> {
                    if (chain.id() == 0) {
                        ring.use(chain, written);
                        ring.use(chain, written);
                    }
                }));
        all.add(wrong(
                "used-elements-never-written",
                "SPLIT-DEV-USED-LEN-BEFORE-IDX SPLIT-DEV-USED-IDX-RELEASE",
                "The used index moves on over elements that were never written.",
                (ring, chain, written) -> {
                    ring.countUsed();
                    ring.putUsedIdx(ring.usedIdx());
                }));
        all.add(wrong(
                "used-second-of-a-batch-wrong",
                "SPLIT-DEV-USED-ELEM",
                "The first element of a batch is right, and the second names nothing.",
                (ring, chain, written) -> {
                    if (chain.id() == 0) {
                        ring.use(chain, written);
                    } else {
                        ring.putUsedElement(ring.usedIdx(), -1, written);
                        ring.putUsedIdx(ring.usedIdx() + 1);
                    }
                }));
        all.addAll(overTime());
        all.addAll(inOrder());
        return all;
    }

    /** Wrong only after a while, or while the driver is looking. */
    private static List<HostileCase<DevicePort>> overTime() {
        return List.of(
                DeviceCases.ofRing(
                                "split-used-again-when-nothing-is-in-flight",
                                AREA,
                                "SPLIT-DEV-USED-ELEM",
                                "A chain is used again when all of them have come back.",
                                Verdict.NEEDS_RESET,
                                port -> port.onUse((ring, chain, written) -> {
                                    ring.use(chain, written);
                                    if (chain.readableBytes() == ALONE_BYTES) {
                                        ring.use(chain, 0);
                                    }
                                }))
                        .on(RingFormat.SPLIT),
                DeviceCases.ofRing(
                                "split-used-element-before-the-first",
                                AREA,
                                "SPLIT-DEV-USED-IDX-START",
                                "The device begins with an element for a chain that was never offered.",
                                Verdict.NEEDS_RESET,
                                port -> port.onTurn(() -> {
                                    RawSplitDevice ring =
                                            (RawSplitDevice) port.ring(0).orElse(null);
                                    if (ring != null && ring.usedIdx() == 0) {
                                        ring.putUsedElement(0, 6, 0);
                                        ring.countUsed();
                                    }
                                }))
                        .on(RingFormat.SPLIT),
                DeviceCases.ofRing(
                                "split-used-idx-set-back-during-a-batch",
                                AREA,
                                "SPLIT-DEV-USED-IDX-START",
                                "The used index is set back while the driver takes the batch that it announced.",
                                Verdict.NEEDS_RESET,
                                port -> {
                                    port.onTurn(() -> {
                                        RawSplitDevice ring =
                                                (RawSplitDevice) port.ring(0).orElse(null);
                                        if (ring != null && ring.usedIdx() == 3) {
                                            ring.putUsedIdx(1);
                                        }
                                    });
                                    port.onUse((ring, chain, written) -> {
                                        if (((RawSplitDevice) ring).usedIdx() < 3) {
                                            ring.use(chain, written);
                                        } else {
                                            answerAhead((RawSplitDevice) ring, chain);
                                        }
                                    });
                                })
                        .on(RingFormat.SPLIT),
                DeviceCases.ofRing(
                                "split-used-element-changed-during-a-batch",
                                AREA,
                                "SPLIT-DEV-USED-LEN-BEFORE-IDX",
                                "An element is written anew, with an id of nothing, after the index has shown it.",
                                Verdict.NEEDS_RESET,
                                port -> port.onTurn(() -> {
                                    RawSplitDevice ring =
                                            (RawSplitDevice) port.ring(0).orElse(null);
                                    if (ring != null && ring.usedIdx() == 3) {
                                        ring.putUsedElement(2, 0x1234, 0);
                                    }
                                }))
                        .on(RingFormat.SPLIT),
                DeviceCases.ofRing(
                                "split-used-elements-changed-when-taken",
                                AREA,
                                "SPLIT-DEV-USED-LEN-BEFORE-IDX",
                                "All elements are overwritten when the driver has taken them.",
                                Verdict.SERVED,
                                port -> port.onUse((ring, chain, written) -> {
                                    RawSplitDevice split = (RawSplitDevice) ring;
                                    if (chain.readableBytes() == ALONE_BYTES) {
                                        split.scribbleUsedElements(0xFF);
                                    }
                                    split.use(chain, written);
                                }))
                        .on(RingFormat.SPLIT));
    }

    /** A batch is named by its last chain. VirtIO 1.2, 2.7.9 In-order use of descriptors. */
    private static List<HostileCase<DevicePort>> inOrder() {
        return List.of(
                inOrder(
                        "in-order-batch-longer-than-idx",
                        "SPLIT-DEV-INORDER-BATCH",
                        "The element names the third chain, and the index counts one.",
                        (ring, chain, written) -> {
                            ring.putUsedElement(0, 5, 0);
                            ring.putUsedIdx(1);
                        }),
                inOrder(
                        "in-order-id-of-nothing",
                        "SPLIT-DEV-INORDER-BATCH",
                        "The element of a batch names no chain in flight.",
                        (ring, chain, written) -> {
                            ring.putUsedElement(0, 6, 0);
                            ring.putUsedIdx(3);
                        }),
                inOrder(
                        "in-order-used-twice",
                        "CORE-DEV-IN-ORDER",
                        "The first chain is used again after the second.",
                        (ring, chain, written) -> {
                            if (chain.id() == 0) {
                                ring.use(chain, written);
                            } else {
                                ring.putUsedElement(1, 0, written);
                                ring.putUsedIdx(2);
                            }
                        }));
    }

    private static HostileCase<DevicePort> inOrder(String id, String clauses, String violates, Wrong wrong) {
        return DeviceCases.ofRing("split-" + id, AREA, clauses, violates, Verdict.NEEDS_RESET, port -> {
                    port.registers().offerAlso(FeatureBits.IN_ORDER);
                    port.onUse((ring, chain, written) -> wrong.use((RawSplitDevice) ring, chain, written));
                })
                .on(RingFormat.SPLIT);
    }
}
