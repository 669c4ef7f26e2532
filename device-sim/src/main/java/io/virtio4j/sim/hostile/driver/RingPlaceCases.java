// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.RawDriverRing;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where a ring cannot lie. VirtIO 1.2, 2.7.1 and 2.8.11 Driver Requirements: Virtqueues. */
final class RingPlaceCases {
    private static final String AREA = "ring places";
    private static final String ALIGN = "SPLIT-DRV-ALIGN PACKED-DRV-ALIGN";
    private static final String SIZES = "SPLIT-LAYOUT-SIZES PACKED-LAYOUT-SIZES";
    private static final int SIZE = RawDriver.QUEUE_SIZE;

    private RingPlaceCases() {}

    /** The parts of a ring. */
    private enum Part {
        DESCRIPTOR,
        DRIVER,
        DEVICE;

        int bytes(RingFormat format) {
            return switch (this) {
                case DESCRIPTOR -> format.descriptorAreaBytes(SIZE);
                case DRIVER -> format.driverAreaBytes(SIZE);
                case DEVICE -> format.deviceAreaBytes(SIZE);
            };
        }

        long of(QueueAddresses right) {
            return switch (this) {
                case DESCRIPTOR -> right.descriptorArea();
                case DRIVER -> right.driverArea();
                case DEVICE -> right.deviceArea();
            };
        }

        QueueAddresses moved(QueueAddresses right, long to) {
            return switch (this) {
                case DESCRIPTOR -> new QueueAddresses(to, right.driverArea(), right.deviceArea());
                case DRIVER -> new QueueAddresses(right.descriptorArea(), to, right.deviceArea());
                case DEVICE -> new QueueAddresses(right.descriptorArea(), right.driverArea(), to);
            };
        }

        String id() {
            return "ring-" + name().toLowerCase(Locale.ROOT) + "-area";
        }

        String words() {
            return "The " + name().toLowerCase(Locale.ROOT) + " area";
        }
    }

    /** Where a part is put instead. */
    @FunctionalInterface
    private interface Move {
        long to(RawDriverRing ring, RingFormat format);
    }

    static List<HostileCase<DriverPort>> all() {
        List<HostileCase<DriverPort>> rows = new ArrayList<>();
        for (Part part : Part.values()) {
            for (Edge edge : Edge.all()) {
                rows.add(refused(
                        part,
                        "-" + edge.name(),
                        "CORE-DRV-PLATFORM-PHYS " + SIZES,
                        " lies " + edge.words() + ".",
                        (ring, format) -> edge.at(part.bytes(format))));
            }
            rows.add(refused(
                    part,
                    "-in-two-regions",
                    SIZES,
                    " begins in one region and ends in the next.",
                    (ring, format) -> CaseMemory.SECOND - (part.bytes(format) > 16 ? 16 : 0) - offsetIn(part, format)));
            rows.add(misaligned(part, 1));
        }
        rows.add(misaligned(Part.DESCRIPTOR, 2));
        rows.add(misaligned(Part.DESCRIPTOR, 4));
        rows.add(misaligned(Part.DESCRIPTOR, 8));
        rows.add(misaligned(Part.DESCRIPTOR, 15));
        rows.add(misaligned(Part.DEVICE, 2));
        rows.add(misaligned(Part.DRIVER, 2).on(RingFormat.PACKED));
        rows.add(overlapping("ring-areas-all-in-one-place", "All three areas lie in the same place.", ring -> {
            long at = ring.addresses().descriptorArea();
            return new QueueAddresses(at, at, at);
        }));
        rows.add(overlapping(
                "ring-device-area-over-descriptors",
                "The device area lies over the descriptors.",
                ring -> Part.DEVICE.moved(ring.addresses(), ring.addresses().descriptorArea())));
        rows.add(overlapping(
                "ring-device-area-over-driver-area",
                "The device area lies over the driver area.",
                ring -> Part.DEVICE.moved(ring.addresses(), ring.addresses().driverArea())));
        rows.add(overlapping(
                "ring-driver-area-over-descriptors",
                "The driver area lies over the descriptors.",
                ring -> Part.DRIVER.moved(ring.addresses(), ring.addresses().descriptorArea())));
        return rows;
    }

    /** So that a part of 4 bytes straddles too, at an address that is aligned to 2 only. */
    private static int offsetIn(Part part, RingFormat format) {
        return part.bytes(format) > 16 ? 0 : 2;
    }

    private static HostileCase<DriverPort> misaligned(Part part, int by) {
        return refused(
                part,
                "-off-by-" + by,
                ALIGN,
                " is " + by + (by == 1 ? " byte" : " bytes") + " off its alignment.",
                (ring, format) -> part.of(ring.addresses()) + by);
    }

    private static HostileCase<DriverPort> refused(Part part, String id, String clauses, String words, Move move) {
        return HostileCase.of(
                part.id() + id, AREA, clauses, part.words() + words, Verdict.NEEDS_RESET, (port, stage) -> {
                    RawDriver driver = new RawDriver(port, stage);
                    driver.negotiate();
                    RawDriverRing ring = driver.setUpQueue(0, SIZE);
                    port.setUpQueue(0, SIZE, part.moved(ring.addresses(), move.to(ring, port.format())));
                    goOn(port, stage, driver);
                });
    }

    private interface Places {
        QueueAddresses of(RawDriverRing ring);
    }

    /** Only the driver's own memory suffers: what the device makes of it is its own affair. */
    private static HostileCase<DriverPort> overlapping(String id, String words, Places places) {
        return HostileCase.<DriverPort>of(
                        id, AREA, "SPLIT-SINGLE-WRITER " + SIZES, words, Verdict.SERVED, (port, stage) -> {
                            RawDriver driver = new RawDriver(port, stage);
                            driver.negotiate();
                            RawDriverRing ring = driver.setUpQueue(0, SIZE);
                            QueueAddresses over = places.of(ring);
                            port.setUpQueue(0, SIZE, over);
                            // The device is told that this is its own to write.
                            stage.memory()
                                    .partyMayWrite(
                                            over.deviceArea(), port.format().deviceAreaBytes(SIZE));
                            stage.memory()
                                    .partyMayWrite(
                                            over.descriptorArea(), port.format().descriptorAreaBytes(SIZE));
                            goOn(port, stage, driver);
                        })
                .or(Verdict.NEEDS_RESET);
    }

    private static void goOn(DriverPort port, Stage stage, RawDriver driver) {
        driver.driverOk();
        driver.abandon();
        for (int i = 0; i < 3; i++) {
            byte[] sent = stage.randomBytes(8);
            driver.ring(0)
                    .offer(
                            Desc.readable(stage.memory().readable(sent), 8),
                            Desc.writable(stage.memory().writable(8), 8));
            driver.kick(0);
            stage.settle();
        }
        if (!port.needsReset()) {
            stage.served();
        }
    }
}
