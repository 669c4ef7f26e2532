// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.List;

/**
 * Rules of devices that no other table breaks: what a queue was told when it was set up again, and when a driver is called.
 *
 * <p>VirtIO 1.2, 2.6.1.2 Virtqueue Re-enable and 2.7.7.2 Used Buffer Notification Suppression.
 */
final class DeviceRuleCases {
    private static final String AT_USED_EVENT = "SPLIT-DEV-IRQ-AT-USED-EVENT";

    private DeviceRuleCases() {}

    static List<HostileCase<DevicePort>> all() {
        return List.of(
                oldRing(),
                DeviceCases.of(
                                "split-no-call-at-used-event",
                                "notifications",
                                AT_USED_EVENT,
                                "EVENT_IDX is agreed on, and the device never calls at used_event.",
                                Verdict.SERVED,
                                port -> {
                                    port.registers().offerAlso(FeatureBits.EVENT_IDX);
                                    port.muteCalls(true);
                                })
                        .on(RingFormat.SPLIT));
    }

    /** What was used is shown where the queue was before, by the count of then. */
    private static HostileCase<DevicePort> oldRing() {
        return DeviceCases.of(
                        "split-old-ring-used-after-a-queue-reset",
                        "reset",
                        "CORE-DEV-VQENABLE-OBSERVE",
                        "A queue is set up again, and the device shows used chains in the ring that it had before.",
                        Verdict.NEEDS_RESET,
                        port -> {
                            List<RawDeviceRing> rings = new ArrayList<>();
                            port.onSetUp(rings::add);
                            port.onUse((ring, chain, written) -> rings.get(0).use(chain, written));
                        })
                .on(RingFormat.SPLIT);
    }
}
