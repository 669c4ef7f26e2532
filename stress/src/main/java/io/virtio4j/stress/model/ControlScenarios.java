// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model;

import io.virtio4j.stress.model.explore.Fence;
import io.virtio4j.stress.model.explore.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The configuration, and the registers by which a device is started and reset. */
final class ControlScenarios {
    private static final String GENERATION = "generation";
    private static final int SHIFT = 16;

    private ControlScenarios() {}

    static List<Scenario> all() {
        return List.of(configuration(), request(), answer());
    }

    /** The device changes both fields twice; the driver reads them once, between two generations that are even and equal. */
    private static Scenario configuration() {
        Scenario scenario = new Scenario("configuration: two changes and a read");
        scenario.thread("device")
                .path("config device changes", Values.none().stores(1).stores(GENERATION, 1, 2))
                .path("config device changes", Values.none().stores(2).stores(GENERATION, 3, 4));
        scenario.thread("driver")
                .path("config driver reads", Values.none().onlyIf(GENERATION, found -> found % 2 == 0));
        return scenario.must(ControlScenarios::mixed);
    }

    private static @Nullable String mixed(Outcome end) {
        int before = end.loaded("driver", GENERATION, 0);
        int after = end.loaded("driver", GENERATION, 1);
        int first = end.loaded("driver", "field[0]");
        int second = end.loaded("driver", "field[1]");
        return before == after && (first != before / 2 || second != before / 2)
                ? "the driver takes the fields " + first + " and " + second + " for those of generation " + before
                : null;
    }

    /** What the driver sets up before it makes the device look: H. What goes with a request lies in plain fields. */
    private static Scenario request() {
        Scenario scenario = new Scenario("registers: a request, as at the start");
        Buffers.give(scenario.thread("driver"))
                .path("registers driver requests", Values.none().stores(1 << SHIFT));
        Buffers.take(scenario.thread("device")
                .path("registers device takes", Values.none().onlyIf("request", 1 << SHIFT)));
        return Buffers.passed(scenario);
    }

    /** What the device did before it shows that it is done: I. What goes with an answer lies in plain fields. */
    private static Scenario answer() {
        Scenario scenario = new Scenario("registers: an answer, as after a reset");
        Buffers.give(scenario.thread("device"))
                .path("registers device answers", Values.none().stores(1 << SHIFT));
        Buffers.take(scenario.thread("driver")
                .path("registers driver looks", Values.none().onlyIf("answer", 1 << SHIFT)));
        return Buffers.passed(scenario);
    }

    /** The buffers of a queue come back when a reset is complete, over a transport that says so and fences nothing itself. */
    static Scenario cancel(String ring) {
        Scenario scenario = new Scenario(ring + ": buffers come back after a reset").initially("status", 0xF);
        Buffers.give(scenario.thread("device")).fences(Fence.RELEASE).stores("status", 0);
        Buffers.take(scenario.thread("driver").onlyIf("status", 0).path(ring + " driver cancels", Values.none()));
        return Buffers.passed(scenario);
    }
}
