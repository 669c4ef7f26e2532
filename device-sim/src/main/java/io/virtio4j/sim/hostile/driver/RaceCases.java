// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.HostileCase.Play;
import io.virtio4j.sim.hostile.RawDriverRing.Used;
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

    /** How much longer the other buffer is than the one whose length changes: room for a device that trusts a wrong one. */
    private static final int LONG_BYTES = 4096;

    private static final long FAR = 0x8000_0000L;

    /** A field that can be as it should be, or not. */
    private interface Field {
        void write(Scene scene, Offer offer, boolean right);
    }

    /** A request that the device may look at: its first descriptor, and its table where it has one. */
    private record Offer(Scene.Echo echo, long first, long table) {}

    /** How long the two buffers of a request are when they are as they should be, and whether it may turn out to be empty. */
    private record Lengths(int readableBytes, int writableBytes, boolean mayBeEmpty) {
        static final Lengths SAME = new Lengths(Scene.BYTES, Scene.BYTES, false);
        static final Lengths OR_EMPTY = new Lengths(Scene.BYTES, Scene.BYTES, true);
        static final Lengths LONG_WRITABLE = new Lengths(Scene.BYTES, LONG_BYTES, false);
        static final Lengths LONG_READABLE = new Lengths(LONG_BYTES, Scene.BYTES, false);
    }

    static List<HostileCase<DriverPort>> all() {
        return List.of(
                race(
                        "length",
                        "The length of a readable buffer",
                        Lengths.LONG_WRITABLE,
                        (s, at, right) -> first(s, at, at.echo().readable(), right ? Scene.BYTES : FAR, 0)),
                race(
                        "writable-length",
                        "The length of a writable buffer",
                        Lengths.LONG_READABLE,
                        (s, at, right) -> second(s, at, right ? Scene.BYTES : FAR)),
                race(
                        "address",
                        "The address of a readable buffer",
                        Lengths.SAME,
                        (s, at, right) -> first(s, at, right ? at.echo().readable() : CaseMemory.HOLE, Scene.BYTES, 0)),
                race(
                                "write-flag",
                                "The WRITE flag of a readable buffer",
                                Lengths.OR_EMPTY,
                                (s, at, right) ->
                                        first(s, at, at.echo().readable(), Scene.BYTES, right ? 0 : DescFlags.WRITE))
                        .on(RingFormat.SPLIT),
                race(
                                "indirect-flag",
                                "The INDIRECT flag of a readable buffer",
                                Lengths.SAME,
                                (s, at, right) ->
                                        first(s, at, at.echo().readable(), Scene.BYTES, right ? 0 : DescFlags.INDIRECT))
                        .on(RingFormat.SPLIT),
                race(
                                "avail-idx",
                                "The available ring's index",
                                Lengths.SAME,
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
                                Lengths.SAME,
                                (s, at, right) -> s.split()
                                        .availSlot(
                                                (s.split().availIdx() + s.ring().size() - 1)
                                                        % s.ring().size(),
                                                right ? (int) at.first() : 0xFFFF))
                        .on(RingFormat.SPLIT),
                race(
                        "table-length",
                        "The length of a readable entry of a table",
                        Lengths.LONG_WRITABLE,
                        (s, at, right) -> entry(s, at, 0, right ? Scene.BYTES : FAR)),
                race(
                        "table-writable-length",
                        "The length of a writable entry of a table",
                        Lengths.LONG_READABLE,
                        (s, at, right) -> entry(s, at, 1, right ? Scene.BYTES : FAR)),
                race(
                                "table-next",
                                "The next of an entry of a table",
                                Lengths.SAME,
                                (s, at, right) -> s.split()
                                        .entry(
                                                at.table(),
                                                0,
                                                at.echo().chain()[0].plus(DescFlags.NEXT),
                                                right ? 1 : 0xFFFF))
                        .on(RingFormat.SPLIT));
    }

    /** Writes the first descriptor of a request anew. */
    private static void first(Scene s, Offer at, long address, long lengthBytes, int flags) {
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

    /** Writes the length of the second, into which the device writes nothing on either ring: its answer is in the first. */
    private static void second(Scene s, Offer at, long lengthBytes) {
        Desc desc = at.echo().chain()[1];
        if (s.port.format() == RingFormat.SPLIT) {
            int slot = (int) (at.first() + 1) % s.ring().size();
            s.split().descriptor(slot, desc.address(), lengthBytes, DescFlags.WRITE, 0);
        } else {
            s.packed().fields(at.first() + 1, desc.address(), lengthBytes, 0);
        }
    }

    private static void entry(Scene s, Offer at, int entry, long lengthBytes) {
        Desc right = at.echo().chain()[entry];
        Desc desc = new Desc(right.address(), lengthBytes, right.flags());
        if (s.port.format() == RingFormat.SPLIT) {
            s.split().entry(at.table(), entry, entry == 0 ? desc.plus(DescFlags.NEXT) : desc, 1 - entry);
        } else {
            s.packed().entry(at.table(), entry, desc, 0);
        }
    }

    private static HostileCase<DriverPort> race(String id, String what, Lengths lengths, Field field) {
        boolean table = id.startsWith("table");
        int[] features = table ? new int[] {FeatureBits.INDIRECT_DESC} : new int[0];
        Play<DriverPort> play = (port, stage) -> {
            Scene s = Scene.start(port, stage, features);
            for (int round = 0; round < ROUNDS; round++) {
                // Where both sides write the same descriptors, the driver does not know any more where it stands.
                boolean lost = port.format() == RingFormat.PACKED || s.ring().outstanding() != 0;
                if (port.needsReset() || lost || round % 8 == 7) {
                    s = Scene.start(port, stage, features);
                }
                play(s, table, lengths, field);
            }
            s.driver.abandon();
            stage.settle();
            // Which value the last look found is chance; a reset ends it, so that the verdict is none.
            Scene.start(port, stage, features);
            stage.served();
        };
        return HostileCase.of(
                        "race-" + id,
                        AREA,
                        RULE,
                        what + " changes all the time while the device looks.",
                        Verdict.SERVED,
                        play)
                .needing(RingNeeds.of(features));
    }

    private static void play(Scene s, boolean table, Lengths lengths, Field field) {
        Scene.Echo echo = s.echo(s.stage.randomBytes(lengths.readableBytes()), lengths.writableBytes());
        s.memory.put(echo.answer(), new byte[lengths.writableBytes()]);
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
        s.ring().takeUsed().ifPresent(used -> requireBounds(scene, echo, lengths, used));
    }

    /**
     * A request that the device found right has the answer of a right one: as long as the shorter buffer, and no byte behind
     * it. One whose readable buffer it found to be writable has none.
     */
    private static void requireBounds(Scene s, Scene.Echo echo, Lengths lengths, Used used) {
        int most = Math.min(lengths.readableBytes(), lengths.writableBytes());
        boolean empty = lengths.mayBeEmpty() && used.lengthBytes() == 0;
        // A packed ring's answer lies in the first descriptor, which the case may have written over.
        boolean legible = s.port.format() == RingFormat.SPLIT || lengths.writableBytes() == most;
        s.stage.requireHonest(
                empty || !legible || used.lengthBytes() == most, used + " for a request of " + most + " bytes");
        byte[] answer = s.memory.get(echo.answer(), lengths.writableBytes());
        for (int i = 0; i < answer.length; i++) {
            int right = i < most && !empty ? (byte) (echo.sent()[i] + 1) : 0;
            s.stage.requireHonest(answer[i] == right, "byte " + i + " of " + most + " is " + answer[i]);
        }
    }
}
