// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model;

import io.virtio4j.stress.model.ThreadScript.Expected;
import io.virtio4j.stress.model.explore.Fence;
import io.virtio4j.stress.model.explore.Outcome;
import io.virtio4j.stress.model.explore.Program;
import io.virtio4j.stress.model.explore.Property;
import io.virtio4j.stress.model.explore.Step;
import io.virtio4j.stress.model.explore.Step.Barrier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Both sides on some of their paths at once, and what must come of it. */
public final class Scenario {
    private final String name;
    private final Map<String, Integer> initially = new LinkedHashMap<>();
    private final Map<String, ThreadScript> threads = new LinkedHashMap<>();
    private final Map<String, Integer> ends = new LinkedHashMap<>();
    private Property property = end -> null;

    Scenario(String name) {
        this.name = name;
    }

    Scenario initially(String cell, int value) {
        initially.put(cell, value);
        return this;
    }

    ThreadScript thread(String thread) {
        return threads.computeIfAbsent(thread, ThreadScript::new);
    }

    /** It is wrong if a cell holds something else in the end. */
    Scenario ends(String cell, int value) {
        ends.put(cell, value);
        return this;
    }

    Scenario must(Property newProperty) {
        property = newProperty;
        return this;
    }

    /** {@return what it is about} */
    public String name() {
        return name;
    }

    /** {@return as what each fence is issued here, by {@code letter place}} */
    Map<String, Fence> fences() {
        Map<String, Fence> fences = new LinkedHashMap<>();
        steps(UnaryOperator.identity())
                .filter(Barrier.class::isInstance)
                .map(Barrier.class::cast)
                .forEach(barrier -> fences.put(barrier.name(), barrier.fence()));
        return fences;
    }

    private Stream<Step> steps(UnaryOperator<List<Line>> change) {
        return threads.values().stream().flatMap(thread -> steps(change.apply(thread.lines())).stream());
    }

    private static List<Step> steps(List<Line> lines) {
        return lines.stream().flatMap(line -> line.steps().stream()).toList();
    }

    /** {@return the code as it is} */
    public Program program() {
        return program(name, UnaryOperator.identity());
    }

    /**
     * {@return the code with a fence edited}
     *
     * @param place of the fence
     * @param edit what is done to it
     */
    public Program program(String place, Edit edit) {
        return program(name + ", " + place + " " + edit.label(), lines -> Line.edited(lines, place, edit));
    }

    private Program program(String programName, UnaryOperator<List<Line>> change) {
        Map<String, List<Step>> steps = new LinkedHashMap<>();
        threads.forEach((thread, script) -> steps.put(thread, steps(change.apply(script.lines()))));
        return new Program(programName, initially, steps, this::violation);
    }

    private @Nullable String violation(Outcome end) {
        List<Expected> expected = new ArrayList<>();
        threads.values().forEach(thread -> expected.addAll(thread.expected()));
        for (Expected load : expected) {
            int found = end.loaded(load.thread(), load.cell(), load.occurrence());
            if (found != load.value()) {
                return "the " + load.thread() + " found " + found + " in " + load.cell() + ", not " + load.value();
            }
        }
        for (Map.Entry<String, Integer> cell : ends.entrySet()) {
            int held = end.holds(cell.getKey());
            if (held != cell.getValue()) {
                return cell.getKey() + " ends as " + held + ", not " + cell.getValue();
            }
        }
        return property.violation(end);
    }

    @Override
    public String toString() {
        return name;
    }
}
