// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.queue.PackedLayout;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.List;

/**
 * Notifications that are wrong, too many or missing, and wishes for them that make no sense. VirtIO 1.2, 2.3, 2.7.7
 * and 2.8.10.
 */
final class NotificationCases {
    private static final String AREA = "notifications";
    private static final int STORM = 1000;

    private NotificationCases() {}

    private static HostileCase<DevicePort> storm(
            String id, String clauses, String violates, java.util.function.Consumer<DevicePort> each) {
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

    /** What the device writes where it says when it wants to be told. The driver may be too quiet then, and waits. */
    private static HostileCase<DevicePort> wish(
            String id, String clauses, String violates, RingFormat format, int flags, int event, int... features) {
        return DeviceCases.of(id, AREA, clauses, violates, Verdict.SERVED, port -> {
                    port.registers().offerAlso(features);
                    Runnable write = () -> {
                        RawDeviceRing ring = port.ring(0).orElse(null);
                        if (ring != null) {
                            ring.putNotificationFlags(flags);
                            ring.putNotificationEvent(event);
                        }
                    };
                    port.afterTurn(write);
                })
                .on(format);
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
                        "The device uses chains and never calls; the driver wakes for no reason now and then.",
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
        all.add(wish(
                "split-used-flags-no-notify",
                "SPLIT-DEV-USED-FLAGS-SUPPRESS",
                "The device wants no kick, ever, and sleeps.",
                RingFormat.SPLIT,
                1,
                0));
        all.add(wish(
                "split-used-flags-reserved",
                "SPLIT-DEV-USED-FLAGS-01",
                "All reserved bits of the used flags are set.",
                RingFormat.SPLIT,
                0xFFFE,
                0));
        all.add(wish(
                "split-used-flags-all-ones",
                "SPLIT-DEV-USED-FLAGS-01",
                "All bits of the used flags are set.",
                RingFormat.SPLIT,
                0xFFFF,
                0));
        all.add(wish(
                "split-used-flags-with-event-idx",
                "SPLIT-DEV-USED-FLAGS-ZERO SPLIT-DRV-IGNORE-USED-FLAG",
                "The used flags are set though EVENT_IDX was agreed on.",
                RingFormat.SPLIT,
                1,
                3,
                FeatureBits.EVENT_IDX));
        all.add(wish(
                "split-avail-event-half-a-lap-away",
                "SPLIT-DEV-AVAIL-EVENT",
                "The device wants to be told 32768 chains later.",
                RingFormat.SPLIT,
                0,
                0x8000,
                FeatureBits.EVENT_IDX));
        all.add(wish(
                "split-avail-event-in-the-past",
                "SPLIT-DEV-AVAIL-EVENT",
                "The device wants to be told of a chain before the first.",
                RingFormat.SPLIT,
                0,
                0xFFFF,
                FeatureBits.EVENT_IDX));
        all.add(wish(
                "split-avail-event-without-event-idx",
                "SPLIT-DRV-IGNORE-AVAIL-EVENT",
                "avail_event is written though EVENT_IDX was not agreed on.",
                RingFormat.SPLIT,
                0,
                0x7FFF));
        all.add(wish(
                "packed-event-flags-reserved",
                "PACKED-EVENT-FLAGS",
                "The event flags are 3, which is reserved.",
                RingFormat.PACKED,
                3,
                0));
        all.add(wish(
                "packed-event-flags-all-ones",
                "PACKED-EVENT-RESERVED-ZERO",
                "All bits of the event flags are set.",
                RingFormat.PACKED,
                0xFFFF,
                0xFFFF,
                FeatureBits.EVENT_IDX));
        all.add(wish(
                "packed-event-disabled",
                "PACKED-DRV-CONSULT-EVENTS",
                "The device wants no kick, ever, and sleeps.",
                RingFormat.PACKED,
                PackedLayout.EVENT_DISABLE,
                0));
        all.add(wish(
                "packed-event-desc-without-event-idx",
                "PACKED-EVENT-DESC-MATCH",
                "The device wants to be told of one descriptor though EVENT_IDX was not agreed on.",
                RingFormat.PACKED,
                PackedLayout.EVENT_DESC,
                7));
        all.add(wish(
                "packed-event-offset-behind-the-ring",
                "PACKED-EVENT-DESC-MATCH",
                "The device wants to be told of slot 32767 of a ring of 8.",
                RingFormat.PACKED,
                PackedLayout.EVENT_DESC,
                0x7FFF,
                FeatureBits.EVENT_IDX));
        all.add(wish(
                "packed-event-offset-of-the-queue-size",
                "PACKED-EVENT-DESC-MATCH",
                "The device wants to be told of slot 8 of a ring of 8.",
                RingFormat.PACKED,
                PackedLayout.EVENT_DESC,
                0x8008,
                FeatureBits.EVENT_IDX));
        return all;
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
