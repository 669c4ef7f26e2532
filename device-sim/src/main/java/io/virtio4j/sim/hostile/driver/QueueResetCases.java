// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Need;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.RawDriverRing;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/** The reset of one queue, as no driver does it. VirtIO 1.2, 2.6.1 Virtqueue Reset. */
final class QueueResetCases {
    private static final String AREA = "queue reset";
    private static final String STOP = "CORE-DEV-VQRESET-STOP CORE-DRV-VQRESET-VERIFY";
    private static final String ENABLE = "CORE-DRV-VQENABLE-CONFIGURE CORE-DEV-VQENABLE-OBSERVE";
    private static final String NEGOTIATED = "CORE-DRV-VQRESET-NEGOTIATED";

    private QueueResetCases() {}

    static List<HostileCase<DriverPort>> all() {
        List<HostileCase<DriverPort>> rows = new ArrayList<>();
        ignored(rows);
        stopped(rows);
        enabled(rows);
        return rows;
    }

    private static HostileCase<DriverPort> served(String id, String clauses, String violates, Consumer<Scene> play) {
        return Scene.indifferent(AREA, id, clauses, violates, play, FeatureBits.RING_RESET);
    }

    private static void ignored(List<HostileCase<DriverPort>> rows) {
        rows.add(Scene.served(
                        AREA, "queue-reset-not-negotiated", NEGOTIATED, "A queue is reset without RING_RESET.", s -> {
                            Scene.Echo echo = s.echo();
                            int id = s.ring().offer(echo.chain());
                            s.kickAndTake();
                            s.port.resetQueue(0);
                            s.stage.requireHonest(
                                    !s.port.isQueueReset(0), "the reset that nobody agreed on is complete");
                            s.requireAnswer(id, echo);
                        })
                .needing(Need.HOLDS_CHAINS));
        for (int index : new int[] {1, 64, 0xFFFF, 0x1_0000, Integer.MIN_VALUE, -1}) {
            rows.add(served(
                    "queue-reset-of-" + Integer.toUnsignedString(index),
                    STOP,
                    "Queue " + Integer.toUnsignedString(index) + " is reset, which is not set up.",
                    s -> {
                        s.port.resetQueue(index);
                        s.stage.settle();
                        s.stage.requireHonest(!s.port.isQueueReset(index), "the reset of no queue is complete");
                        s.requireService();
                    }));
        }
        rows.add(HostileCase.<DriverPort>of(
                        "queue-reset-before-driver-ok",
                        AREA,
                        STOP,
                        "A queue is reset before DRIVER_OK.",
                        Verdict.SERVED,
                        (port, stage) -> {
                            RawDriver driver = new RawDriver(port, stage);
                            driver.negotiate(FeatureBits.RING_RESET);
                            driver.setUpQueue(0, RawDriver.QUEUE_SIZE);
                            port.resetQueue(0);
                            driver.driverOk();
                            stage.served();
                        })
                .needing(Need.RING_RESET));
        rows.add(HostileCase.<DriverPort>of(
                        "queue-reset-of-a-broken-queue",
                        AREA,
                        STOP,
                        "A queue is reset to get out of DEVICE_NEEDS_RESET.",
                        Verdict.NEEDS_RESET,
                        (port, stage) -> {
                            Scene s = Scene.start(port, stage, FeatureBits.RING_RESET);
                            StatusCases.breakRing(s);
                            s.kickAndSettle();
                            port.resetQueue(0);
                            stage.settle();
                            s.driver.setUpQueue(0, RawDriver.QUEUE_SIZE);
                            s.ring().offer(s.in(4), s.out(4));
                            s.kick();
                            s.requireSilence("the device needs a reset");
                            if (!port.needsReset()) {
                                stage.served();
                            }
                        })
                .needing(Need.RING_RESET));
    }

    // --- a queue that is reset does nothing --------------------------------------------------------------------------

    private static void stopped(List<HostileCase<DriverPort>> rows) {
        rows.add(served("queue-reset-in-flight", STOP, "A queue is reset while its request is in flight.", s -> {
                    s.ring().offer(s.in(8), s.out(8));
                    s.kickAndTake();
                    int calls = s.port.calls(0);
                    resetQueue(s);
                    s.kick();
                    s.requireSilence("the queue is reset");
                    s.stage.requireHonest(s.port.calls(0) == calls, "the driver was called for a queue that is reset");
                    again(s, RawDriver.QUEUE_SIZE);
                })
                .needing(Need.HOLDS_CHAINS));
        rows.add(served("queue-reset-and-goes-on", STOP, "Buffers are offered on a queue that is reset.", s -> {
            resetQueue(s);
            for (int i = 0; i < 4; i++) {
                s.ring().offer(s.in(2), s.out(2));
                s.kick();
            }
            s.requireSilence("the queue is reset");
            again(s, RawDriver.QUEUE_SIZE);
        }));
        rows.add(served("queue-reset-and-ring-broken", STOP, "The ring of a queue that is reset is broken.", s -> {
            resetQueue(s);
            StatusCases.breakRing(s);
            s.kick();
            s.requireSilence("the queue is reset");
            again(s, RawDriver.QUEUE_SIZE);
        }));
        rows.add(served("queue-reset-twice", STOP, "A queue is reset that is reset.", s -> {
            resetQueue(s);
            s.port.resetQueue(0);
            s.stage.settle();
            s.stage.requireHonest(s.port.isQueueReset(0), "a queue is not reset any more");
            again(s, RawDriver.QUEUE_SIZE);
        }));
        rows.add(served(
                "queue-reset-storm",
                STOP,
                "A queue is reset and set up again 200 times, with requests in flight.",
                s -> {
                    for (int i = 0; i < 100; i++) {
                        s.ring().offer(s.in(1), s.out(1));
                        s.kick();
                        for (int step = s.stage.random().nextInt(4); step > 0; step--) {
                            s.port.step();
                        }
                        resetQueue(s);
                        again(s, 4);
                    }
                }));
    }

    // --- and begins anew
    // -------------------------------------------------------------------------------------------------

    private static void enabled(List<HostileCase<DriverPort>> rows) {
        rows.add(served("queue-enabled-smaller", ENABLE, "A queue is set up again with a quarter of its size.", s -> {
            s.requireService();
            resetQueue(s);
            again(s, RawDriver.QUEUE_SIZE / 4);
        }));
        rows.add(served("queue-enabled-larger", ENABLE, "A queue is set up again with four times its size.", s -> {
            s.requireService();
            resetQueue(s);
            again(s, RawDriver.QUEUE_SIZE * 4);
        }));
        rows.add(wrong("with-size-0", "a size of 0", port -> 0, right -> right));
        rows.add(wrong("too-large", "twice the most that it takes", port -> 2 * port.maxQueueSize(0), right -> right));
        rows.add(wrong(
                "descriptors-in-a-hole",
                "descriptors where no memory is",
                port -> RawDriver.QUEUE_SIZE,
                right -> new QueueAddresses(CaseMemory.HOLE, right.driverArea(), right.deviceArea())));
        rows.add(wrong(
                "misaligned",
                "a device area off its alignment",
                port -> RawDriver.QUEUE_SIZE,
                right -> new QueueAddresses(right.descriptorArea(), right.driverArea(), right.deviceArea() + 2)));
        rows.add(served(
                        "queue-set-up-while-it-works",
                        ENABLE,
                        "A queue is set up elsewhere while it works, and was not reset.",
                        s -> {
                            Scene.Echo echo = s.echo();
                            int id = s.ring().offer(echo.chain());
                            s.kickAndTake();
                            RawDriverRing other = RawDriverRing.create(s.port.format(), s.memory, RawDriver.QUEUE_SIZE);
                            s.port.setUpQueue(0, RawDriver.QUEUE_SIZE, other.addresses());
                            s.requireAnswer(id, echo);
                            other.offer(s.in(4));
                            s.kickAndSettle();
                            s.stage.requireHonest(!other.hasUsed(), "a ring is served that was set up too late");
                            s.requireService();
                        })
                .needing(Need.HOLDS_CHAINS)
                .needing(Need.ECHO));
        rows.add(served(
                "queue-set-up-after-driver-ok",
                ENABLE,
                "A queue that was not set up before DRIVER_OK is set up after it.",
                s -> {
                    RawDriverRing other = RawDriverRing.create(s.port.format(), s.memory, RawDriver.QUEUE_SIZE);
                    s.port.setUpQueue(1, RawDriver.QUEUE_SIZE, other.addresses());
                    other.offer(s.in(4));
                    s.port.kick(1);
                    s.stage.settle();
                    s.stage.requireHonest(!other.hasUsed(), "a ring is served that was set up too late");
                    s.requireService();
                }));
        rows.add(served(
                "queue-set-up-twice",
                ENABLE,
                "A queue is set up twice before DRIVER_OK, first where no memory is.",
                s -> {
                    s.driver.negotiate(FeatureBits.RING_RESET);
                    s.port.setUpQueue(
                            0, 3, new QueueAddresses(CaseMemory.HOLE, CaseMemory.HOLE + 1, CaseMemory.HOLE + 2));
                    s.driver.setUpQueue(0, RawDriver.QUEUE_SIZE);
                    s.driver.driverOk();
                    s.requireService();
                }));
    }

    private interface Places {
        QueueAddresses of(QueueAddresses right);
    }

    private static HostileCase<DriverPort> wrong(
            String id, String words, ToIntFunction<DriverPort> size, Places places) {
        return HostileCase.<DriverPort>of(
                        "queue-enabled-" + id,
                        AREA,
                        ENABLE,
                        "A queue that was reset is set up again with " + words + ".",
                        Verdict.NEEDS_RESET,
                        (port, stage) -> {
                            Scene s = Scene.start(port, stage, FeatureBits.RING_RESET);
                            resetQueue(s);
                            RawDriverRing ring =
                                    RawDriverRing.create(port.format(), stage.memory(), RawDriver.QUEUE_SIZE);
                            port.setUpQueue(0, size.applyAsInt(port), places.of(ring.addresses()));
                            ring.offer(s.in(4));
                            s.kickAndSettle();
                            if (!port.needsReset()) {
                                stage.served();
                            }
                        })
                .needing(Need.RING_RESET);
    }

    private static void resetQueue(Scene s) {
        s.port.resetQueue(0);
        s.stage.await(() -> s.port.isQueueReset(0), "the end of a queue's reset");
    }

    private static void again(Scene s, int size) {
        s.driver.setUpQueue(0, size);
        s.requireService();
    }
}
