// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.queue.PackedLayout;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.queue.SplitLayout;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Need;
import io.virtio4j.wire.DescFlags;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Tables that no driver makes. VirtIO 1.2, 2.7.5.3 Indirect Descriptors, 2.8.7 and 2.8.19. */
final class IndirectCases {
    private static final String AREA = "indirect tables";
    private static final String LENGTH = "SPLIT-INDIRECT-TABLE PACKED-INDIRECT-TABLE";
    private static final String LIMIT = "SPLIT-DRV-CHAIN-LE-QSIZE PACKED-DRV-INDIRECT-LE-LIMIT";
    private static final String NO_NEXT = "SPLIT-DRV-INDIRECT-NO-NEXT PACKED-DRV-INDIRECT-NO-NEXT";
    private static final int ENTRY = SplitLayout.DESC_BYTES;

    private IndirectCases() {}

    static List<HostileCase<DriverPort>> all() {
        List<HostileCase<DriverPort>> rows = new ArrayList<>();
        tables(rows);
        entries(rows);
        splitEntries(rows);
        packedEntries(rows);
        return rows;
    }

    private static HostileCase<DriverPort> broken(String id, String clauses, String violates, Consumer<Scene> offer) {
        return Scene.broken(AREA, id, clauses, violates, offer, FeatureBits.INDIRECT_DESC);
    }

    private static HostileCase<DriverPort> served(String id, String clauses, String violates, Consumer<Scene> play) {
        return Scene.served(AREA, id, clauses, violates, play, FeatureBits.INDIRECT_DESC);
    }

    // --- the descriptor that refers to a table ---------------------------------------------------------------------

    private static void tables(List<HostileCase<DriverPort>> rows) {
        rows.add(Scene.broken(
                AREA,
                "indirect-not-negotiated",
                "SPLIT-DRV-INDIRECT-NEGOTIATED PACKED-DRV-INDIRECT-NEGOTIATED",
                "A descriptor refers to a table, and INDIRECT_DESC was not negotiated.",
                s -> s.ring().offer(Desc.indirect(s.ring().table(s.in(8)), ENTRY))));
        rows.add(tableLength("0", 0));
        rows.add(tableLength("1", 1));
        rows.add(tableLength("15", 15));
        rows.add(tableLength("17", 17));
        rows.add(tableLength("24", 24));
        rows.add(tableLength("2-32-less-1", 0xFFFF_FFFFL));
        rows.add(tableLength("2-32-less-16", 0xFFFF_FFF0L));
        rows.add(tableLength("2-31", 0x8000_0000L));
        for (Edge edge : Edge.all()) {
            rows.add(broken(
                    "indirect-table-" + edge.name(),
                    "CORE-DRV-PLATFORM-PHYS " + LENGTH,
                    "A table lies " + edge.words() + ".",
                    s -> s.ring().offer(Desc.indirect(edge.at(3 * ENTRY), 3 * ENTRY))));
        }
        rows.add(broken(
                "indirect-with-next",
                NO_NEXT,
                "A descriptor refers to a table and has NEXT.",
                s -> s.ring().offer(Desc.indirect(s.ring().table(s.in(8)), ENTRY), s.out(8))));
        rows.add(broken(
                "indirect-twice-in-a-chain",
                NO_NEXT,
                "A chain has two descriptors that refer to tables.",
                s -> s.ring()
                        .offer(
                                Desc.indirect(s.ring().table(s.in(8)), ENTRY),
                                Desc.indirect(s.ring().table(s.out(8)), ENTRY))));
        rows.add(served(
                "indirect-with-write",
                "SPLIT-DEV-INDIRECT-IGNORE-WRITE PACKED-DEV-INDIRECT-IGNORE-WRITE",
                "The descriptor that refers to a table has WRITE.",
                s -> {
                    Scene.Echo echo = s.echo();
                    long table = s.ring().table(echo.chain());
                    int id = s.ring().offer(Desc.indirect(table, 2 * ENTRY).plus(DescFlags.WRITE));
                    s.kick();
                    s.requireAnswer(id, echo);
                }));
        rows.add(served(
                "indirect-table-in-two-regions",
                LENGTH,
                "An entry of a table begins in one region and ends in the next, as it may.",
                s -> {
                    Scene.Echo echo = s.echo();
                    long right = s.ring().table(echo.chain());
                    long at = CaseMemory.SECOND - ENTRY / 2;
                    s.memory.put(at, s.memory.get(right, 2 * ENTRY));
                    int id = s.ring().offer(Desc.indirect(at, 2 * ENTRY));
                    s.kick();
                    s.requireAnswer(id, echo);
                }));
        rows.add(served(
                "indirect-table-off-its-alignment",
                LENGTH,
                "A table begins at an odd address, where no rule forbids it.",
                s -> {
                    Scene.Echo echo = s.echo();
                    long right = s.ring().table(echo.chain());
                    long at = CaseMemory.THIRD + 1;
                    s.memory.put(at, s.memory.get(right, 2 * ENTRY));
                    int id = s.ring().offer(Desc.indirect(at, 2 * ENTRY));
                    s.kick();
                    s.requireAnswer(id, echo);
                }));
        rows.add(Scene.either(
                AREA,
                "indirect-table-is-the-ring",
                LENGTH,
                "A descriptor refers to the queue's own descriptors as its table.",
                s -> {
                    s.driver.abandon();
                    s.ring().offer(Desc.indirect(s.ring().addresses().descriptorArea(), 4 * ENTRY));
                    s.kickAndSettle();
                },
                FeatureBits.INDIRECT_DESC));
    }

    private static HostileCase<DriverPort> tableLength(String id, long lengthBytes) {
        return broken(
                "indirect-length-" + id,
                LENGTH,
                "A table has " + lengthBytes + " bytes.",
                s -> s.ring().offer(Desc.indirect(s.ring().table(s.in(8), s.out(8)), lengthBytes)));
    }

    // --- entries ---------------------------------------------------------------------------------------------------

    private static void entries(List<HostileCase<DriverPort>> rows) {
        rows.add(broken(
                "indirect-entry-in-a-hole",
                "CORE-DRV-PLATFORM-PHYS",
                "An entry's buffer lies in no region.",
                s -> table(s, Desc.readable(CaseMemory.HOLE, 16))));
        rows.add(broken(
                "indirect-entry-over-2-64",
                "CORE-DRV-PLATFORM-PHYS",
                "An entry's buffer lies across 2^64.",
                s -> table(s, s.in(8), Desc.writable(-16, 32))));
        rows.add(broken(
                "indirect-entry-of-4-gib",
                "CORE-DRV-PLATFORM-PHYS",
                "An entry has 4 GiB less a byte, and there is not so much memory.",
                s -> table(s, Desc.readable(CaseMemory.FIRST, 0xFFFF_FFFFL))));
        rows.add(broken(
                        "indirect-total-over-2-32",
                        "SPLIT-DRV-CHAIN-BYTES",
                        "The entries of a table come to more than 4 GiB.",
                        s -> table(s, Desc.readable(CaseMemory.HUGE, 0xFFFF_FFFFL), s.in(2)))
                .needing(Need.HUGE_MEMORY));
        rows.add(broken(
                "indirect-readable-after-writable",
                "SPLIT-DRV-READABLE-FIRST PACKED-DRV-READABLE-FIRST",
                "In a table a readable entry follows a writable one.",
                s -> table(s, s.out(8), s.in(8))));
        rows.add(broken(
                "indirect-longer-than-the-queue",
                LIMIT,
                "A table has one entry more than the queue has descriptors.",
                s -> {
                    Desc one = s.in(1);
                    Desc[] entries = new Desc[s.ring().size() + 1];
                    Arrays.fill(entries, one);
                    table(s, entries);
                }));
        rows.add(served(
                "indirect-as-long-as-the-queue",
                LIMIT,
                "A table has as many entries as the queue has descriptors, as it may.",
                s -> {
                    Desc one = s.in(1);
                    Desc[] entries = new Desc[s.ring().size()];
                    Arrays.fill(entries, one);
                    table(s, entries);
                    s.kick();
                    s.awaitAny();
                }));
        rows.add(served(
                "indirect-entries-of-no-bytes",
                "SPLIT-DEV-NO-FRAMING-ASSUMPTION PACKED-DEV-LIST-ORDER",
                "A table has entries of no bytes, whose addresses lie in no region.",
                s -> {
                    Scene.Echo echo = s.echo();
                    int id = table(
                            s,
                            Desc.readable(CaseMemory.HOLE, 0),
                            echo.chain()[0],
                            Desc.writable(-1, 0),
                            echo.chain()[1]);
                    s.kick();
                    s.requireAnswer(id, echo);
                }));
    }

    private static int table(Scene s, Desc... entries) {
        return s.ring().offer(Desc.indirect(s.ring().table(entries), (long) ENTRY * entries.length));
    }

    // --- entries of a split ring's table, which have a next --------------------------------------------------------

    private static void splitEntries(List<HostileCase<DriverPort>> rows) {
        rows.add(splitEntry(
                "nested",
                "SPLIT-DRV-INDIRECT-NO-NEST",
                "An entry of a table refers to another table.",
                s -> new Desc(s.ring().table(s.in(8)), ENTRY, DescFlags.INDIRECT),
                0));
        rows.add(broken(
                        "split-indirect-refers-to-itself",
                        "SPLIT-DRV-INDIRECT-NO-NEST",
                        "An entry of a table refers to its own table.",
                        s -> {
                            long table = s.ring().table(s.in(8));
                            s.split().entry(table, 0, Desc.indirect(table, ENTRY), 0);
                            s.ring().offer(Desc.indirect(table, ENTRY));
                        })
                .on(RingFormat.SPLIT));
        rows.add(splitEntry(
                "next-is-itself",
                LENGTH,
                "An entry's next is itself.",
                s -> s.in(1).plus(1),
                0));
        rows.add(splitEntry(
                "next-behind-the-table",
                LENGTH,
                "An entry's next is the one behind the table.",
                s -> s.in(1).plus(1),
                2));
        rows.add(broken(
                        "split-indirect-next-to-a-good-entry-behind-the-table",
                        LENGTH,
                        "An entry's next is the one behind the table, where an entry stands that could be followed.",
                        s -> {
                            long table = s.ring().table(s.in(1), s.in(1), s.in(1));
                            s.split().entry(table, 0, s.in(1).plus(DescFlags.NEXT), 2);
                            s.ring().offer(Desc.indirect(table, 2 * ENTRY));
                        })
                .on(RingFormat.SPLIT));
        rows.add(splitEntry(
                "next-65535", LENGTH, "An entry's next is 65535.", s -> s.in(1).plus(1), 0xFFFF));
        rows.add(splitEntry(
                "last-goes-on", LENGTH, "The last entry has NEXT.", s -> s.in(1).plus(1), 1, 1));
        rows.add(broken("split-indirect-loop-of-no-bytes", LENGTH, "Entries of no bytes form a loop.", s -> {
                    long table = s.ring().table(s.in(1), s.in(1));
                    s.split().entry(table, 0, new Desc(0, 0, DescFlags.NEXT), 1);
                    s.split().entry(table, 1, new Desc(0, 0, DescFlags.NEXT), 0);
                    s.ring().offer(Desc.indirect(table, 2 * ENTRY));
                })
                .on(RingFormat.SPLIT));
        rows.add(broken(
                        "split-indirect-with-direct-longer-than-the-queue",
                        LIMIT,
                        "Direct descriptors and a table come to one more than the queue has.",
                        s -> {
                            Desc[] entries = new Desc[s.ring().size()];
                            Arrays.fill(entries, s.in(1));
                            long table = s.ring().table(entries);
                            s.ring().offer(s.in(1), Desc.indirect(table, (long) ENTRY * entries.length));
                        })
                .on(RingFormat.SPLIT));
        rows.add(broken(
                        "split-indirect-readable-behind-direct-writable",
                        "SPLIT-DRV-READABLE-FIRST",
                        "A readable entry of a table follows a writable direct descriptor.",
                        s -> s.ring().offer(s.out(8), Desc.indirect(s.ring().table(s.in(8)), ENTRY)))
                .on(RingFormat.SPLIT));
        rows.add(served(
                        "split-indirect-behind-direct",
                        "SPLIT-DEV-DIRECT-THEN-INDIRECT",
                        "A table follows a direct descriptor, as it may.",
                        s -> {
                            Scene.Echo echo = s.echo();
                            long table = s.ring().table(echo.chain()[1]);
                            int id = s.ring().offer(echo.chain()[0], Desc.indirect(table, ENTRY));
                            s.kick();
                            s.requireAnswer(id, echo);
                        })
                .on(RingFormat.SPLIT));
        rows.add(served(
                        "split-indirect-backwards",
                        LENGTH,
                        "The entries of a table follow each other backwards, and some are left out, as they may.",
                        s -> {
                            Scene.Echo echo = s.echo();
                            Desc bad = Desc.readable(CaseMemory.HOLE, 1);
                            long table = s.ring().table(bad, bad, bad, bad);
                            s.split().entry(table, 0, echo.chain()[0].plus(DescFlags.NEXT), 2);
                            s.split()
                                    .entry(
                                            table,
                                            2,
                                            Desc.writable(CaseMemory.FIRST, 0).plus(DescFlags.NEXT),
                                            1);
                            s.split().entry(table, 1, echo.chain()[1], 0);
                            int id = s.ring().offer(Desc.indirect(table, 4 * ENTRY));
                            s.kick();
                            s.requireAnswer(id, echo);
                        })
                .on(RingFormat.SPLIT));
    }

    private interface Entry {
        Desc in(Scene scene);
    }

    /** A table of two entries, the first (or another) as given. */
    private static HostileCase<DriverPort> splitEntry(
            String id, String clauses, String violates, Entry entry, int next) {
        return splitEntry(id, clauses, violates, entry, next, 0);
    }

    private static HostileCase<DriverPort> splitEntry(
            String id, String clauses, String violates, Entry entry, int next, int which) {
        return broken("split-indirect-" + id, clauses, violates, s -> {
                    long table = s.ring().table(s.in(1), s.in(1));
                    s.split().entry(table, which, entry.in(s), next);
                    s.ring().offer(Desc.indirect(table, 2 * ENTRY));
                })
                .on(RingFormat.SPLIT);
    }

    // --- entries of a packed ring's table, of which only WRITE counts ------------------------------------------------

    private static void packedEntries(List<HostileCase<DriverPort>> rows) {
        rows.add(packedFlag("next", DescFlags.NEXT));
        rows.add(packedFlag("indirect", DescFlags.INDIRECT));
        rows.add(packedFlag("avail", PackedLayout.DESC_F_AVAIL));
        rows.add(packedFlag("used", PackedLayout.DESC_F_USED));
        rows.add(packedFlag("all-but-write", 0xFFFF & ~DescFlags.WRITE));
        rows.add(broken(
                        "packed-indirect-behind-direct",
                        "PACKED-LIST-ONE-KIND PACKED-DRV-INDIRECT-NO-NEXT",
                        "A table follows a direct descriptor in a list.",
                        s -> s.ring().offer(s.in(8), Desc.indirect(s.ring().table(s.out(8)), ENTRY)))
                .on(RingFormat.PACKED));
        rows.add(broken(
                        "packed-indirect-entry-longer-than-it-needs",
                        LENGTH,
                        "All entries of a table count: the last lies in no region.",
                        s -> table(s, s.in(8), s.out(8), Desc.writable(CaseMemory.HOLE, 8)))
                .on(RingFormat.PACKED));
    }

    private static HostileCase<DriverPort> packedFlag(String id, int flags) {
        return served(
                        "packed-indirect-entry-flags-" + id,
                        "PACKED-DRV-INDIRECT-ONLY-WRITE-FLAG",
                        "The entries of a table have flags besides WRITE: 0x" + Integer.toHexString(flags) + ".",
                        s -> {
                            Scene.Echo echo = s.echo();
                            long table = s.ring().table(echo.chain());
                            s.packed().entry(table, 0, echo.chain()[0].plus(flags), 0xFFFF);
                            s.packed().entry(table, 1, echo.chain()[1].plus(flags), 0xFFFF);
                            int used = s.ring().offer(Desc.indirect(table, 2 * ENTRY));
                            s.kick();
                            s.requireAnswer(used, echo);
                        })
                .on(RingFormat.PACKED);
    }
}
