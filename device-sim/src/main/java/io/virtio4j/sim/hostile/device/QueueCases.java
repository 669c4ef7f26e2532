// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Verdict;
import java.util.List;

/** Queues that are not there, or of sizes that there are not. VirtIO 1.2, 2.6 Virtqueues. */
final class QueueCases {
    private static final String AREA = "queues";

    private QueueCases() {}

    private static HostileCase<DevicePort> size(String id, String violates, Verdict verdict, int size) {
        return DeviceCases.ofRegisters(
                id,
                AREA,
                "SPLIT-QSIZE-POW2 PACKED-LIST-LIMIT-DEFAULT",
                violates,
                verdict,
                port -> port.registers().maxQueueSize(index -> size));
    }

    static List<HostileCase<DevicePort>> all() {
        return List.of(
                size("offered-queue-size-0", "The queue takes no descriptor: it is not there.", Verdict.REJECTED, 0),
                size("offered-queue-size-negative", "The queue takes 2^32 - 1 descriptors.", Verdict.REJECTED, -1),
                size(
                        "offered-queue-size-too-small",
                        "The queue takes three descriptors, fewer than a driver needs.",
                        Verdict.REJECTED,
                        3),
                size(
                                "packed-offered-queue-size-7",
                                "The queue takes seven descriptors, which is no power of two.",
                                Verdict.SERVED,
                                7)
                        .on(RingFormat.PACKED),
                size(
                                "split-offered-queue-size-7",
                                "The queue takes seven descriptors, which is no power of two: four are too few.",
                                Verdict.REJECTED,
                                7)
                        .on(RingFormat.SPLIT),
                size(
                        "offered-queue-size-65535",
                        "The queue takes 65535 descriptors, more than there may be.",
                        Verdict.SERVED,
                        65535),
                DeviceCases.ofRegisters(
                        "queue-shrinks-between-two-looks",
                        AREA,
                        "CORE-DEV-VQ-INDEX-RANGE",
                        "The queue takes 16 descriptors at the first look, and 1 at the next.",
                        Verdict.SERVED,
                        port -> {
                            int[] looks = {0};
                            port.registers().maxQueueSize(index -> ++looks[0] % 2 == 1 ? 16 : 1);
                        }),
                DeviceCases.ofRegisters(
                        "queue-count-0",
                        AREA,
                        "CORE-DEV-VQ-INDEX-RANGE",
                        "The device has no queue.",
                        Verdict.REJECTED,
                        port -> port.registers().queueCount(0)),
                DeviceCases.ofRegisters(
                        "queue-count-negative",
                        AREA,
                        "CORE-DEV-VQ-INDEX-RANGE",
                        "The device has 2^32 - 1 queues.",
                        Verdict.REJECTED,
                        port -> port.registers().queueCount(-1)),
                DeviceCases.ofRegisters(
                        "queue-count-huge",
                        AREA,
                        "CORE-DEV-VQ-INDEX-RANGE",
                        "The device says to have 65536 queues, and has one.",
                        Verdict.SERVED,
                        port -> port.registers().queueCount(65536)));
    }
}
