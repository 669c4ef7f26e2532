// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Need;
import io.virtio4j.wire.DescFlags;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What no driver writes into a split ring's available ring. VirtIO 1.2, 2.7.6 The Virtqueue Available Ring. */
final class AvailCases {
    private static final String AREA = "available ring";
    private static final String IDX = "SPLIT-DRV-AVAIL-IDX-MONOTONE SPLIT-DRV-AVAIL-IDX-START";
    private static final String HEAD = "SPLIT-DRV-SIMPLE-PLACE SPLIT-DRV-AVAIL-IDX-START";
    private static final String REWRITE = "CORE-DRV-CLEANUP-NO-ALTER";

    private AvailCases() {}

    static List<HostileCase<DriverPort>> all() {
        List<HostileCase<DriverPort>> rows = new ArrayList<>();
        jumps(rows);
        heads(rows);
        rewrites(rows);
        return rows.stream().map(row -> row.on(RingFormat.SPLIT)).toList();
    }

    private static HostileCase<DriverPort> broken(String id, String clauses, String violates, Consumer<Scene> offer) {
        return Scene.broken(AREA, id, clauses, violates, offer);
    }

    // --- the index -----------------------------------------------------------------------------------------------

    private static void jumps(List<HostileCase<DriverPort>> rows) {
        rows.add(jump("by-size-and-1", "by one more than the queue has", size -> size + 1));
        rows.add(jump("by-twice-the-size", "by twice the queue size", size -> 2 * size));
        rows.add(jump("by-32767", "by 32767", size -> 0x7FFF));
        rows.add(jump("by-32768", "by 32768", size -> 0x8000));
        rows.add(jump("back-by-1", "back by one", size -> -1));
        rows.add(jump("back-by-size", "back by the queue size", size -> -size));
        rows.add(broken(
                        "split-avail-idx-over-what-is-in-flight",
                        IDX,
                        "With one chain in flight as many more are made available as the queue has descriptors.",
                        s -> {
                            s.ring().offer(s.in(4));
                            s.kickAndTake();
                            for (int i = 0; i < s.ring().size(); i++) {
                                s.ring().offer(s.in(4));
                            }
                        })
                .needing(Need.HOLDS_CHAINS));
        rows.add(broken(
                        "split-avail-idx-back-after-it-was-seen",
                        IDX,
                        "The index goes back over a chain that the device has taken.",
                        s -> {
                            fill(s);
                            s.split().availIdx(1);
                            s.kickAndTake();
                            s.split().availIdx(0);
                        })
                .needing(Need.HOLDS_CHAINS));
        rows.add(Scene.served(
                AREA,
                "split-avail-idx-back-before-it-was-seen",
                IDX,
                "The index goes on and back again before the device looks, and on once more.",
                s -> {
                    Scene.Echo echo = s.echo();
                    int id = s.ring().offer(echo.chain());
                    s.split().availIdx(0);
                    s.kick();
                    s.requireSilence("nothing is available");
                    s.split().availIdx(1);
                    s.kick();
                    s.requireAnswer(id, echo);
                }));
        rows.add(broken(
                        "split-avail-idx-jump-across-65535",
                        IDX,
                        "At the wrap of the 16-bit index it jumps by one more than the queue has.",
                        s -> {
                            goRound(s, 0xFFFC);
                            s.split().availIdx(0xFFFC + s.ring().size() + 1);
                        })
                .needing(Need.ECHO));
        rows.add(broken(
                        "split-avail-idx-back-across-65535",
                        IDX,
                        "Just behind the wrap of the 16-bit index it goes back by one.",
                        s -> {
                            goRound(s, 0x1_0000);
                            s.split().availIdx(0xFFFF);
                        })
                .needing(Need.ECHO));
        rows.add(Scene.served(
                AREA,
                "split-avail-idx-wraps-full",
                IDX,
                "A whole queue of chains lies across the wrap of the 16-bit index, as it may.",
                s -> {
                    goRound(s, 0xFFFC);
                    Set<Integer> heads = new HashSet<>();
                    for (int i = 0; i < s.ring().size(); i++) {
                        heads.add(s.ring().offer(s.in(1)));
                    }
                    s.kick();
                    s.requireAll(heads);
                }));
    }

    private interface Jump {
        int of(int size);
    }

    /** Each slot names a chain that is as it should be: but for the index the device would serve them all. */
    private static HostileCase<DriverPort> jump(String id, String words, Jump jump) {
        return broken("split-avail-idx-" + id, IDX, "The index jumps " + words + ".", s -> {
            fill(s);
            s.split().availIdx(jump.of(s.ring().size()));
        });
    }

    /** Writes a good chain of its own for each slot, and makes none of them available. */
    private static void fill(Scene s) {
        for (int slot = 0; slot < s.ring().size(); slot++) {
            s.split().availSlot(slot, s.ring().put(s.in(1)));
        }
    }

    /** Sends so many requests, as they should be. */
    private static void goRound(Scene s, int requests) {
        Desc one = s.in(1);
        for (int sent = 0; sent < requests; ) {
            int batch = Math.min(s.ring().size(), requests - sent);
            Set<Integer> heads = new HashSet<>();
            for (int i = 0; i < batch; i++) {
                heads.add(s.ring().offer(one));
            }
            s.kick();
            s.requireAll(heads);
            sent += batch;
        }
    }

    // --- heads ---------------------------------------------------------------------------------------------------

    private static void heads(List<HostileCase<DriverPort>> rows) {
        rows.add(head("the-queue-size", "is the queue size", size -> size));
        rows.add(head("one-more-than-the-size", "is one more than the queue size", size -> size + 1));
        rows.add(head("twice-the-size", "is twice the queue size", size -> 2 * size));
        rows.add(head("32767", "is 32767", size -> 0x7FFF));
        rows.add(head("32768", "is 32768", size -> 0x8000));
        rows.add(head("65535", "is 65535", size -> 0xFFFF));
        rows.add(Scene.either(
                AREA,
                "split-head-out-of-range-behind-a-good-one",
                HEAD,
                "A good chain and one whose head is out of range are made available at once.",
                s -> {
                    s.ring().offer(s.in(4));
                    s.split().availSlot(1, 0xFFFF);
                    s.split().availIdx(2);
                    s.kickAndSettle();
                    s.stage.requireHonest(s.port.needsReset(), "head 65535 was taken for a chain");
                }));
        rows.add(broken("split-head-twice-at-once", REWRITE, "The same head is made available twice at once.", s -> {
                    int head = s.ring().put(s.in(4));
                    s.ring().makeAvailable(head);
                    s.ring().makeAvailable(head);
                })
                .needing(Need.HOLDS_CHAINS));
        rows.add(broken(
                        "split-head-twice-in-flight",
                        REWRITE,
                        "A head is made available again while its chain is in flight.",
                        s -> {
                            int head = s.ring().offer(s.in(4));
                            s.kickAndTake();
                            s.ring().makeAvailable(head);
                        })
                .needing(Need.HOLDS_CHAINS));
        rows.add(broken(
                        "split-head-for-the-whole-queue",
                        REWRITE,
                        "All slots of the available ring name one head.",
                        s -> {
                            int head = s.ring().put(s.in(4));
                            for (int i = 0; i < s.ring().size(); i++) {
                                s.ring().makeAvailable(head);
                            }
                        })
                .needing(Need.HOLDS_CHAINS));
        rows.add(Scene.either(
                        AREA,
                        "split-head-of-a-middle-descriptor",
                        REWRITE,
                        "The second descriptor of a chain in flight is made available as a head of its own.",
                        s -> {
                            int head = s.ring().put(s.in(4), s.in(4), s.in(4));
                            s.ring().makeAvailable(head);
                            s.kickAndTake();
                            s.ring().makeAvailable(head + 1);
                            s.kickAndSettle();
                            s.requireNoneTwice(Set.of(head, head + 1));
                        })
                .needing(Need.HOLDS_CHAINS));
        rows.add(Scene.either(
                AREA, "split-chains-share-a-tail", REWRITE, "Two chains go on in the same descriptor.", s -> {
                    long at = s.memory.readable(s.stage.randomBytes(4));
                    s.split().descriptor(0, at, 4, DescFlags.NEXT, 2);
                    s.split().descriptor(1, at, 4, DescFlags.NEXT, 2);
                    s.split().descriptor(2, at, 4, 0, 0);
                    s.ring().makeAvailable(0);
                    s.ring().makeAvailable(1);
                    s.kickAndSettle();
                    s.requireNoneTwice(Set.of(0, 1));
                }));
    }

    private static HostileCase<DriverPort> head(String id, String words, Jump head) {
        return broken(
                "split-head-" + id,
                HEAD,
                "A head " + words + ".",
                s -> s.ring().makeAvailable(head.of(s.ring().size())));
    }

    // --- what was published and is changed ---------------------------------------------------------------------------

    private static void rewrites(List<HostileCase<DriverPort>> rows) {
        rows.add(Scene.served(
                        AREA,
                        "split-avail-slot-rewritten-after-it-was-seen",
                        REWRITE,
                        "The slot of a chain that the device knows of is made to name a head out of range.",
                        s -> {
                            Scene.Echo first = s.echo();
                            Scene.Echo second = s.echo();
                            int one = s.ring().put(first.chain());
                            int two = s.ring().put(second.chain());
                            s.split().availSlot(0, one);
                            s.split().availSlot(1, two);
                            s.ring().makeAvailable(one);
                            s.ring().makeAvailable(two);
                            s.kickAndTake();
                            s.split().availSlot(0, 0xFFFF);
                            s.requireAnswer(one, first);
                            s.requireAnswer(two, second);
                        })
                .needing(Need.HOLDS_CHAINS));
        rows.add(Scene.either(
                        AREA,
                        "split-avail-slot-rewritten-before-it-was-taken",
                        REWRITE,
                        "The second of two slots is made to name the first one's head when the first was taken.",
                        s -> {
                            Scene.Echo first = s.echo();
                            Scene.Echo second = s.echo();
                            int one = s.ring().offer(first.chain());
                            int two = s.ring().offer(second.chain());
                            s.kickAndTake();
                            s.split().availSlot(1, one);
                            s.stage.settle();
                            for (int head : s.requireNoneTwice(Set.of(one, two))) {
                                Scene.Echo echo = head == one ? first : second;
                                EchoParty.requireEcho(s.stage, echo.sent(), echo.answer());
                            }
                        })
                .needing(Need.HOLDS_CHAINS)
                .needing(Need.ECHO));
    }
}
