// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Need;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Notifications that no driver sends. VirtIO 1.2, 2.3 Notifications, 2.7.10 and 2.9 Driver Notifications. */
final class KickCases {
    private static final String AREA = "kicks";
    private static final String SPURIOUS = "SPLIT-DEV-SPURIOUS-KICK PACKED-DRV-EXTRA-KICKS";
    private static final String INDEX = "CORE-DRV-NOTIFY-INDEX";
    private static final int STORM = 10_000;

    private KickCases() {}

    static List<HostileCase<DriverPort>> all() {
        List<HostileCase<DriverPort>> rows = new ArrayList<>();
        row(rows, "kick-without-buffers", SPURIOUS, "A queue is kicked that has nothing new.", Scene::kickAndSettle);
        row(rows, "kick-storm-without-buffers", SPURIOUS, "A queue that has nothing new is kicked 10000 times.", s -> {
            int calls = s.port.calls(0);
            for (int i = 0; i < STORM; i++) {
                s.kick();
                s.port.step();
            }
            s.stage.settle();
            s.stage.requireHonest(s.port.calls(0) == calls, "the driver was called for nothing");
        });
        rows.add(Scene.served(
                AREA, "kick-storm-for-one-buffer", SPURIOUS, "A queue is kicked 10000 times for one buffer.", s -> {
                    Scene.Echo echo = s.echo();
                    int id = s.ring().offer(echo.chain());
                    for (int i = 0; i < STORM; i++) {
                        s.kick();
                    }
                    s.requireAnswer(id, echo);
                }));
        for (int index : new int[] {1, EchoParty.QUEUES, 0x7FFF, 0xFFFF, 0x1_0000, Integer.MIN_VALUE, -1}) {
            row(
                    rows,
                    "kick-of-queue-" + Integer.toUnsignedString(index),
                    INDEX,
                    "Queue " + Integer.toUnsignedString(index) + " is kicked, which is not set up.",
                    s -> {
                        s.port.kick(index);
                        s.stage.settle();
                    });
        }
        rows.add(Scene.indifferent(
                AREA,
                "kick-storm-with-event-idx",
                SPURIOUS,
                "With EVENT_IDX a queue that has nothing new is kicked 10000 times.",
                s -> {
                    for (int i = 0; i < STORM; i++) {
                        s.kick();
                        s.port.step();
                    }
                    s.requireService();
                },
                FeatureBits.EVENT_IDX));
        rows.add(Scene.served(
                AREA, "kick-in-every-step", SPURIOUS, "A queue is kicked before each step of the device.", s -> {
                    for (int i = 0; i < 4; i++) {
                        Scene.Echo echo = s.echo();
                        int id = s.ring().offer(echo.chain());
                        while (!s.ring().hasUsed()) {
                            s.kick();
                            s.stage.await(() -> s.port.step() || s.ring().hasUsed(), "a step");
                        }
                        s.requireAnswer(id, echo);
                    }
                }));
        data(rows, "offset-behind-the-ring", 0x7FFF_0000);
        data(rows, "wrap-of-another-lap", 0x8000_0000);
        data(rows, "all-ones", 0xFFFF_0000);
        data(rows, "of-another-queue", 0x0003_0001);
        return rows;
    }

    /** What a notification says of where the driver stands is a hint: a device goes by the ring. */
    private static void data(List<HostileCase<DriverPort>> rows, String id, int payload) {
        rows.add(Scene.indifferent(
                        AREA,
                        "kick-data-" + id,
                        "PACKED-DRV-NOTIFY-OFF-WRAP CORE-DRV-NOTIFY-DATA-SPLIT CORE-DRV-NOTIFY-DATA-PACKED",
                        "A notification carries 0x" + Integer.toHexString(payload)
                                + ", which is not where the driver is.",
                        s -> {
                            s.port.kick(0, payload);
                            s.stage.settle();
                            s.requireService();
                        },
                        FeatureBits.NOTIFICATION_DATA)
                .needing(Need.NOTIFICATION_DATA));
    }

    private static void row(
            List<HostileCase<DriverPort>> rows, String id, String clauses, String violates, Consumer<Scene> kicks) {
        rows.add(Scene.indifferent(AREA, id, clauses, violates, s -> {
            kicks.accept(s);
            s.requireService();
        }));
    }
}
