// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Need;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Sizes and indices that no queue has. VirtIO 1.2, 2.6 Virtqueues, 2.7 and 2.8.10.1. */
final class QueueSizeCases {
    private static final String AREA = "queue sizes and indices";
    private static final String SIZE = "SPLIT-QSIZE-POW2 PACKED-LAYOUT-SIZES";

    private QueueSizeCases() {}

    static List<HostileCase<DriverPort>> all() {
        List<HostileCase<DriverPort>> rows = new ArrayList<>(List.of(
                refused("0", 0),
                refused("32768", 32768),
                refused("32769", 32769),
                refused("65535", 65535),
                refused("65536", 65536),
                refused("2-31-less-1", Integer.MAX_VALUE),
                refused("2-31", Integer.MIN_VALUE),
                refused("2-32-less-1", -1),
                refused("twice-the-most", "twice the most that it takes", port -> 2 * port.maxQueueSize(0)),
                refused("one-above-the-most", "one more than it takes", port -> port.maxQueueSize(0) + 1),
                refused("3", 3).on(RingFormat.SPLIT),
                refused("24", 24).on(RingFormat.SPLIT),
                refused("one-below-the-most", "one less than the most", port -> port.maxQueueSize(0) - 1)
                        .on(RingFormat.SPLIT)));
        rows.addAll(List.of(
                taken("1", 1),
                taken("2", 2),
                taken("the-most", EchoParty.MAX_QUEUE_SIZE),
                taken("3", 3).on(RingFormat.PACKED),
                taken("one-below-the-most", EchoParty.MAX_QUEUE_SIZE - 1).on(RingFormat.PACKED)));
        rows.addAll(List.of(
                absent("one-too-many", "the one behind the last", DriverPort::queueCount),
                absent("65535", 65535),
                absent("65536", 65536),
                absent("2-31", Integer.MIN_VALUE),
                absent("2-32-less-1", -1)));
        return rows;
    }

    /** Room in memory for no more than the right ring: a device that takes the size at its word runs out of it. */
    private static HostileCase<DriverPort> refused(String id, int size) {
        return refused(id, Integer.toUnsignedString(size), port -> size);
    }

    private static HostileCase<DriverPort> refused(String id, String words, ToIntFunction<DriverPort> size) {
        return HostileCase.of(
                "queue-size-" + id,
                AREA,
                SIZE,
                "A queue is set up with a size that is no queue's: " + words + ".",
                Verdict.NEEDS_RESET,
                (port, stage) -> {
                    RawDriver driver = new RawDriver(port, stage);
                    driver.negotiate();
                    QueueAddresses right =
                            driver.setUpQueue(0, RawDriver.QUEUE_SIZE).addresses();
                    port.setUpQueue(0, size.applyAsInt(port), right);
                    driver.driverOk();
                    driver.abandon();
                    driver.kick(0);
                    stage.settle();
                    if (!port.needsReset()) {
                        stage.served();
                    }
                });
    }

    /** The sizes beside those are a driver's right. */
    private static HostileCase<DriverPort> taken(String words, int size) {
        return HostileCase.<DriverPort>of(
                        "queue-size-of-" + words,
                        AREA,
                        SIZE,
                        "A queue has " + size + (size == 1 ? " descriptor" : " descriptors") + ", as it may.",
                        Verdict.SERVED,
                        (port, stage) -> {
                            RawDriver driver = new RawDriver(port, stage);
                            driver.negotiate();
                            driver.setUpQueue(0, size);
                            driver.driverOk();
                            driver.abandon();
                            for (int i = 0; i < 3; i++) {
                                int id = size == 1
                                        ? driver.ring(0).offer(Scene.in(stage, 4))
                                        : driver.ring(0).offer(Scene.in(stage, 4), Scene.out(stage, 4));
                                driver.kick(0);
                                driver.awaitUsed(0, id);
                            }
                            stage.served();
                        })
                .needing(Need.ECHO);
    }

    private static HostileCase<DriverPort> absent(String id, int index) {
        return absent(id, Integer.toUnsignedString(index), port -> index);
    }

    /** A device that takes no notice works on; one that needs a reset does nothing on any queue. */
    private static HostileCase<DriverPort> absent(String id, String words, ToIntFunction<DriverPort> which) {
        return HostileCase.<DriverPort>of(
                        "queue-index-" + id,
                        AREA,
                        "CORE-DEV-VQ-INDEX-RANGE",
                        "A queue that is not there is set up and kicked: " + words + ".",
                        Verdict.NEEDS_RESET,
                        (port, stage) -> {
                            RawDriver driver = new RawDriver(port, stage);
                            driver.negotiate();
                            driver.setUpQueue(0, RawDriver.QUEUE_SIZE);
                            int index = which.applyAsInt(port);
                            port.setUpQueue(
                                    index,
                                    RawDriver.QUEUE_SIZE,
                                    new QueueAddresses(CaseMemory.FIRST, CaseMemory.SECOND, CaseMemory.THIRD));
                            driver.driverOk();
                            port.kick(index);
                            stage.settle();
                            if (!port.needsReset()) {
                                stage.requireService(driver);
                                stage.served();
                                return;
                            }
                            driver.ring(0).offer(Scene.in(stage, 4), Scene.out(stage, 4));
                            driver.kick(0);
                            stage.settle();
                            stage.requireHonest(
                                    !driver.ring(0).hasUsed(), "a buffer was used by a device that needs a reset");
                        })
                .or(Verdict.SERVED);
    }
}
