// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model;

import io.virtio4j.queue.EventIdx;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * The split ring. Its indices pass from 65535 to 0 in each of these.
 *
 * <p>What is written of the first request is 1 everywhere, what is written of the second is 2.
 */
final class SplitScenarios {
    private static final String THREE = " three";
    private static final int LAST = 65535;
    private static final int NO_CALL = 1;
    private static final int NO_KICK = 1;

    private SplitScenarios() {}

    static List<Scenario> all() {
        return List.of(
                publish("split: one chain is offered", "", 65535),
                publish("split: three chains are offered by one index", THREE, 65534),
                publish("split: a list is offered", " a list around the end", 65535),
                oneByOne("split: two chains are offered one by one", true),
                oneByOne("split: two chains are used one by one", false),
                resume(),
                use("split: one chain is used", "", 65535),
                use("split: three chains are used by one index", THREE, 65533),
                reuse(),
                ControlScenarios.cancel("split"),
                kick("split: a kick by flag", "flag", "used.flags", NO_KICK, 0, flag -> flag == 0),
                kick("split: a kick by event", "event", "used.avail_event", LAST - 1, LAST, SplitScenarios::isDue),
                call("split: a call by flag", "flag", "avail.flags", NO_CALL, 0, flag -> flag == 0),
                call("split: a call by event", "event", "avail.used_event", LAST - 1, LAST, SplitScenarios::isDue),
                sleep());
    }

    private static boolean isDue(int event) {
        return EventIdx.neededAfter(1, event, 0);
    }

    private static Scenario publish(String name, String which, int before) {
        int after = (before + (which.equals(THREE) ? 3 : 1)) & 0xFFFF;
        Scenario scenario = new Scenario(name).initially("avail.idx", before);
        Buffers.give(scenario.thread("driver"))
                .path("split driver offers" + which, Values.none().stores(1).stores("avail.idx", after));
        Buffers.take(scenario.thread("device")
                .path(
                        "split device takes" + which,
                        Values.none().onlyIf("avail.idx", after).sees(1)));
        return Buffers.passed(scenario);
    }

    /** The other side has missed the first publication: its index moves by two, past the end. */
    private static Scenario oneByOne(String name, boolean offered) {
        String idx = offered ? "avail.idx" : "used.idx";
        Scenario scenario = new Scenario(name).initially(idx, LAST - 1);
        scenario.thread(offered ? "driver" : "device")
                .path(
                        offered ? "split driver offers two one by one" : "split device uses two one by one",
                        Values.none().stores(1).stores(idx, LAST, 0));
        scenario.thread(offered ? "device" : "driver")
                .path(
                        offered ? "split device takes two" : "split driver polls two",
                        Values.none().onlyIf(idx, 0).sees(1));
        return scenario;
    }

    /** A device takes a chain and hands its state over; the one that goes on walks the chain again. */
    private static Scenario resume() {
        Scenario scenario = new Scenario("split: a device goes on with a chain in hand").initially("avail.idx", LAST);
        Buffers.give(scenario.thread("driver"))
                .path("split driver offers", Values.none().stores(1).stores("avail.idx", 0));
        scenario.thread("device")
                .path("split device takes", Values.none().onlyIf("avail.idx", 0).sees(1))
                .stores("state", 1);
        Buffers.take(scenario.thread("next device")
                .onlyIf("state", 1)
                .path("split device goes on", Values.none().sees(1)));
        return Buffers.passed(scenario);
    }

    private static Scenario use(String name, String which, int before) {
        int after = (before + (which.equals(THREE) ? 3 : 1)) & 0xFFFF;
        Scenario scenario = new Scenario(name).initially("used.idx", before);
        Buffers.give(scenario.thread("device"))
                .path("split device uses" + which, Values.none().stores(1).stores("used.idx", after));
        Buffers.take(scenario.thread("driver")
                .path(
                        "split driver polls" + which,
                        Values.none().onlyIf("used.idx", after).sees(1)));
        return Buffers.passed(scenario);
    }

    /** The only descriptor of a ring, its slot and its used element serve two requests. */
    private static Scenario reuse() {
        Scenario scenario = new Scenario("split: a descriptor is used again")
                .initially("avail.idx", 0)
                .initially("used.idx", LAST)
                .initially("desc[0].addr", 1)
                .initially("desc[0].len", 1)
                .initially("avail.ring[0]", 1);
        scenario.thread("driver")
                .path(
                        "split driver polls the only descriptor",
                        Values.none().onlyIf("used.idx", 0).sees(1))
                .path(
                        "split driver offers the only descriptor again",
                        Values.none().stores(2).stores("avail.idx", 1));
        scenario.thread("device")
                .path(
                        "split device takes the only descriptor",
                        Values.none().onlyIf("avail.idx", 0).sees(1))
                .path(
                        "split device uses the only descriptor",
                        Values.none().stores(1).stores("used.idx", 0))
                .path(
                        "split device takes the only descriptor",
                        Values.none().onlyIf("avail.idx", 1).sees(2));
        return scenario;
    }

    private static Scenario kick(String name, String by, String wish, int asleep, int armed, IntPredicate isWished) {
        Scenario scenario = new Scenario(name).initially("avail.idx", LAST).initially(wish, asleep);
        scenario.thread("driver")
                .path("split driver offers", Values.none().stores(1).stores("avail.idx", 0))
                .path("split driver asks whether to kick, by " + by, Values.none());
        scenario.thread("device")
                .path("split device arms, by " + by, Values.none().stores(armed));
        return scenario.must(
                end -> !isWished.test(end.loaded("driver", wish)) && end.loaded("device", "avail.idx") == LAST
                        ? "the driver does not kick, and the device saw nothing and sleeps"
                        : null);
    }

    private static Scenario call(String name, String by, String wish, int asleep, int armed, IntPredicate isWished) {
        Scenario scenario = new Scenario(name).initially("used.idx", LAST).initially(wish, asleep);
        scenario.thread("device")
                .path("split device uses", Values.none().stores(1).stores("used.idx", 0))
                .path("split device asks whether to call, by " + by, Values.none());
        scenario.thread("driver")
                .path("split driver arms, by " + by, Values.none().stores(armed));
        return scenario.must(
                end -> !isWished.test(end.loaded("device", wish)) && end.loaded("driver", "used.idx") == LAST
                        ? "the device does not call, and the driver saw nothing and sleeps"
                        : null);
    }

    private static Scenario sleep() {
        Scenario scenario = new Scenario("split: a call and a sleep")
                .initially("used.idx", LAST)
                .initially("avail.used_event", LAST - 1);
        scenario.thread("device")
                .path("split device uses", Values.none().stores(1).stores("used.idx", 0))
                .path(
                        "split device asks whether to call, by event",
                        Values.none().onlyIf("avail.used_event", SplitScenarios::isDue));
        Signal.call(scenario.thread("device"));
        Signal.takeCalls(scenario.thread("driver"))
                .path("split driver arms, by event", Values.none().stores(LAST).onlyIf("used.idx", LAST));
        return Signal.park(scenario);
    }
}
