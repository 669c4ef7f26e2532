// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model;

import io.virtio4j.queue.PackedLayout;
import io.virtio4j.ring.PackedCursor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The packed ring. What is written of the first request is 1 everywhere, of the second 2, and of the first one's answer 11;
 * flags are the AVAIL and USED bits of the lap.
 */
final class PackedScenarios {
    private static final String FLAGS = "desc[0].flags";
    private static final int AVAIL = PackedLayout.DESC_F_AVAIL;
    private static final int USED = PackedLayout.DESC_F_AVAIL | PackedLayout.DESC_F_USED;

    /** As AVAIL and USED, after the end of the ring has been passed. */
    private static final int AVAIL_NEXT_LAP = PackedLayout.DESC_F_USED;

    /** Slot 0 in the first lap, and the slot before it, to which nobody gets in this lap. */
    private static final int POSITION = 1 << 15;

    private static final int OLD_POSITION = 3;
    private static final int SIZE = 4;

    private PackedScenarios() {}

    static List<Scenario> all() {
        return List.of(
                publish(),
                publishThree(),
                publishTwo(),
                publishList(),
                resume(),
                use(),
                useThree(),
                useTwo(),
                reuse(),
                ControlScenarios.cancel("packed"),
                notify("packed: a kick by flag", "driver", "device", "flag"),
                notify("packed: a kick by event", "driver", "device", "event"),
                notify("packed: a call by flag", "device", "driver", "flag"),
                notify("packed: a call by event", "device", "driver", "event"),
                position("packed: the device's wish is read", "driver", "device"),
                position("packed: the driver's wish is read", "device", "driver"),
                sleep());
    }

    private static Scenario publish() {
        Scenario scenario = new Scenario("packed: one chain is offered");
        Buffers.give(scenario.thread("driver"))
                .path("packed driver offers", Values.none().stores(1).stores(FLAGS, AVAIL));
        Buffers.take(scenario.thread("device")
                .path(
                        "packed device takes",
                        Values.none().onlyIf(FLAGS, AVAIL).sees(1).sees(FLAGS, AVAIL)));
        return Buffers.passed(scenario);
    }

    private static Scenario publishThree() {
        Scenario scenario = new Scenario("packed: three chains are offered by the flags of the first");
        scenario.thread("driver")
                .path("packed driver offers three", ofBatch(Values.none().stores(1), AVAIL));
        scenario.thread("device")
                .path("packed device takes three", seesBatch(Values.none().sees(1), AVAIL));
        return scenario;
    }

    private static Scenario publishTwo() {
        Scenario scenario = new Scenario("packed: two chains are offered one by one");
        scenario.thread("driver")
                .path(
                        "packed driver offers two one by one",
                        ofBatch(Values.none().stores(1), AVAIL));
        scenario.thread("device")
                .path("packed device takes two", seesBatch(Values.none().sees(1), AVAIL));
        return scenario;
    }

    private static Values ofBatch(Values values, int flags) {
        return values.stores(FLAGS, flags).stores("desc[1].flags", flags).stores("desc[2].flags", flags);
    }

    private static Values seesBatch(Values values, int flags) {
        return values.onlyIf(FLAGS, flags)
                .onlyIf("desc[1].flags", flags)
                .onlyIf("desc[2].flags", flags)
                .sees(FLAGS, flags)
                .sees("desc[1].flags", flags)
                .sees("desc[2].flags", flags);
    }

    /** From slot 3 on into slot 0, where the lap before has left a used descriptor. */
    private static Scenario publishList() {
        Scenario scenario = new Scenario("packed: a list is offered around the end of the ring").initially(FLAGS, USED);
        scenario.thread("driver")
                .path(
                        "packed driver offers a list around the end",
                        Values.none().stores(1).stores("desc[3].flags", AVAIL).stores(FLAGS, AVAIL_NEXT_LAP));
        scenario.thread("device")
                .path(
                        "packed device takes a list around the end",
                        Values.none()
                                .onlyIf("desc[3].flags", AVAIL)
                                .sees(1)
                                .sees("desc[3].flags", AVAIL)
                                .sees(FLAGS, AVAIL_NEXT_LAP));
        return scenario;
    }

    /** Descriptors are part of the state that is handed over; a table is loaded again. */
    private static Scenario resume() {
        Scenario scenario = new Scenario("packed: a device goes on with a table in hand");
        ThreadScript driver = Buffers.give(scenario.thread("driver"));
        for (int entry = 0; entry < 2; entry++) {
            for (String field : List.of("addr", "len", "id", "flags")) {
                driver.stores("table[0][" + entry + "]." + field, 1);
            }
        }
        driver.path("packed driver offers", Values.none().stores(1).stores(FLAGS, AVAIL));
        scenario.thread("device")
                .path(
                        "packed device takes",
                        Values.none().onlyIf(FLAGS, AVAIL).sees(1).sees(FLAGS, AVAIL))
                .stores("state", 1);
        Buffers.take(scenario.thread("next device")
                .onlyIf("state", 1)
                .path("packed device goes on", Values.none().sees(1)));
        return Buffers.passed(scenario);
    }

    private static Scenario use() {
        Scenario scenario = new Scenario("packed: one chain is used").initially(FLAGS, AVAIL);
        Buffers.give(scenario.thread("device"))
                .path("packed device uses", Values.none().stores(11).stores(FLAGS, USED));
        Buffers.take(scenario.thread("driver")
                .path(
                        "packed driver polls",
                        Values.none().onlyIf(FLAGS, USED).sees(11).sees(FLAGS, USED)));
        return Buffers.passed(scenario);
    }

    private static Scenario useThree() {
        Scenario scenario = new Scenario("packed: three chains are used by the flags of the first")
                .initially(FLAGS, AVAIL)
                .initially("desc[1].flags", AVAIL)
                .initially("desc[2].flags", AVAIL);
        Buffers.give(scenario.thread("device"))
                .path("packed device uses three", ofBatch(Values.none().stores(11), USED));
        Buffers.take(scenario.thread("driver")
                .path("packed driver polls three", seesBatch(Values.none().sees(11), USED)));
        return Buffers.passed(scenario);
    }

    private static Scenario useTwo() {
        Scenario scenario = new Scenario("packed: two chains are used one by one")
                .initially(FLAGS, AVAIL)
                .initially("desc[1].flags", AVAIL);
        scenario.thread("device")
                .path("packed device uses two one by one", ofBatch(Values.none().stores(11), USED));
        scenario.thread("driver")
                .path("packed driver polls two", seesBatch(Values.none().sees(11), USED));
        return scenario;
    }

    /** The only descriptor of a ring serves two requests, in two laps. */
    private static Scenario reuse() {
        Scenario scenario = new Scenario("packed: a descriptor is used again")
                .initially("desc[0].addr", 1)
                .initially("desc[0].len", 1)
                .initially("desc[0].id", 1)
                .initially(FLAGS, AVAIL);
        scenario.thread("driver")
                .path(
                        "packed driver polls the only descriptor",
                        Values.none().onlyIf(FLAGS, USED).sees(11).sees(FLAGS, USED))
                .path(
                        "packed driver offers the only descriptor again",
                        Values.none().stores(2).stores(FLAGS, AVAIL_NEXT_LAP));
        scenario.thread("device")
                .path(
                        "packed device takes the only descriptor",
                        Values.none().onlyIf(FLAGS, AVAIL).sees(1).sees(FLAGS, AVAIL))
                .path(
                        "packed device uses the only descriptor",
                        Values.none().stores(11).stores(FLAGS, USED))
                .path(
                        "packed device takes the only descriptor",
                        Values.none().onlyIf(FLAGS, AVAIL_NEXT_LAP).sees(2).sees(FLAGS, AVAIL_NEXT_LAP));
        return scenario;
    }

    /** One publishes and asks; the other, who sleeps, says its wish and looks again. */
    private static Scenario notify(String name, String asker, String sleeper, String by) {
        boolean toDevice = asker.equals("driver");
        Scenario scenario = wishing(name, asker, sleeper, by);
        int before = toDevice ? 0 : AVAIL;
        return scenario.must(end ->
                !isWished(end.loaded(asker, sleeper + ".off_wrap"), end.loaded(asker, sleeper + ".flags"), by)
                                && end.loaded(sleeper, FLAGS) == before
                        ? "the " + asker + " does not notify, and the " + sleeper + " saw nothing and sleeps"
                        : null);
    }

    /** Flags for one descriptor are never seen with another's position. */
    private static Scenario position(String name, String asker, String sleeper) {
        return wishing(name, asker, sleeper, "event")
                .must(end ->
                        torn(asker, end.loaded(asker, sleeper + ".off_wrap"), end.loaded(asker, sleeper + ".flags")));
    }

    private static @Nullable String torn(String asker, int offWrap, int flags) {
        return flags == PackedLayout.EVENT_DESC && offWrap != POSITION
                ? "the " + asker + " takes an old position for the one that is wished"
                : null;
    }

    private static Scenario wishing(String name, String asker, String sleeper, String by) {
        boolean toDevice = asker.equals("driver");
        boolean byEvent = by.equals("event");
        Scenario scenario = new Scenario(name)
                .initially(FLAGS, toDevice ? 0 : AVAIL)
                .initially(sleeper + ".off_wrap", OLD_POSITION)
                .initially(sleeper + ".flags", PackedLayout.EVENT_DISABLE);
        scenario.thread(asker)
                .path(
                        "packed " + asker + (toDevice ? " offers" : " uses"),
                        Values.none().stores(1).stores(FLAGS, toDevice ? AVAIL : USED))
                .path(
                        "packed " + asker + " asks whether to " + (toDevice ? "kick" : "call") + ", by " + by,
                        Values.none());
        scenario.thread(sleeper)
                .path(
                        "packed " + sleeper + " arms, by " + by,
                        Values.none()
                                .stores(sleeper + ".off_wrap", POSITION)
                                .stores(
                                        sleeper + ".flags",
                                        byEvent ? PackedLayout.EVENT_DESC : PackedLayout.EVENT_ENABLE));
        return scenario;
    }

    private static boolean isWished(int offWrap, int flags, String by) {
        PackedCursor published = new PackedCursor(SIZE);
        published.advance(1);
        return published.eventNeeded(offWrap | flags << Short.SIZE, 1, by.equals("event"));
    }

    private static Scenario sleep() {
        Scenario scenario = new Scenario("packed: a call and a sleep")
                .initially(FLAGS, AVAIL)
                .initially("driver.off_wrap", OLD_POSITION)
                .initially("driver.flags", PackedLayout.EVENT_DISABLE);
        Signal.call(scenario.thread("device")
                .path("packed device uses", Values.none().stores(1).stores(FLAGS, USED))
                .path("packed device asks whether to call, by event", Values.none()));
        Signal.takeCalls(scenario.thread("driver"))
                .path(
                        "packed driver arms, by event",
                        Values.none()
                                .stores("driver.off_wrap", POSITION)
                                .stores("driver.flags", PackedLayout.EVENT_DESC)
                                .onlyIf(FLAGS, AVAIL));
        return Signal.park(scenario);
    }
}
