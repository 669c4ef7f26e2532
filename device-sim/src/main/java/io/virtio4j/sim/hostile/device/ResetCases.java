// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Devices that work where they must be quiet: before DRIVER_OK, and for what was in flight before a reset. VirtIO 1.2,
 * 2.1.2, 2.4.1 and 2.6.1.
 */
final class ResetCases {
    private static final String AREA = "resets";
    private static final int STORM = 1000;

    /** Of the chain that a plain driver sends when no other is in flight. */
    private static final int ALONE_BYTES = 20;

    private ResetCases() {}

    /** What a device remembers of a ring that is no more. */
    private static final class Memory {
        private final List<RawDeviceRing> rings = new ArrayList<>();
        private final List<RawChain> chains = new ArrayList<>();

        /** Overwrites the old chain's room, and shows it used in the old ring. */
        void complete() {
            RawChain chain = chains.get(0);
            chain.write(0, new byte[chain.writableBytes()]);
            use();
        }

        void use() {
            RawChain chain = chains.get(0);
            rings.get(0).use(chain, chain.writableBytes());
        }
    }

    static List<HostileCase<DevicePort>> all() {
        List<HostileCase<DevicePort>> all = new ArrayList<>();
        all.addAll(early());
        all.addAll(afterReset());
        all.addAll(afterQueueReset());
        return all;
    }

    private static HostileCase<DevicePort> early(
            String id, String violates, Verdict verdict, Consumer<DevicePort> wrong) {
        return DeviceCases.ofRing(id, AREA, "CORE-DEV-QUIET-BEFORE-DRIVER-OK", violates, verdict, wrong);
    }

    private static List<HostileCase<DevicePort>> early() {
        return List.of(
                early(
                        "calls-before-driver-ok",
                        "The device calls and tells of changes as soon as a queue is set up.",
                        Verdict.SERVED,
                        port -> port.onSetUp(ring -> {
                            for (int i = 0; i < STORM; i++) {
                                port.call(0);
                                port.configChange();
                            }
                        })),
                early(
                                "split-used-index-before-driver-ok",
                                "Before DRIVER_OK a chain is used that was never offered; then the device begins anew.",
                                Verdict.NEEDS_RESET,
                                port -> port.onSetUp(ring -> {
                                    RawSplitDevice split = (RawSplitDevice) ring;
                                    split.putUsedElement(0, 0, 64);
                                    split.putUsedIdx(1);
                                    port.call(0);
                                }))
                        .on(RingFormat.SPLIT),
                early(
                                "packed-used-descriptor-before-driver-ok",
                                "Before DRIVER_OK the device marks the first slot used, which was never available.",
                                Verdict.NEEDS_RESET,
                                port -> port.onSetUp(ring -> {
                                    RawPackedDevice packed = (RawPackedDevice) ring;
                                    packed.putUsed(6, 0, packed.usedFlags());
                                    port.call(0);
                                }))
                        .on(RingFormat.PACKED));
    }

    /** A chain is kept until the device has been reset and the driver has set it up again. */
    private static HostileCase<DevicePort> afterReset(String id, String violates, Verdict verdict, When when) {
        return HostileCase.of(id, AREA, "CORE-DEV-RESET-QUIET", violates, verdict, (port, stage) -> {
            Memory memory = keepTheLoneChain(port, stage);
            port.behave();
            when.does(port, memory);
            port.restart();
            DeviceCases.concludeAfterRestart(port, stage);
        });
    }

    private interface When {
        void does(DevicePort port, Memory memory);
    }

    private static Memory keepTheLoneChain(DevicePort port, Stage stage) {
        Memory memory = new Memory();
        port.expectSilence();
        port.onUse((ring, chain, written) -> {
            if (chain.readableBytes() == ALONE_BYTES) {
                memory.rings.add(ring);
                memory.chains.add(chain);
            } else {
                ring.use(chain, written);
            }
        });
        stage.settle();
        return memory;
    }

    private static List<HostileCase<DevicePort>> afterReset() {
        return List.of(
                afterReset(
                                "split-completion-when-set-up-after-a-reset",
                                "A chain from before a reset is used in the ring that the driver has set up after it.",
                                Verdict.NEEDS_RESET,
                                (port, memory) -> port.onSetUp(ring -> memory.complete()))
                        .on(RingFormat.SPLIT),
                afterReset(
                                "packed-completion-when-set-up-after-a-reset",
                                "A chain from before a reset is marked used in a slot that is not offered yet after it.",
                                Verdict.SERVED,
                                (port, memory) -> port.onSetUp(ring -> memory.complete()))
                        .on(RingFormat.PACKED),
                afterReset(
                                "split-completion-in-a-turn-after-a-reset",
                                "A chain from before a reset is used behind the first ones after it.",
                                Verdict.NEEDS_RESET,
                                (port, memory) -> port.afterTurn(memory::use))
                        .on(RingFormat.SPLIT));
    }

    private static List<HostileCase<DevicePort>> afterQueueReset() {
        return List.of(
                DeviceCases.of(
                        "completion-when-set-up-after-a-queue-reset",
                        AREA,
                        "CORE-DEV-VQRESET-STOP",
                        "A chain that was in flight at the reset of its queue is used when the queue is set up again.",
                        Verdict.SERVED,
                        port -> {
                            Memory memory = new Memory();
                            port.onSetUp(ring -> {
                                if (!memory.chains.isEmpty()) {
                                    memory.complete();
                                    memory.chains.clear();
                                    memory.rings.clear();
                                }
                                memory.rings.add(ring);
                            });
                            port.registers().queueResetEnds(index -> {
                                memory.rings.get(0).next().ifPresent(memory.chains::add);
                                return true;
                            });
                        }),
                usedPositionKept());
    }

    private static HostileCase<DevicePort> usedPositionKept() {
        return DeviceCases.of(
                        "split-used-position-kept-over-a-queue-reset",
                        AREA,
                        "CORE-DEV-VQRESET-DEFAULT-STATE",
                        "After the reset of a queue the device goes on in the used ring where it stood before.",
                        Verdict.NEEDS_RESET,
                        port -> {
                            List<RawDeviceRing> old = new ArrayList<>();
                            port.onSetUp(ring -> {
                                if (!old.isEmpty()) {
                                    ring.continueUsed(old.remove(0));
                                }
                                old.add(ring);
                            });
                        })
                .on(RingFormat.SPLIT);
    }
}
