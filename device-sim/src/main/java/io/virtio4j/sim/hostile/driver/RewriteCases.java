// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Need;
import io.virtio4j.wire.DescFlags;
import io.virtio4j.wire.FeatureBits;
import java.util.ArrayList;
import java.util.List;

/**
 * Descriptors that are changed when the device has taken them and not yet answered: it goes by what it took. VirtIO 1.2,
 * 2.8.16 and 3.3.1: no driver changes what is exposed.
 */
final class RewriteCases {
    private static final String AREA = "changes in flight";
    private static final String RULE = "CORE-DRV-CLEANUP-NO-ALTER PACKED-DRV-NO-CHANGE-BEFORE-USED";
    private static final String AFTER = "CORE-DRV-CLEANUP-NO-ALTER PACKED-DRV-NO-CHANGE-AFTER-AVAIL";

    private RewriteCases() {}

    /** What is changed, in which of the request's two descriptors. */
    private interface Change {
        void to(Scene scene, Scene.Echo echo, Rewriter at);
    }

    /** Writes one of the request's descriptors anew, in the ring or in its table. */
    private interface Rewriter {
        void write(int descriptor, long address, long lengthBytes, int flags, int nextOrId);
    }

    static List<HostileCase<DriverPort>> all() {
        List<HostileCase<DriverPort>> rows = new ArrayList<>();
        row(
                rows,
                "readable-address-to-a-hole",
                "The readable buffer's address",
                (s, echo, at) -> at.write(0, CaseMemory.HOLE, Scene.BYTES, DescFlags.NEXT, 1));
        row(
                rows,
                "readable-address-to-another",
                "The readable buffer's address",
                (s, echo, at) -> at.write(0, s.in(Scene.BYTES).address(), Scene.BYTES, DescFlags.NEXT, 1));
        row(
                rows,
                "readable-length-to-0",
                "The readable buffer's length",
                (s, echo, at) -> at.write(0, echo.readable(), 0, DescFlags.NEXT, 1));
        row(
                rows,
                "readable-length-to-4-gib",
                "The readable buffer's length",
                (s, echo, at) -> at.write(0, echo.readable(), 0xFFFF_FFFFL, DescFlags.NEXT, 1));
        row(
                rows,
                "writable-address-to-a-hole",
                "The writable buffer's address",
                (s, echo, at) -> at.write(1, CaseMemory.HOLE, Scene.BYTES, DescFlags.WRITE, 0));
        row(
                rows,
                "writable-address-to-another",
                "The writable buffer's address",
                (s, echo, at) -> at.write(1, s.in(Scene.BYTES).address(), Scene.BYTES, DescFlags.WRITE, 0));
        row(
                rows,
                "writable-address-to-the-ring",
                "The writable buffer's address",
                (s, echo, at) -> at.write(1, s.ring().addresses().driverArea(), Scene.BYTES, DescFlags.WRITE, 0));
        row(
                rows,
                "writable-length-to-0",
                "The writable buffer's length",
                (s, echo, at) -> at.write(1, echo.answer(), 0, DescFlags.WRITE, 0));
        row(
                rows,
                "writable-length-to-4-gib",
                "The writable buffer's length",
                (s, echo, at) -> at.write(1, echo.answer(), 0xFFFF_FFFFL, DescFlags.WRITE, 0));
        row(
                rows,
                "writable-to-readable",
                "The writable buffer's WRITE flag",
                (s, echo, at) -> at.write(1, echo.answer(), Scene.BYTES, 0, 0));
        row(
                rows,
                "readable-to-writable",
                "The readable buffer's WRITE flag",
                (s, echo, at) -> at.write(0, echo.readable(), Scene.BYTES, DescFlags.NEXT | DescFlags.WRITE, 1));
        row(
                rows,
                "next-taken-away",
                "The first descriptor's NEXT flag",
                (s, echo, at) -> at.write(0, echo.readable(), Scene.BYTES, 0, 0));
        row(rows, "next-out-of-range", "The first descriptor's next, or the second's id,", (s, echo, at) -> {
            at.write(0, echo.readable(), Scene.BYTES, DescFlags.NEXT, 0xFFFF);
            at.write(1, echo.answer(), Scene.BYTES, DescFlags.WRITE, 0xFFFF);
        });
        row(
                rows,
                "to-a-loop",
                "The second descriptor's NEXT flag",
                (s, echo, at) -> at.write(1, echo.answer(), Scene.BYTES, DescFlags.WRITE | DescFlags.NEXT, 0));
        row(
                rows,
                "to-indirect",
                "The second descriptor's INDIRECT flag",
                (s, echo, at) -> at.write(1, echo.answer(), Scene.BYTES, DescFlags.WRITE | DescFlags.INDIRECT, 0));
        rows.add(Scene.served(
                AREA,
                "rewrite-contents-in-flight",
                AFTER,
                "The bytes to be read are changed when the device has the request.",
                s -> {
                    Scene.Echo echo = s.echo();
                    int id = s.ring().offer(echo.chain());
                    s.kickAndTake();
                    byte[] later = s.stage.randomBytes(Scene.BYTES);
                    s.memory.put(echo.readable(), later);
                    s.driver.awaitUsed(0, id);
                    // What it answers is one or the other, byte by byte.
                    byte[] got = s.memory.get(echo.answer(), Scene.BYTES);
                    for (int i = 0; i < got.length; i++) {
                        boolean either = got[i] == (byte) (echo.sent()[i] + 1) || got[i] == (byte) (later[i] + 1);
                        s.stage.requireHonest(
                                either, "byte " + i + " answers neither what was sent nor what came later");
                    }
                }));
        return rows.stream().map(row -> row.needing(Need.HOLDS_CHAINS)).toList();
    }

    /** Three rows: in the ring, in a table, and all of it at once with what came after. */
    private static void row(List<HostileCase<DriverPort>> rows, String id, String what, Change change) {
        rows.add(Scene.served(AREA, "rewrite-" + id, RULE, what + " is changed when the device has the request.", s -> {
            Scene.Echo echo = s.echo();
            int used = s.ring().offer(echo.chain());
            s.kickAndTake();
            change.to(s, echo, inRing(s));
            s.requireAnswer(used, echo);
        }));
        rows.add(Scene.served(
                AREA,
                "rewrite-table-" + id,
                RULE,
                what + " is changed, in a table, when the device has the request.",
                s -> {
                    Scene.Echo echo = s.echo();
                    long table = s.ring().table(echo.chain());
                    int used = s.ring().offer(Desc.indirect(table, 32));
                    s.kickAndTake();
                    change.to(s, echo, inTable(s, table));
                    s.requireAnswer(used, echo);
                },
                FeatureBits.INDIRECT_DESC));
    }

    private static Rewriter inRing(Scene s) {
        if (s.port.format() == RingFormat.SPLIT) {
            return (descriptor, address, lengthBytes, flags, next) ->
                    s.split().descriptor(descriptor, address, lengthBytes, flags, next);
        }
        return (descriptor, address, lengthBytes, flags, id) -> {
            s.packed().fields(descriptor, address, lengthBytes, id);
            s.packed().flags(descriptor, flags | s.packed().availBits(descriptor));
        };
    }

    private static Rewriter inTable(Scene s, long table) {
        if (s.port.format() == RingFormat.SPLIT) {
            return (descriptor, address, lengthBytes, flags, next) ->
                    s.split().entry(table, descriptor, new Desc(address, lengthBytes, flags), next);
        }
        return (descriptor, address, lengthBytes, flags, id) ->
                s.packed().entry(table, descriptor, new Desc(address, lengthBytes, flags), id);
    }
}
