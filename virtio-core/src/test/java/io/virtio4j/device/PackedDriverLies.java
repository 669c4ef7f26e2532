// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static io.virtio4j.device.HostileDriver.FIRST;
import static io.virtio4j.device.HostileDriver.HOLE;
import static io.virtio4j.device.HostileDriver.INDIRECT;
import static io.virtio4j.device.HostileDriver.NEXT;
import static io.virtio4j.device.HostileDriver.SECOND;
import static io.virtio4j.device.HostileDriver.SIZE;
import static io.virtio4j.device.HostileDriver.THIRD;
import static io.virtio4j.device.HostileDriver.WRITE;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.FeatureBits;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What no honest driver writes into a packed ring. */
final class PackedDriverLies {
    private PackedDriverLies() {}

    private static DriverLie lie(String name, Consumer<HostileDriver> write) {
        return DriverLie.of(RingFormat.PACKED, name, write);
    }

    private static DriverLie tableLie(String name, Consumer<HostileDriver> write) {
        return DriverLie.of(RingFormat.PACKED, name, write, FeatureBits.INDIRECT_DESC);
    }

    private static void available(HostileDriver driver, long address, long lengthBytes, int flags) {
        driver.packed().makeAvailable(address, lengthBytes, 0, flags);
    }

    /** Fills the ring with so many lists of one, and lets the device take them. */
    private static void taken(HostileDriver driver, int lists) {
        for (int i = 0; i < lists; i++) {
            available(driver, FIRST, 1, 0);
        }
        driver.takeAll();
    }

    static Stream<DriverLie> all() {
        return Stream.of(
                lie("a list as long as the queue that goes on", r -> {
                    for (int i = 0; i < SIZE; i++) {
                        available(r, FIRST, 1, NEXT);
                    }
                }),
                lie("a list of empty descriptors that goes on for ever", r -> {
                    for (int i = 0; i < SIZE; i++) {
                        available(r, FIRST, 0, NEXT);
                    }
                }),
                lie("a list that runs into slots not yet shown used", r -> {
                    taken(r, SIZE - 2);
                    available(r, FIRST, 1, NEXT);
                    available(r, FIRST, 1, NEXT);
                }),
                lie("a slot available again before it was shown used", r -> {
                    taken(r, SIZE);
                    available(r, FIRST, 1, 0);
                }),
                lie("all slots available again before one was shown used", r -> {
                    taken(r, SIZE);
                    for (int i = 0; i < SIZE; i++) {
                        available(r, FIRST, 1, 0);
                    }
                }),
                lie("a readable part after a writable one", r -> {
                    available(r, FIRST, 16, NEXT | WRITE);
                    available(r, FIRST, 16, 0);
                }),
                lie("a readable part after an empty writable one", r -> {
                    available(r, FIRST, 0, NEXT | WRITE);
                    available(r, FIRST, 16, 0);
                }),
                lie("a part of 2^32 - 1 bytes", r -> available(r, FIRST, 0xFFFF_FFFFL, 0)),
                lie("an address in a hole", r -> available(r, HOLE, 1, 0)),
                lie("an address before all regions", r -> available(r, 0, 1, 0)),
                lie("an address behind all regions", r -> available(r, THIRD + 4096, 1, 0)),
                lie("a part that runs out of its region into a hole", r -> available(r, HOLE - 8, 9, 0)),
                lie("a part that spans the hole", r -> available(r, SECOND, 0xF001, WRITE)),
                lie("an address of 2^63", r -> available(r, Long.MIN_VALUE, 16, 0)),
                lie("an address of 2^64 - 1", r -> available(r, -1, 1, 0)),
                lie("a part that wraps round 2^64", r -> available(r, -8, 16, WRITE)),
                lie("a part that wraps round 2^64 into memory", r -> available(r, -0x1000, 0xFFFF_FFFFL, 0)),
                lie("a part that passes 2^63", r -> available(r, Long.MAX_VALUE - 4, 16, 0)),
                lie("an address in a hole in a later part", r -> {
                    available(r, FIRST, 16, NEXT);
                    available(r, HOLE, 1, WRITE);
                }),
                lie("an indirect table, which was not negotiated", r -> available(r, FIRST, 32, INDIRECT)),
                tableLie("a descriptor that refers to a table and goes on", r -> {
                    r.entry(0, FIRST, 1, 0, 0);
                    available(r, FIRST, 16, INDIRECT | NEXT);
                    available(r, FIRST, 1, 0);
                }),
                tableLie("a table behind a direct descriptor", r -> {
                    r.entry(0, FIRST, 1, 0, 0);
                    available(r, FIRST, 1, NEXT);
                    available(r, FIRST, 16, INDIRECT);
                }),
                tableLie("an empty table", r -> available(r, FIRST, 0, INDIRECT)),
                tableLie("a table of less than an entry", r -> available(r, FIRST, 15, INDIRECT)),
                tableLie("a table that is no whole number of entries", r -> available(r, FIRST, 24, INDIRECT)),
                tableLie("a table in a hole", r -> available(r, HOLE, 16, INDIRECT)),
                tableLie("a table that runs out into a hole", r -> available(r, HOLE - 16, 32, INDIRECT)),
                tableLie("a table at 2^64 - 16", r -> available(r, -16, 32, INDIRECT)),
                tableLie("a table of 2^32 - 16 bytes", r -> available(r, FIRST, 0xFFFF_FFF0L, INDIRECT)),
                tableLie("a table with more entries than the queue has descriptors", r -> {
                    for (int entry = 0; entry < SIZE + 1; entry++) {
                        r.entry(entry, FIRST, 1, 0, 0);
                    }
                    available(r, FIRST, 16 * (SIZE + 1), INDIRECT);
                }),
                tableLie("an entry in a hole", r -> {
                    r.entry(0, HOLE, 1, 0, 0);
                    available(r, FIRST, 16, INDIRECT);
                }),
                tableLie("a readable entry after a writable one", r -> {
                    r.entry(0, FIRST, 1, 0, WRITE);
                    r.entry(1, FIRST, 1, 0, 0);
                    available(r, FIRST, 32, INDIRECT);
                }));
    }
}
