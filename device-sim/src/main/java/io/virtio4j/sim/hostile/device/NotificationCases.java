// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.queue.PackedLayout;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.HostileCase.Play;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Notifications that are wrong, too many or missing, and wishes for them that make no sense. VirtIO 1.2, 2.3, 2.7.7 and
 * 2.8.10.
 */
final class NotificationCases {
    private static final String AREA = "notifications";
    private static final int STORM = 1000;

    private NotificationCases() {}

    private static HostileCase<DevicePort> storm(
            String id, String clauses, String violates, Consumer<DevicePort> each) {
        return DeviceCases.of(
                id,
                AREA,
                clauses,
                violates,
                Verdict.SERVED,
                port -> port.onTurn(() -> {
                    for (int i = 0; i < STORM; i++) {
                        each.accept(port);
                    }
                }));
    }

    /**
     * The device writes a wish that binds no driver, before the first chain and after each turn, and then sleeps until
     * it is kicked: a driver that obeys waits in vain.
     */
    private static HostileCase<DevicePort> ignored(
            String id,
            String clauses,
            String violates,
            RingFormat format,
            Consumer<RawDeviceRing> wish,
            int... features) {
        Play<DevicePort> play = (port, stage) -> {
            port.registers().offerAlso(features);
            port.turnsOnlyWhenKicked(true);
            wishing(port, wish);
            DeviceCases.conclude(port, stage);
        };
        return HostileCase.of(id, AREA, clauses, violates, Verdict.SERVED, play).on(format);
    }

    /** The device wants no kick and looks for itself: none may come. */
    private static HostileCase<DevicePort> quiet(
            String id,
            String clauses,
            String violates,
            RingFormat format,
            Consumer<RawDeviceRing> wish,
            int... features) {
        Play<DevicePort> play = (port, stage) -> {
            // The ring after a queue's reset is another, whose wish is written after the first kick.
            port.registers()
                    .offer(port.registers()
                            .honestOffer()
                            .without(FeatureBits.RING_RESET)
                            .or(Features.of(features)));
            wishing(port, wish);
            DeviceCases.conclude(port, stage);
            if (port.kicks(0) != 0) {
                stage.escaped(port.kicks(0) + " kicks of a device that wanted none");
            }
        };
        return HostileCase.of(id, AREA, clauses, violates, Verdict.SERVED, play).on(format);
    }

    private static void wishing(DevicePort port, Consumer<RawDeviceRing> wish) {
        port.step();
        Runnable write = () -> port.ring(0).ifPresent(wish);
        write.run();
        port.afterTurn(write);
    }

    private static Consumer<RawDeviceRing> flags(int flags) {
        return ring -> ring.putNotificationFlags(flags);
    }

    private static Consumer<RawDeviceRing> event(int event) {
        return ring -> ring.putNotificationEvent(event);
    }

    static List<HostileCase<DevicePort>> all() {
        List<HostileCase<DevicePort>> all = new ArrayList<>(List.of(
                storm(
                        "calls-without-work",
                        "SPLIT-DRV-SPURIOUS-IRQ",
                        "The device calls a thousand times at each turn, before it has done anything.",
                        port -> port.call(0)),
                storm(
                        "calls-for-a-queue-that-is-not-there",
                        "SPLIT-DRV-SPURIOUS-IRQ",
                        "The device calls for queue 65535.",
                        port -> port.call(65535)),
                storm(
                        "configuration-changes-without-a-change",
                        "CORE-DEV-CFG-CHANGE-NOTIFY",
                        "The device tells of a thousand changes at each turn, and nothing has changed.",
                        DevicePort::configChange),
                DeviceCases.of(
                        "no-call-ever",
                        AREA,
                        "SPLIT-DEV-IRQ-REQUIRED",
                        "The device uses chains as soon as it is kicked, and never calls.",
                        Verdict.SERVED,
                        port -> port.muteCalls(true)),
                DeviceCases.of(
                        "calls-from-many-threads",
                        AREA,
                        "SPLIT-DRV-SPURIOUS-IRQ",
                        "Calls and changes come from four threads at once while the driver works.",
                        Verdict.SERVED,
                        port -> port.onTurn(() -> callFromThreads(port))),
                DeviceCases.of(
                        "calls-after-a-reset",
                        AREA,
                        "CORE-DEV-RESET-QUIET CORE-DEV-VQRESET-STOP",
                        "The device goes on calling for queues that were reset.",
                        Verdict.SERVED,
                        port -> port.callAfterReset(STORM))));
        all.addAll(splitWishes());
        all.addAll(packedWishes());
        return all;
    }

    private static List<HostileCase<DevicePort>> splitWishes() {
        return List.of(
                quiet(
                        "split-used-flags-no-notify",
                        "SPLIT-DEV-USED-FLAGS-SUPPRESS",
                        "The device wants no kick, ever, and looks for itself.",
                        RingFormat.SPLIT,
                        flags(1)),
                ignored(
                        "split-used-flags-reserved",
                        "SPLIT-DEV-USED-FLAGS-01",
                        "All reserved bits of the used flags are set, and the device sleeps until it is kicked.",
                        RingFormat.SPLIT,
                        flags(0xFFFE)),
                quiet(
                        "split-used-flags-all-ones",
                        "SPLIT-DEV-USED-FLAGS-01",
                        "All bits of the used flags are set, that for no kick among them.",
                        RingFormat.SPLIT,
                        flags(0xFFFF)),
                ignored(
                        "split-used-flags-with-event-idx",
                        "SPLIT-DEV-USED-FLAGS-ZERO SPLIT-DRV-IGNORE-USED-FLAG",
                        "The used flags want no kick though EVENT_IDX was agreed on, and the device sleeps until it is"
                                + " kicked.",
                        RingFormat.SPLIT,
                        flags(1),
                        FeatureBits.EVENT_IDX),
                quiet(
                        "split-avail-event-half-a-lap-away",
                        "SPLIT-DEV-AVAIL-EVENT",
                        "The device wants to be told 32768 chains later.",
                        RingFormat.SPLIT,
                        event(0x8000),
                        FeatureBits.EVENT_IDX),
                quiet(
                        "split-avail-event-in-the-past",
                        "SPLIT-DEV-AVAIL-EVENT",
                        "The device wants to be told of a chain before the first.",
                        RingFormat.SPLIT,
                        event(0xFFFF),
                        FeatureBits.EVENT_IDX),
                ignored(
                        "split-avail-event-without-event-idx",
                        "SPLIT-DRV-IGNORE-AVAIL-EVENT",
                        "avail_event is far away though EVENT_IDX was not agreed on, and the device sleeps until it is"
                                + " kicked.",
                        RingFormat.SPLIT,
                        event(0x7FFF)));
    }

    private static List<HostileCase<DevicePort>> packedWishes() {
        return List.of(
                ignored(
                        "packed-event-flags-reserved",
                        "PACKED-EVENT-FLAGS",
                        "The device's event flags are 3, which is reserved, and it sleeps until it is kicked.",
                        RingFormat.PACKED,
                        flags(3)),
                ignored(
                        "packed-event-flags-all-ones",
                        "PACKED-EVENT-RESERVED-ZERO",
                        "All bits of the device's event area are set, and it sleeps until it is kicked.",
                        RingFormat.PACKED,
                        flags(0xFFFF).andThen(event(0xFFFF)),
                        FeatureBits.EVENT_IDX),
                quiet(
                        "packed-event-disabled",
                        "PACKED-DRV-CONSULT-EVENTS",
                        "The device wants no kick, ever, and looks for itself.",
                        RingFormat.PACKED,
                        flags(PackedLayout.EVENT_DISABLE)),
                quiet(
                        "packed-event-disabled-with-reserved-bits",
                        "PACKED-EVENT-RESERVED-ZERO",
                        "The device wants no kick, and all reserved bits of its event flags are set.",
                        RingFormat.PACKED,
                        flags(0xFFFC | PackedLayout.EVENT_DISABLE)),
                ignored(
                        "packed-device-event-desc-without-event-idx",
                        "PACKED-EVENT-DESC-MATCH",
                        "The device wants to be told of one descriptor though EVENT_IDX was not agreed on, and sleeps"
                                + " until it is kicked.",
                        RingFormat.PACKED,
                        flags(PackedLayout.EVENT_DESC).andThen(event(7))),
                quiet(
                        "packed-event-offset-behind-the-ring",
                        "PACKED-EVENT-DESC-MATCH",
                        "The device wants to be told of slot 32767 of a ring of 8.",
                        RingFormat.PACKED,
                        flags(PackedLayout.EVENT_DESC).andThen(event(0x7FFF)),
                        FeatureBits.EVENT_IDX));
    }

    private static void callFromThreads(DevicePort port) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread thread = new Thread(() -> {
                for (int call = 0; call < 50; call++) {
                    port.call(0);
                    port.configChange();
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while four threads called", e);
            }
        }
    }
}
