// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.HostileCase.Play;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.DescFlags;
import io.virtio4j.wire.FeatureBits;
import java.util.List;

/**
 * Fields that change all the time while the device looks, for a device with a thread of its own: what was checked must be what
 * is used. Each look may find one value or the other; where it found the wrong one, a reset follows, and the next round. VirtIO
 * 1.2, 2.8.16 and 3.3.1.
 */
final class RaceCases {
    private static final String AREA = "races";
    private static final String RULE = "CORE-DRV-CLEANUP-NO-ALTER PACKED-DRV-NO-CHANGE-AFTER-AVAIL";
    private static final int ROUNDS = 60;
    private static final int FLIPS = 2_000;

    private RaceCases() {}

    /** A field that can be as it should be, or not. */
    private interface Field {
        void write(Scene scene, Offer offer, boolean right);
    }

    /** A request that the device may look at: its first descriptor, and its table where it has one. */
    private record Offer(Scene.Echo echo, long first, long table) {}

    static List<HostileCase<DriverPort>> all() {
        return List.of(
                race(
                        "length",
                        "The length of a readable buffer",
                        (s, at, right) ->
                                descriptor(s, at, at.echo().readable(), right ? Scene.BYTES : 0xFFFF_FFFFL, 0)),
                race(
                        "address",
                        "The address of a readable buffer",
                        (s, at, right) ->
                                descriptor(s, at, right ? at.echo().readable() : CaseMemory.HOLE, Scene.BYTES, 0)),
                race(
                                "write-flag",
                                "The WRITE flag of a readable buffer",
                                (s, at, right) -> descriptor(
                                        s, at, at.echo().readable(), Scene.BYTES, right ? 0 : DescFlags.WRITE))
                        .on(RingFormat.SPLIT),
                race(
                                "indirect-flag",
                                "The INDIRECT flag of a readable buffer",
                                (s, at, right) -> descriptor(
                                        s, at, at.echo().readable(), Scene.BYTES, right ? 0 : DescFlags.INDIRECT))
                        .on(RingFormat.SPLIT),
                race(
                                "avail-idx",
                                "The available ring's index",
                                (s, at, right) -> s.split()
                                        .availIdx(
                                                right
                                                        ? s.split().availIdx()
                                                        : s.split().availIdx()
                                                                + s.ring().size()
                                                                + 1))
                        .on(RingFormat.SPLIT),
                race(
                                "head",
                                "The head in the available ring",
                                (s, at, right) -> s.split()
                                        .availSlot(
                                                (s.split().availIdx() + s.ring().size() - 1)
                                                        % s.ring().size(),
                                                right ? (int) at.first() : 0xFFFF))
                        .on(RingFormat.SPLIT),
                race("table-length", "The length of an entry of a table", (s, at, right) -> {
                    Desc entry = Desc.readable(at.echo().readable(), right ? Scene.BYTES : 0xFFFF_FFFFL);
                    if (s.port.format() == RingFormat.SPLIT) {
                        s.split().entry(at.table(), 0, entry.plus(DescFlags.NEXT), 1);
                    } else {
                        s.packed().entry(at.table(), 0, entry, 0);
                    }
                }),
                race(
                                "table-next",
                                "The next of an entry of a table",
                                (s, at, right) -> s.split()
                                        .entry(
                                                at.table(),
                                                0,
                                                at.echo().chain()[0].plus(DescFlags.NEXT),
                                                right ? 1 : 0xFFFF))
                        .on(RingFormat.SPLIT));
    }

    private static void descriptor(Scene s, Offer at, long address, long lengthBytes, int flags) {
        if (s.port.format() == RingFormat.SPLIT) {
            int slot = (int) at.first();
            s.split()
                    .descriptor(
                            slot,
                            address,
                            lengthBytes,
                            flags | DescFlags.NEXT,
                            (slot + 1) % s.ring().size());
        } else if (!s.ring().hasUsed()) {
            // Its flags are left alone: the device writes there too, and what it wrote is its answer.
            s.packed().fields(at.first(), address, lengthBytes, 0);
        }
    }

    private static HostileCase<DriverPort> race(String id, String what, Field field) {
        boolean table = id.startsWith("table");
        Play<DriverPort> play = (port, stage) -> {
            int[] features = table ? new int[] {FeatureBits.INDIRECT_DESC} : new int[0];
            Scene s = Scene.start(port, stage, features);
            for (int round = 0; round < ROUNDS; round++) {
                // Where both sides write the same descriptors, the driver does not know any more where it stands.
                boolean lost = port.format() == RingFormat.PACKED || s.ring().outstanding() != 0;
                if (port.needsReset() || lost || round % 16 == 15) {
                    s = Scene.start(port, stage, features);
                }
                play(s, table, field);
            }
            s.driver.abandon();
            stage.settle();
            // Which value the last look found is chance; a reset ends it, so that the verdict is none.
            Scene.start(port, stage, features);
            stage.served();
        };
        return HostileCase.of(
                "race-" + id, AREA, RULE, what + " changes all the time while the device looks.", Verdict.SERVED, play);
    }

    private static void play(Scene s, boolean table, Field field) {
        Scene.Echo echo = s.echo();
        long at = table ? s.ring().table(echo.chain()) : 0;
        long position = s.port.format() == RingFormat.PACKED ? s.packed().nextPosition() : 0;
        int id = table ? s.ring().put(Desc.indirect(at, 32)) : s.ring().put(echo.chain());
        Offer offer = new Offer(echo, s.port.format() == RingFormat.SPLIT ? id : position, at);
        s.ring().makeAvailable(id);
        s.kick();
        for (int flip = 0; flip < FLIPS && !s.ring().hasUsed(); flip++) {
            field.write(s, offer, false);
            field.write(s, offer, true);
        }
        Scene scene = s;
        s.stage.await(() -> scene.ring().hasUsed() || scene.port.needsReset(), "an answer, or the need of a reset");
        s.ring().takeUsed();
    }
}
