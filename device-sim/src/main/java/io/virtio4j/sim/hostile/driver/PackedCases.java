// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.queue.PackedLayout;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Need;
import io.virtio4j.sim.hostile.RawPackedDriver;
import io.virtio4j.wire.DescFlags;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What no driver writes into a packed ring. VirtIO 1.2, 2.8 Packed Virtqueues. */
final class PackedCases {
    private static final String AREA = "packed descriptors";
    private static final String BITS = "PACKED-AVAIL-BITS PACKED-DEV-USE-ONLY-AVAIL";
    private static final String LIST =
            "PACKED-DRV-LIST-LE-QSIZE PACKED-DRV-SPACE-FIRST PACKED-DRV-NO-DEPEND-ON-PROGRESS";
    private static final String REWRITE = "PACKED-DRV-NO-CHANGE-BEFORE-USED";
    private static final int EITHER = PackedLayout.DESC_F_AVAIL | PackedLayout.DESC_F_USED;

    private PackedCases() {}

    static List<HostileCase<DriverPort>> all() {
        List<HostileCase<DriverPort>> rows = new ArrayList<>();
        bits(rows);
        lists(rows);
        ids(rows);
        return rows.stream().map(row -> row.on(RingFormat.PACKED)).toList();
    }

    private static HostileCase<DriverPort> broken(String id, String clauses, String violates, Consumer<Scene> offer) {
        return Scene.broken(AREA, id, clauses, violates, offer);
    }

    private static HostileCase<DriverPort> served(String id, String clauses, String violates, Consumer<Scene> play) {
        return Scene.served(AREA, id, clauses, violates, play);
    }

    // --- AVAIL and USED ----------------------------------------------------------------------------------------------

    private static void bits(List<HostileCase<DriverPort>> rows) {
        rows.add(notAvailable("wrap-inverted", "the bits of the other lap", 0, PackedLayout.DESC_F_USED));
        rows.add(notAvailable("both-set", "both AVAIL and USED", 0, EITHER));
        rows.add(notAvailable("both-clear", "neither AVAIL nor USED", 0, 0));
        rows.add(notAvailable("second-lap-wrap-inverted", "the bits of the first lap", 16, PackedLayout.DESC_F_AVAIL));
        rows.add(notAvailable("second-lap-both-set", "both AVAIL and USED", 16, EITHER));
        rows.add(notAvailable("second-lap-both-clear", "neither AVAIL nor USED", 16, 0));
        rows.add(served(
                "packed-follower-bits-wrong",
                "PACKED-DRV-ALL-FLAGS-VALID",
                "The followers of a list have AVAIL and USED bits of another lap.",
                s -> {
                    Scene.Echo echo = s.echo();
                    RawPackedDriver ring = s.packed();
                    int id = ring.put(echo.chain());
                    ring.flags(1, DescFlags.WRITE | PackedLayout.DESC_F_USED);
                    ring.makeAvailable(id);
                    s.kick();
                    s.requireAnswer(id, echo);
                }));
        rows.add(served(
                "packed-second-slot-first",
                "PACKED-DRV-HEAD-LAST PACKED-DEV-START-IN-ORDER",
                "The second of two lists is made available before the first.",
                s -> {
                    Scene.Echo first = s.echo();
                    Scene.Echo second = s.echo();
                    int one = s.ring().put(first.chain());
                    int two = s.ring().put(second.chain());
                    s.ring().makeAvailable(two);
                    s.kick();
                    s.requireSilence("the slot before it is not available");
                    s.ring().makeAvailable(one);
                    s.kick();
                    s.requireAnswer(one, first);
                    s.requireAnswer(two, second);
                }));
        rows.add(Scene.either(
                AREA,
                "packed-head-before-followers",
                "PACKED-DRV-HEAD-LAST",
                "The head of a list is made available before its follower is written.",
                s -> {
                    RawPackedDriver ring = s.packed();
                    Desc head = s.in(4);
                    ring.fields(0, head.address(), 4, 3);
                    ring.flags(0, DescFlags.NEXT | ring.availBits(0));
                    s.driver.abandon();
                    s.kickAndSettle();
                }));
        rows.add(served(
                "packed-slot-available-then-not",
                REWRITE,
                "A descriptor is made available and taken back before the device looks.",
                s -> {
                    Scene.Echo echo = s.echo();
                    int id = s.ring().put(echo.chain());
                    s.ring().makeAvailable(id);
                    s.packed().flags(0, 0);
                    s.kick();
                    s.requireSilence("it is not available any more");
                    s.packed().flags(0, DescFlags.NEXT | s.packed().availBits(0));
                    s.kick();
                    s.requireAnswer(id, echo);
                }));
    }

    /** Flags that are not those of an available descriptor, then those that are. */
    private static HostileCase<DriverPort> notAvailable(String id, String words, int position, int bits) {
        return served("packed-" + id, BITS, "A head has " + words + ".", s -> {
            RawPackedDriver ring = s.packed();
            for (int i = 0; i < position; i++) {
                int used = ring.offer(s.in(1));
                s.kick();
                s.driver.awaitUsed(0, used);
            }
            Scene.Echo echo = s.echo();
            int list = ring.put(echo.chain());
            ring.flags(position, DescFlags.NEXT | bits);
            byte[] slot = s.memory.get(ring.at(position), PackedLayout.DESC_BYTES);
            int calls = s.port.calls(0);
            s.kickAndSettle();
            s.stage.requireHonest(
                    Arrays.equals(s.memory.get(ring.at(position), PackedLayout.DESC_BYTES), slot),
                    "the device has written a descriptor that is not available");
            s.stage.requireHonest(s.port.calls(0) == calls, "the driver was called, and nothing was available");
            ring.makeAvailable(list);
            s.kick();
            s.requireAnswer(list, echo);
        });
    }

    // --- lists -------------------------------------------------------------------------------------------------------

    private static void lists(List<HostileCase<DriverPort>> rows) {
        rows.add(broken("packed-list-for-ever", LIST, "All descriptors of the ring are one list that goes on.", s -> {
            for (int i = s.ring().size() - 1; i >= 0; i--) {
                Desc one = s.in(1);
                s.packed().fields(i, one.address(), 1, 0);
                s.packed().flags(i, DescFlags.NEXT | s.packed().availBits(i));
            }
        }));
        rows.add(broken(
                "packed-list-for-ever-of-no-bytes", LIST, "A list of descriptors of no bytes goes on for ever.", s -> {
                    for (int i = s.ring().size() - 1; i >= 0; i--) {
                        s.packed().fields(i, 0, 0, 0);
                        s.packed().flags(i, DescFlags.NEXT | s.packed().availBits(i));
                    }
                }));
        rows.add(broken(
                        "packed-list-into-slots-in-flight",
                        LIST,
                        "A list runs on into slots whose buffer is in flight.",
                        s -> {
                            int size = s.ring().size();
                            Desc[] most = new Desc[size - 1];
                            Arrays.fill(most, s.in(1));
                            s.ring().offer(most);
                            s.kickAndTake();
                            // The slot behind it is free; the next is the first of the list in flight, and goes on.
                            Desc one = s.in(1);
                            s.packed().fields(size - 1, one.address(), 1, 0);
                            s.packed()
                                    .flags(size - 1, DescFlags.NEXT | s.packed().availBits(size - 1));
                        })
                .needing(Need.HOLDS_CHAINS));
        rows.add(Scene.either(
                        AREA,
                        "packed-slot-again-before-it-was-used",
                        REWRITE,
                        "A slot is made available again while its buffer is in flight.",
                        s -> {
                            for (int i = 0; i < s.ring().size(); i++) {
                                s.ring().offer(s.in(1));
                            }
                            s.kickAndTake();
                            s.driver.abandon();
                            s.ring().offer(s.in(1));
                            s.kickAndSettle();
                        })
                .needing(Need.HOLDS_CHAINS));
        rows.add(Scene.either(
                        AREA,
                        "packed-ring-again-before-it-was-used",
                        REWRITE + " PACKED-DRV-SPACE-FIRST",
                        "All slots are in flight, and all are made available again, for the next lap.",
                        s -> {
                            Set<Integer> offered = new HashSet<>();
                            for (int i = 0; i < s.ring().size(); i++) {
                                offered.add(s.ring().offer(s.in(1)));
                            }
                            s.kickAndTake();
                            s.driver.abandon();
                            for (int i = 0; i < s.ring().size(); i++) {
                                s.ring().offer(s.in(1));
                            }
                            s.kickAndSettle();
                            requireAtMostTwice(s, offered);
                        })
                .needing(Need.HOLDS_CHAINS));
        rows.add(served(
                "packed-list-across-the-end",
                "PACKED-DRV-ALL-FLAGS-VALID PACKED-WRAP-INIT",
                "A list begins in the last slot and ends in the first, as it may.",
                s -> {
                    for (int i = 0; i < s.ring().size() - 1; i++) {
                        int id = s.ring().offer(s.in(1));
                        s.kick();
                        s.driver.awaitUsed(0, id);
                    }
                    s.requireEcho();
                    s.requireEcho();
                }));
    }

    /** Each id was offered twice; a slot that was written over in flight is shown used or available, and nobody can say which. */
    private static void requireAtMostTwice(Scene s, Set<Integer> offered) {
        for (int slot = 0; slot < s.ring().size(); slot++) {
            int id = s.memory.getLe16(s.packed().at(slot) + PackedLayout.DESC_ID);
            s.stage.requireHonest(offered.contains(id), "slot " + slot + " has id " + id + ", which was never offered");
        }
        s.stage.requireHonest(
                s.port.calls(0) <= 2 * offered.size(), s.port.calls(0) + " calls came for " + offered.size() * 2);
    }

    // --- ids ---------------------------------------------------------------------------------------------------------

    private static void ids(List<HostileCase<DriverPort>> rows) {
        rows.add(id("the-queue-size", 16));
        rows.add(id("32768", 0x8000));
        rows.add(id("65535", 0xFFFF));
        rows.add(served(
                "packed-id-only-in-the-last",
                "PACKED-DRV-ID-IN-LAST",
                "The descriptors of a list but the last have ids of other buffers.",
                s -> {
                    Scene.Echo echo = s.echo();
                    int id = s.packed().put(5, echo.chain());
                    s.packed().fields(0, echo.readable(), Scene.BYTES, 0xBEEF);
                    s.ring().makeAvailable(id);
                    s.kick();
                    s.requireAnswer(id, echo);
                }));
        rows.add(Scene.either(AREA, "packed-id-in-flight", REWRITE, "Two buffers in flight have the same id.", s -> {
                    s.packed().offerAs(7, s.in(4), s.out(4));
                    s.packed().offerAs(7, s.in(4), s.out(4));
                    s.kick();
                    for (int i = 0; i < 2; i++) {
                        s.driver.awaitUsed(0, 7);
                    }
                    s.driver.abandon();
                })
                .needing(Need.ECHO));
    }

    private static HostileCase<DriverPort> id(String id, int value) {
        return served(
                "packed-id-" + id,
                "PACKED-DRV-ID-IN-LAST",
                "A buffer id is " + value + ", which any 16 bits may be.",
                s -> {
                    Scene.Echo echo = s.echo();
                    s.packed().offerAs(value, echo.chain());
                    s.kick();
                    s.requireAnswer(value, echo);
                });
    }
}
