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

/** What no honest driver writes into a split ring. */
final class SplitDriverLies {
    private SplitDriverLies() {}

    private static DriverLie lie(String name, Consumer<HostileDriver> write) {
        return DriverLie.of(RingFormat.SPLIT, name, write);
    }

    private static DriverLie tableLie(String name, Consumer<HostileDriver> write) {
        return DriverLie.of(RingFormat.SPLIT, name, write, FeatureBits.INDIRECT_DESC);
    }

    private static void available(HostileDriver driver, long address, long lengthBytes, int flags, int next) {
        driver.split().descriptor(0, address, lengthBytes, flags, next);
        driver.split().makeAvailable(0);
    }

    static Stream<DriverLie> all() {
        return Stream.of(
                lie("a head behind the last descriptor", r -> r.split().makeAvailable(SIZE)),
                lie("the largest head", r -> r.split().makeAvailable(0xFFFF)),
                lie("the same head twice", r -> {
                    r.split().descriptor(0, FIRST, 16, 0, 0);
                    r.split().makeAvailable(0);
                    r.split().makeAvailable(0);
                }),
                lie("a descriptor that is its own next", r -> available(r, FIRST, 16, NEXT, 0)),
                lie("a loop of two", r -> {
                    r.split().descriptor(1, FIRST, 16, NEXT, 0);
                    available(r, FIRST, 16, NEXT, 1);
                }),
                lie("a loop that the head is not part of", r -> {
                    r.split().descriptor(1, FIRST, 16, NEXT, 2);
                    r.split().descriptor(2, FIRST, 16, NEXT, 1);
                    available(r, FIRST, 16, NEXT, 1);
                }),
                lie("a loop of empty descriptors", r -> available(r, FIRST, 0, NEXT, 0)),
                lie("a next behind the last descriptor", r -> available(r, FIRST, 16, NEXT, SIZE)),
                lie("the largest next", r -> available(r, FIRST, 16, NEXT, 0xFFFF)),
                lie("a readable part after a writable one", r -> {
                    r.split().descriptor(1, FIRST, 16, 0, 0);
                    available(r, FIRST, 16, NEXT | WRITE, 1);
                }),
                lie("a readable part after an empty writable one", r -> {
                    r.split().descriptor(1, FIRST, 16, 0, 0);
                    available(r, FIRST, 0, NEXT | WRITE, 1);
                }),
                lie("a part of 2^32 - 1 bytes", r -> available(r, FIRST, 0xFFFF_FFFFL, 0, 0)),
                lie("an address in a hole", r -> available(r, HOLE, 1, 0, 0)),
                lie("an address before all regions", r -> available(r, 0, 1, 0, 0)),
                lie("an address behind all regions", r -> available(r, THIRD + 4096, 1, 0, 0)),
                lie("a part that runs out of its region into a hole", r -> available(r, HOLE - 8, 9, 0, 0)),
                lie("a part that spans the hole", r -> available(r, SECOND, 0xF001, WRITE, 0)),
                lie("an address of 2^63", r -> available(r, Long.MIN_VALUE, 16, 0, 0)),
                lie("an address of 2^64 - 1", r -> available(r, -1, 1, 0, 0)),
                lie("a part that wraps round 2^64", r -> available(r, -8, 16, WRITE, 0)),
                lie("a part that wraps round 2^64 into memory", r -> available(r, -0x1000, 0xFFFF_FFFFL, 0, 0)),
                lie("a part that passes 2^63", r -> available(r, Long.MAX_VALUE - 4, 16, 0, 0)),
                lie("an address in a hole in a later part", r -> {
                    r.split().descriptor(1, HOLE, 1, WRITE, 0);
                    available(r, FIRST, 16, NEXT, 1);
                }),
                lie("an indirect table, which was not negotiated", r -> available(r, FIRST, 32, INDIRECT, 0)),
                lie("an empty indirect table", r -> available(r, FIRST, 0, INDIRECT, 0)),
                lie("an index one beyond the queue", r -> r.split().availIdx(SIZE + 1)),
                lie("an index far ahead", r -> r.split().availIdx(0x8000)),
                lie("an index one step back", r -> r.split().availIdx(0xFFFF)),
                tableLie("a table that refers to another", r -> {
                    r.entry(0, FIRST + 64, 16, INDIRECT, 0);
                    available(r, FIRST, 16, INDIRECT, 0);
                }),
                tableLie("a descriptor that refers to a table and goes on", r -> {
                    r.split().descriptor(1, FIRST, 1, 0, 0);
                    r.entry(0, FIRST, 1, 0, 0);
                    available(r, FIRST, 16, INDIRECT | NEXT, 1);
                }),
                tableLie("an empty table", r -> available(r, FIRST, 0, INDIRECT, 0)),
                tableLie("a table of less than an entry", r -> available(r, FIRST, 15, INDIRECT, 0)),
                tableLie("a table that is no whole number of entries", r -> available(r, FIRST, 24, INDIRECT, 0)),
                tableLie("a table in a hole", r -> available(r, HOLE, 16, INDIRECT, 0)),
                tableLie("a table that runs out into a hole", r -> available(r, HOLE - 16, 32, INDIRECT, 0)),
                tableLie("a table at 2^64 - 16", r -> available(r, -16, 32, INDIRECT, 0)),
                tableLie("an entry that goes on behind its table", r -> {
                    r.entry(0, FIRST, 1, NEXT, 2);
                    available(r, FIRST, 32, INDIRECT, 0);
                }),
                tableLie("an entry that is its own next", r -> {
                    r.entry(0, FIRST, 1, NEXT, 0);
                    available(r, FIRST, 32, INDIRECT, 0);
                }),
                tableLie("an entry in a hole", r -> {
                    r.entry(0, HOLE, 1, 0, 0);
                    available(r, FIRST, 16, INDIRECT, 0);
                }),
                tableLie("a readable entry after a writable one", r -> {
                    r.entry(0, FIRST, 1, NEXT | WRITE, 1);
                    r.entry(1, FIRST, 1, 0, 0);
                    available(r, FIRST, 32, INDIRECT, 0);
                }),
                tableLie("a readable entry after a writable descriptor", r -> {
                    r.entry(0, FIRST, 1, 0, 0);
                    r.split().descriptor(1, FIRST, 16, INDIRECT, 0);
                    available(r, FIRST, 1, NEXT | WRITE, 1);
                }),
                tableLie("a table with more entries than the queue has descriptors", r -> {
                    for (int entry = 0; entry < SIZE + 1; entry++) {
                        r.entry(entry, FIRST, 1, entry < SIZE ? NEXT : 0, entry + 1);
                    }
                    available(r, FIRST, 16 * (SIZE + 1), INDIRECT, 0);
                }),
                tableLie("direct descriptors and a table, together more than the queue has", r -> {
                    for (int entry = 0; entry < SIZE; entry++) {
                        r.entry(entry, FIRST, 1, entry < SIZE - 1 ? NEXT : 0, entry + 1);
                    }
                    r.split().descriptor(1, FIRST, 16 * SIZE, INDIRECT, 0);
                    available(r, FIRST, 1, NEXT, 1);
                }));
    }
}
