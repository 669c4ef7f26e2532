// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Need;
import io.virtio4j.wire.DescFlags;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Chains that no driver makes, and buffers that no driver has. VirtIO 1.2, 2.7.4, 2.7.5 and 2.8.5 to 2.8.17. */
final class ChainCases {
    private static final String AREA = "chains";
    private static final String ADDRESS = "CORE-DRV-PLATFORM-PHYS";
    private static final String TOTAL = "SPLIT-DRV-CHAIN-BYTES";
    private static final String LOOP = "SPLIT-DRV-CHAIN-BYTES SPLIT-DRV-CHAIN-LE-QSIZE";
    private static final String ORDER = "SPLIT-DRV-READABLE-FIRST PACKED-DRV-READABLE-FIRST";
    private static final String FRAMING = "SPLIT-DEV-NO-FRAMING-ASSUMPTION PACKED-DEV-LIST-ORDER";
    private static final long ALL_32 = 0xFFFF_FFFFL;

    private ChainCases() {}

    static List<HostileCase<DriverPort>> all() {
        List<HostileCase<DriverPort>> rows = new ArrayList<>();
        buffers(rows);
        lengths(rows);
        order(rows);
        loops(rows);
        return rows;
    }

    private static HostileCase<DriverPort> broken(String id, String clauses, String violates, Consumer<Scene> offer) {
        return Scene.broken(AREA, id, clauses, violates, offer);
    }

    private static HostileCase<DriverPort> served(String id, String clauses, String violates, Consumer<Scene> play) {
        return Scene.served(AREA, id, clauses, violates, play);
    }

    // --- where buffers are -----------------------------------------------------------------------------------------

    private static void buffers(List<HostileCase<DriverPort>> rows) {
        int length = 48;
        for (Edge edge : Edge.all()) {
            Desc readable = Desc.readable(edge.at(length), length);
            Desc writable = Desc.writable(edge.at(length), length);
            rows.add(broken(
                    "buffer-readable-" + edge.name(),
                    ADDRESS,
                    "A buffer to be read lies " + edge.words() + ".",
                    s -> s.ring().offer(readable)));
            rows.add(broken(
                    "buffer-writable-" + edge.name(),
                    ADDRESS,
                    "A buffer to be written lies " + edge.words() + ".",
                    s -> s.ring().offer(s.in(8), writable)));
            rows.add(broken(
                    "buffer-last-" + edge.name(),
                    ADDRESS,
                    "The last of several buffers to be written lies " + edge.words() + ".",
                    s -> s.ring().offer(s.in(8), s.out(8), s.out(8), writable)));
        }
        rows.add(served(
                "buffer-in-two-regions",
                FRAMING,
                "Both buffers of a request begin in one region and end in the next, as they may.",
                s -> {
                    byte[] sent = s.stage.randomBytes(32);
                    long from = CaseMemory.SECOND - 20;
                    long to = CaseMemory.SECOND - 60;
                    s.memory.put(from, sent);
                    s.memory.partyMayWrite(to, 32);
                    int id = s.ring().offer(Desc.readable(from, 32), Desc.writable(to, 32));
                    s.kick();
                    s.driver.awaitUsed(0, id);
                    EchoParty.requireEcho(s.stage, sent, to);
                }));
        rows.add(served(
                "buffer-to-the-end-of-a-region",
                FRAMING,
                "Both buffers end with the last byte of a region, as they may.",
                s -> {
                    byte[] sent = s.stage.randomBytes(16);
                    long from = CaseMemory.HOLE - 16;
                    long to = CaseMemory.THIRD + CaseMemory.REGION_BYTES - 16;
                    s.memory.put(from, sent);
                    s.memory.partyMayWrite(to, 16);
                    int id = s.ring().offer(Desc.readable(from, 16), Desc.writable(to, 16));
                    s.kick();
                    s.driver.awaitUsed(0, id);
                    EchoParty.requireEcho(s.stage, sent, to);
                }));
        rows.add(Scene.either(
                AREA,
                "buffer-is-the-ring-itself",
                "SPLIT-SINGLE-WRITER PACKED-DEV-NO-CHANGE-AFTER-USED",
                "The buffer to be written is the queue's own descriptors.",
                s -> {
                    long ring = s.ring().addresses().descriptorArea();
                    s.memory.partyMayWrite(ring, 64);
                    s.driver.abandon();
                    s.ring().offer(s.in(64), Desc.writable(ring, 64));
                    s.kickAndSettle();
                }));
        rows.add(Scene.either(
                AREA,
                "buffer-is-the-driver-area",
                "SPLIT-SINGLE-WRITER",
                "The buffer to be written is the queue's own driver area.",
                s -> {
                    long area = s.ring().addresses().driverArea();
                    s.memory.partyMayWrite(area, 4);
                    s.driver.abandon();
                    s.ring().offer(s.in(4), Desc.writable(area, 4));
                    s.kickAndSettle();
                }));
        rows.add(served("buffers-overlap", FRAMING, "The buffer to be written is the buffer to be read.", s -> {
            byte[] sent = s.stage.randomBytes(16);
            long at = s.memory.readable(sent);
            s.memory.partyMayWrite(at, 16);
            int id = s.ring().offer(Desc.readable(at, 16), Desc.writable(at, 16));
            s.kick();
            s.driver.awaitUsed(0, id);
            EchoParty.requireEcho(s.stage, sent, at);
        }));
    }

    // --- how long they are -------------------------------------------------------------------------------------------

    private static void lengths(List<HostileCase<DriverPort>> rows) {
        rows.add(length("2-32-less-1", ALL_32));
        rows.add(length("2-31", 0x8000_0000L));
        rows.add(length("2-31-less-1", 0x7FFF_FFFFL));
        rows.add(length("2-20", 0x10_0000));
        rows.add(length("one-more-than-there-is", 2 * CaseMemory.REGION_BYTES + 1));
        rows.add(broken(
                "length-writable-2-32-less-1",
                TOTAL,
                "A buffer to be written has 4 GiB less a byte.",
                s -> s.ring().offer(s.in(8), Desc.writable(CaseMemory.FIRST, ALL_32))));
        rows.add(served("length-0-alone", FRAMING, "A chain is one descriptor of no bytes.", s -> {
            s.ring().offer(Desc.readable(CaseMemory.FIRST, 0));
            s.kick();
            s.awaitAny();
        }));
        rows.add(served("length-0-writable-alone", FRAMING, "A chain is one writable descriptor of no bytes.", s -> {
            int id = s.ring().offer(Desc.writable(CaseMemory.FIRST, 0));
            s.kick();
            long written = s.driver.awaitUsed(0, id).lengthBytes();
            s.stage.requireHonest(written == 0, written + " bytes were written to a buffer of none");
        }));
        rows.add(served(
                "length-0-nowhere",
                FRAMING,
                "A descriptor of no bytes between two others has an address in a hole.",
                s -> {
                    Scene.Echo echo = s.echo();
                    int id = s.ring()
                            .offer(
                                    echo.chain()[0],
                                    Desc.readable(CaseMemory.HOLE, 0),
                                    Desc.writable(-1, 0),
                                    echo.chain()[1]);
                    s.kick();
                    s.requireAnswer(id, echo);
                }));
        rows.add(broken(
                "length-0-writable-before-readable",
                ORDER,
                "A writable descriptor of no bytes stands before a readable one.",
                s -> s.ring().offer(Desc.writable(CaseMemory.FIRST, 0), s.in(8))));
        rows.add(broken(
                        "total-over-2-32",
                        TOTAL,
                        "Buffers that lie in memory, one by one, come to 4 GiB and a byte.",
                        s -> s.ring().offer(Desc.readable(CaseMemory.HUGE, ALL_32), s.in(2)))
                .needing(Need.HUGE_MEMORY));
        rows.add(broken(
                        "total-over-2-32-both-ways",
                        TOTAL,
                        "What is to be read and what is to be written come to more than 4 GiB together.",
                        s -> s.ring().offer(Desc.readable(CaseMemory.HUGE, ALL_32), s.out(2)))
                .needing(Need.HUGE_MEMORY));
        rows.add(broken("total-far-over-2-32", TOTAL, "A whole queue of descriptors, each of 4 GiB less a byte.", s -> {
                    Desc[] all = new Desc[s.ring().size()];
                    Arrays.fill(all, Desc.readable(CaseMemory.HUGE, ALL_32));
                    s.ring().offer(all);
                })
                .needing(Need.HUGE_MEMORY));
        rows.add(served("total-of-2-32", TOTAL, "Buffers come to 4 GiB together, to the byte, as they may.", s -> {
                    long to = s.memory.writable(1);
                    int id = s.ring().offer(Desc.readable(CaseMemory.HUGE, ALL_32), Desc.writable(to, 1));
                    s.kick();
                    long written = s.driver.awaitUsed(0, id).lengthBytes();
                    s.stage.requireHonest(written == 1, written + " bytes were written to a buffer of one");
                })
                .needing(Need.HUGE_MEMORY));
    }

    private static HostileCase<DriverPort> length(String id, long lengthBytes) {
        return broken(
                "length-" + id,
                ADDRESS,
                "A buffer to be read has " + lengthBytes + " bytes, more than there is memory.",
                s -> s.ring().offer(Desc.readable(CaseMemory.FIRST, lengthBytes)));
    }

    // --- in which order ----------------------------------------------------------------------------------------------

    private static void order(List<HostileCase<DriverPort>> rows) {
        rows.add(broken(
                "order-writable-first",
                ORDER,
                "A writable descriptor stands before a readable one.",
                s -> s.ring().offer(s.out(8), s.in(8))));
        rows.add(broken(
                "order-readable-last",
                ORDER,
                "A readable descriptor follows a whole request.",
                s -> s.ring().offer(s.in(8), s.out(8), s.in(8))));
        rows.add(broken(
                "order-taking-turns",
                ORDER,
                "Writable and readable descriptors take turns.",
                s -> s.ring().offer(s.out(8), s.in(8), s.out(8), s.in(8))));
        rows.add(served("order-only-writable", FRAMING, "There is nothing to be read.", s -> {
            s.ring().offer(s.out(8));
            s.kick();
            s.awaitAny();
        }));
        rows.add(served("order-only-readable", FRAMING, "There is nothing to be written.", s -> {
            s.ring().offer(s.in(8));
            s.kick();
            s.awaitAny();
        }));
        rows.add(served(
                "chain-of-the-whole-queue",
                "SPLIT-DRV-CHAIN-LE-QSIZE PACKED-DRV-LIST-LE-QSIZE",
                "One chain takes every descriptor of the queue, a byte each, as it may.",
                s -> {
                    int size = s.ring().size();
                    byte[] sent = s.stage.randomBytes(size / 2);
                    long from = s.memory.readable(sent);
                    long to = s.memory.writable(size / 2);
                    Desc[] all = new Desc[size];
                    for (int i = 0; i < size / 2; i++) {
                        all[i] = Desc.readable(from + i, 1);
                        all[size / 2 + i] = Desc.writable(to + i, 1);
                    }
                    int id = s.ring().offer(all);
                    s.kick();
                    s.driver.awaitUsed(0, id);
                    EchoParty.requireEcho(s.stage, sent, to);
                }));
    }

    // --- loops
    // ---------------------------------------------------------------------------------------------------------

    private static void loops(List<HostileCase<DriverPort>> rows) {
        rows.add(loop("to-itself", "A descriptor's next is itself.", 0, 4, 0));
        rows.add(loop("of-two", "Two descriptors are each other's next.", 0, 4, 1, 0));
        rows.add(loop("behind-the-head", "A chain runs into a loop that its head is not part of.", 0, 4, 1, 2, 1));
        rows.add(loop("of-no-bytes", "A loop of descriptors of no bytes.", 0, 0, 1, 0));
        rows.add(loop("of-writable", "A loop of writable descriptors.", DescFlags.WRITE, 4, 1, 0));
        rows.add(loop(
                "of-the-whole-queue",
                "All descriptors form one loop.",
                0,
                1,
                1,
                2,
                3,
                4,
                5,
                6,
                7,
                8,
                9,
                10,
                11,
                12,
                13,
                14,
                15,
                0));
        rows.add(next("the-queue-size", "the queue size", 16));
        rows.add(next("one-more-than-the-size", "one more than the queue size", 17));
        rows.add(next("32768", "32768", 0x8000));
        rows.add(next("65535", "65535", 0xFFFF));
        rows.add(served(
                        "split-next-without-its-flag",
                        "SPLIT-INDIRECT-TABLE",
                        "The last descriptor's next is out of range, and has no NEXT.",
                        s -> {
                            Scene.Echo echo = s.echo();
                            int id = s.ring().put(echo.chain());
                            s.split().descriptor(1, echo.answer(), Scene.BYTES, DescFlags.WRITE, 0xFFFF);
                            s.ring().makeAvailable(id);
                            s.kick();
                            s.requireAnswer(id, echo);
                        })
                .on(RingFormat.SPLIT));
    }

    /** Descriptor i has next[i], and NEXT. */
    private static HostileCase<DriverPort> loop(String id, String violates, int flags, int lengthBytes, int... next) {
        return broken("split-loop-" + id, LOOP, violates, s -> {
                    long at = s.memory.readable(new byte[4]);
                    for (int i = 0; i < next.length; i++) {
                        s.split().descriptor(i, at, lengthBytes, flags | DescFlags.NEXT, next[i]);
                    }
                    s.ring().makeAvailable(0);
                })
                .on(RingFormat.SPLIT);
    }

    private static HostileCase<DriverPort> next(String id, String words, int next) {
        return broken("split-next-" + id, LOOP, "A descriptor's next is " + words + ".", s -> {
                    long at = s.memory.readable(new byte[4]);
                    s.split().descriptor(0, at, 4, DescFlags.NEXT, next);
                    s.ring().makeAvailable(0);
                })
                .on(RingFormat.SPLIT);
    }
}
