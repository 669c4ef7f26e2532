// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.queue.PackedLayout;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.wire.DescFlags;
import io.virtio4j.wire.FeatureBits;
import java.util.Arrays;
import java.util.List;

/** What is shown before it is there, left out, or not in the order that was agreed on. VirtIO 1.2, 2.7.5, 2.7.13 and 2.8.21. */
final class EarlyCases {
    private static final String AREA = "order";

    private EarlyCases() {}

    static List<HostileCase<DriverPort>> all() {
        return List.of(
                Scene.either(
                                AREA,
                                "split-idx-before-slot-and-descriptor",
                                "SPLIT-DRV-AVAIL-IDX-BARRIER",
                                "The index is published before slot and descriptors are written.",
                                s -> {
                                    s.driver.abandon();
                                    s.split().availIdx(1);
                                    s.kickAndSettle();
                                    s.ring().put(s.echo().chain());
                                })
                        .on(RingFormat.SPLIT),
                Scene.either(
                                AREA,
                                "packed-flags-before-the-rest",
                                "PACKED-DRV-FLAGS-BARRIER",
                                "A descriptor is made available before address, length and id are written.",
                                s -> {
                                    s.driver.abandon();
                                    s.packed().flags(0, s.packed().availBits(0));
                                    s.kickAndSettle();
                                    s.ring().put(s.echo().chain());
                                })
                        .on(RingFormat.PACKED),
                Scene.served(
                        AREA,
                        "kick-left-out",
                        "SPLIT-DRV-KICK-REQUIRED PACKED-DRV-CONSULT-EVENTS",
                        "Buffers are offered and the queue is not kicked, until much later.",
                        EarlyCases::kickLeftOut),
                Scene.served(
                        AREA,
                        "kick-left-out-with-event-idx",
                        "SPLIT-DRV-KICK-AT-AVAIL-EVENT PACKED-DRV-CONSULT-EVENTS",
                        "With EVENT_IDX the device asks for a kick at the next buffer, and gets none until much later.",
                        EarlyCases::kickLeftOut,
                        FeatureBits.EVENT_IDX),
                Scene.served(
                                AREA,
                                "split-used-ring-not-zeroed",
                                "SPLIT-DRV-USED-FLAGS-INIT",
                                "The used ring is full of ones when the queue starts.",
                                s -> dirty(s, (byte) 0xFF))
                        .on(RingFormat.SPLIT),
                Scene.served(
                                AREA,
                                "packed-ring-full-of-ones",
                                "PACKED-DRV-RING-ZEROED",
                                "The descriptor ring is full of ones when the queue starts.",
                                s -> dirty(s, (byte) 0xFF))
                        .on(RingFormat.PACKED),
                Scene.either(
                                AREA,
                                "packed-ring-full-of-available",
                                "PACKED-DRV-RING-ZEROED",
                                "All descriptors look available when the queue starts.",
                                s -> {
                                    s.driver.negotiate();
                                    s.driver.setUpQueue(0, RawDriver.QUEUE_SIZE);
                                    for (int i = 0; i < RawDriver.QUEUE_SIZE; i++) {
                                        s.packed().fields(i, CaseMemory.HOLE, 16, i);
                                        s.packed().flags(i, PackedLayout.DESC_F_AVAIL);
                                    }
                                    s.driver.driverOk();
                                    s.driver.abandon();
                                    s.kickAndSettle();
                                })
                        .on(RingFormat.PACKED),
                Scene.served(
                                AREA,
                                "split-in-order-next-backwards",
                                "SPLIT-DRV-INORDER-NEXT",
                                "With IN_ORDER a chain's second descriptor lies before its first.",
                                s -> {
                                    Scene.Echo echo = s.echo();
                                    s.split().descriptor(1, echo.readable(), Scene.BYTES, DescFlags.NEXT, 0);
                                    s.split().descriptor(0, echo.answer(), Scene.BYTES, DescFlags.WRITE, 0);
                                    s.ring().makeAvailable(1);
                                    s.kick();
                                    s.requireAnswer(1, echo);
                                },
                                FeatureBits.IN_ORDER)
                        .on(RingFormat.SPLIT),
                Scene.served(
                                AREA,
                                "split-in-order-heads-out-of-order",
                                "SPLIT-DRV-INORDER-SLOTS",
                                "With IN_ORDER heads are made available that do not follow each other.",
                                s -> {
                                    Scene.Echo first = s.echo();
                                    Scene.Echo second = s.echo();
                                    int one = s.ring().put(first.chain());
                                    int two = s.ring().put(second.chain());
                                    s.ring().makeAvailable(two);
                                    s.kick();
                                    s.requireAnswer(two, second);
                                    s.ring().makeAvailable(one);
                                    s.kick();
                                    s.requireAnswer(one, first);
                                },
                                FeatureBits.IN_ORDER)
                        .on(RingFormat.SPLIT),
                Scene.served(
                                AREA,
                                "split-in-order-table-backwards",
                                "SPLIT-DRV-INORDER-INDIRECT-SEQ",
                                "With IN_ORDER the entries of a table do not follow each other.",
                                s -> {
                                    Scene.Echo echo = s.echo();
                                    long table = s.ring().table(echo.chain()[0], echo.chain()[1], echo.chain()[1]);
                                    s.split().entry(table, 0, echo.chain()[0].plus(DescFlags.NEXT), 2);
                                    int id = s.ring().offer(Desc.indirect(table, 48));
                                    s.kick();
                                    s.requireAnswer(id, echo);
                                },
                                FeatureBits.IN_ORDER,
                                FeatureBits.INDIRECT_DESC)
                        .on(RingFormat.SPLIT));
    }

    /** Between two requests that are kicked the device sleeps. */
    private static void kickLeftOut(Scene s) {
        s.requireEcho();
        Scene.Echo echo = s.echo();
        int id = s.ring().offer(echo.chain());
        s.stage.settle();
        s.kick();
        s.requireAnswer(id, echo);
    }

    /** What the device writes it does not read: a ring that is not zeroed harms the driver at most. */
    private static void dirty(Scene s, byte with) {
        s.driver.negotiate();
        QueueAddresses at = s.driver.setUpQueue(0, RawDriver.QUEUE_SIZE).addresses();
        boolean packed = s.port.format() == RingFormat.PACKED;
        byte[] bytes = new byte
                [packed
                        ? s.port.format().descriptorAreaBytes(RawDriver.QUEUE_SIZE)
                        : s.port.format().deviceAreaBytes(RawDriver.QUEUE_SIZE)];
        Arrays.fill(bytes, with);
        s.memory.put(packed ? at.descriptorArea() : at.deviceArea(), bytes);
        s.driver.driverOk();
        s.requireEcho();
    }
}
