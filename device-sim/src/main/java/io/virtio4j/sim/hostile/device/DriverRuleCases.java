// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.queue.PackedLayout;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rules of drivers that a device brings to a point where they could be broken, and looks whether they were.
 *
 * <p>VirtIO 1.2, 2.2.1, 2.7.10.1, 2.8.10, 2.9 and 6.1.
 */
final class DriverRuleCases {
    private static final String FEATURES = "features";
    private static final String NOTIFICATIONS = "notifications";

    /** VIRTIO_F_SR_IOV. */
    private static final int SR_IOV = 37;

    /** Bits of legacy devices, and those that no version of the specification gives to rings, negotiation or a type. */
    private static final Features UNDEFINED = Features.of(24, 25, 26, 27, 30, 31, 42, 43, 44, 45, 46, 47, 48, 49);

    /** How long the chain is that a plain driver sends alone. The three before it go together. */
    private static final int ALONE_BYTES = 20;

    private DriverRuleCases() {}

    static List<HostileCase<DevicePort>> all() {
        return List.of(
                ignores(
                        "foreign-bits-beside-an-honest-offer",
                        FEATURES,
                        "CORE-DRV-FEAT-IGNORE-FOREIGN CORE-DRV-FEAT-NO-ACK-FOREIGN",
                        "The device is opened twice, and offers undefined bits the second time: the driver takes what it"
                                + " took before.",
                        UNDEFINED),
                ignores(
                        "sr-iov-beside-an-honest-offer",
                        FEATURES,
                        "CORE-DRV-SRIOV-NOT-ON-NONPCI CORE-DRV-FEAT-IGNORE-FOREIGN",
                        "The device offers SR_IOV, and is no function of PCI.",
                        Features.of(SR_IOV)),
                DeviceCases.ofRegisters(
                        "addresses-without-access-platform",
                        FEATURES,
                        "CORE-DRV-PLATFORM-PHYS",
                        "There is an IOMMU and no ACCESS_PLATFORM: what is no address of guest memory leads nowhere, and"
                                + " nothing may be mapped.",
                        Verdict.SERVED,
                        port -> port.registers()
                                .offer(port.registers().honestOffer().without(FeatureBits.ACCESS_PLATFORM))),
                splitKick("first", 0),
                splitKick("second", 1),
                splitKick("last", 2),
                packedKick("first", 0),
                packedKick("third", 2),
                packedKick("last", 5),
                notificationData(
                        RingFormat.SPLIT,
                        "CORE-DRV-NOTIFY-DATA-SPLIT",
                        "NOTIFICATION_DATA is agreed on: each kick carries the index of the entry to come."),
                notificationData(
                        RingFormat.PACKED,
                        "PACKED-DRV-NOTIFY-OFF-WRAP CORE-DRV-NOTIFY-DATA-PACKED",
                        "NOTIFICATION_DATA is agreed on: each kick carries the slot to come and its wrap counter."));
    }

    // --- features ----------------------------------------------------------------------------------------------

    /** Opened over an honest offer, and again over one with more: nothing of what is more may be taken. */
    static HostileCase<DevicePort> ignores(String id, String area, String clauses, String violates, Features more) {
        return HostileCase.of(id, area, clauses, violates, Verdict.SERVED, (port, stage) -> {
            port.step();
            Features before = port.acknowledged();
            port.registers().offer(port.registers().honestOffer().or(more));
            port.restart();
            Features after = port.acknowledged();
            DeviceCases.concludeAfterRestart(port, stage);
            if (!after.equals(before)) {
                stage.escaped("acknowledged " + before + ", and then, with " + more + " offered too, " + after);
            }
        });
    }

    /** The driver must not have acknowledged any of these. */
    static void requireLeft(DevicePort port, Stage stage, int... bits) {
        Features taken = port.acknowledged().and(Features.of(bits));
        if (!taken.isEmpty()) {
            stage.escaped("acknowledged " + taken + ", which it must leave");
        }
    }

    /** {@return the bits from one to another} */
    static Features bits(int first, int last) {
        return Features.of(IntStream.rangeClosed(first, last).toArray());
    }

    // --- kicks -------------------------------------------------------------------------------------------------

    /** Asks for a kick at some place behind what the driver has shown so far. */
    private interface Wish {
        void write(RawDeviceRing ring, int ahead);
    }

    private static HostileCase<DevicePort> splitKick(String which, int ahead) {
        return kickAt(
                "split-avail-event-at-the-" + which + "-of-a-batch",
                "SPLIT-DRV-KICK-AT-AVAIL-EVENT",
                "The device wants to be told of the " + which + " of three chains that come at once, and sleeps until"
                        + " then.",
                RingFormat.SPLIT,
                (ring, wished) -> {
                    RawSplitDevice split = (RawSplitDevice) ring;
                    split.putNotificationEvent(split.takenIdx() + wished);
                },
                ahead,
                0);
    }

    /** A batch has six slots, the chain behind it two: the ring of six wraps behind a batch and within one. */
    private static HostileCase<DevicePort> packedKick(String which, int ahead) {
        return kickAt(
                "packed-event-at-the-" + which + "-slot-of-a-batch",
                "PACKED-EVENT-DESC-MATCH",
                "The device wants to be told of the " + which + " of six slots that come at once, wherever the ring"
                        + " wraps, and sleeps until then.",
                RingFormat.PACKED,
                (ring, wished) -> {
                    RawPackedDevice packed = (RawPackedDevice) ring;
                    packed.putNotificationEvent(packed.takenOffWrap(wished));
                    packed.putNotificationFlags(PackedLayout.EVENT_DESC);
                },
                ahead,
                Math.min(ahead, 1));
    }

    private static HostileCase<DevicePort> kickAt(
            String id, String clauses, String violates, RingFormat format, Wish wish, int inBatch, int inAlone) {
        return HostileCase.<DevicePort>of(id, NOTIFICATIONS, clauses, violates, Verdict.SERVED, (port, stage) -> {
                    // Only where a kick is missing is anything waited for.
                    port.expectSilence();
                    port.registers()
                            .offer(port.registers()
                                    .honestOffer()
                                    .without(FeatureBits.RING_RESET)
                                    .with(FeatureBits.EVENT_IDX))
                            .maxQueueSize(index -> index > 0 ? 0 : format == RingFormat.PACKED ? 6 : 8);
                    port.turnsOnlyWhenKicked(true);
                    int[] ahead = {inBatch};
                    Runnable write = () -> port.ring(0).ifPresent(ring -> wish.write(ring, ahead[0]));
                    port.onUse((ring, chain, written) -> {
                        ahead[0] = chain.readableBytes() == ALONE_BYTES ? inBatch : inAlone;
                        ring.use(chain, written);
                    });
                    port.afterTurn(write);
                    port.step();
                    write.run();
                    DeviceCases.conclude(port, stage);
                })
                .on(format);
    }

    private static HostileCase<DevicePort> notificationData(RingFormat format, String clauses, String violates) {
        String id = (format == RingFormat.SPLIT ? "split" : "packed") + "-notification-data-of-each-kick";
        return HostileCase.<DevicePort>of(id, NOTIFICATIONS, clauses, violates, Verdict.SERVED, (port, stage) -> {
                    port.registers().offerAlso(FeatureBits.NOTIFICATION_DATA);
                    int[] kicks = {0};
                    int[] payload = {0};
                    port.onKick((queueIndex, carried) -> {
                        kicks[0]++;
                        payload[0] = carried;
                    });
                    int[] seen = {0};
                    port.afterTurn(() -> port.ring(0).ifPresent(ring -> {
                        int right = position(ring) << Short.SIZE;
                        if (kicks[0] != seen[0] && payload[0] != right) {
                            stage.escaped("kick " + kicks[0] + " carried 0x" + Integer.toHexString(payload[0])
                                    + " where 0x" + Integer.toHexString(right) + " is right");
                        }
                        seen[0] = kicks[0];
                    }));
                    DeviceCases.conclude(port, stage);
                    if (kicks[0] == 0) {
                        stage.escaped("no kick, of a device that wanted each");
                    }
                })
                .on(format);
    }

    private static int position(RawDeviceRing ring) {
        return ring instanceof RawPackedDevice packed ? packed.takenOffWrap(0) : ((RawSplitDevice) ring).takenIdx();
    }
}
