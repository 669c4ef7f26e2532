// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model;

import io.virtio4j.stress.model.explore.Fence;
import io.virtio4j.stress.model.explore.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** What one thread does: recorded paths, and between them the accesses of whoever calls them, to buffers and the like. */
final class ThreadScript {
    private static final String FLAGS_NEXT = ", flags, next";

    /** What a load must find. */
    record Expected(String thread, String cell, int occurrence, int value) {}

    private final String name;
    private final List<Line> lines = new ArrayList<>();
    private final List<Expected> expected = new ArrayList<>();
    private final Map<String, Integer> loads = new HashMap<>();

    ThreadScript(String name) {
        this.name = name;
    }

    List<Line> lines() {
        return lines;
    }

    List<Expected> expected() {
        return expected;
    }

    ThreadScript stores(String cell, int value) {
        lines.add(Line.of(new Step.Store(cell, value)));
        return this;
    }

    /** Loads a cell; it is wrong to find another value. */
    ThreadScript sees(String cell, int value) {
        lines.add(Line.of(load(cell, null, OptionalInt.of(value))));
        return this;
    }

    /** Goes on only if it finds a value. */
    ThreadScript onlyIf(String cell, int value) {
        lines.add(Line.of(load(cell, found -> found == value, OptionalInt.empty())));
        return this;
    }

    /** An atomic exchange; goes on only if it finds what the condition says, or anything. */
    ThreadScript swaps(String cell, @Nullable IntPredicate onlyIf, int value) {
        lines.add(Line.of(new Step.Swap(cell, onlyIf, value)));
        loads.merge(cell, 1, Integer::sum);
        return this;
    }

    /** A fence of somebody else's, which is not edited. */
    ThreadScript fences(Fence fence) {
        lines.add(Line.of(new Step.Barrier("- ", fence)));
        return this;
    }

    /** Goes along a recorded path. */
    ThreadScript path(String path, Values values) {
        Map<String, Integer> stored = new HashMap<>();
        Map<String, Integer> loaded = new HashMap<>();
        for (String text : RecordedPaths.path(path)) {
            int blank = text.indexOf(' ');
            String first = text.substring(0, blank);
            String rest = text.substring(blank + 1);
            switch (first) {
                case "WMB" -> lines.add(Line.of(new Step.Barrier(rest, Fence.RELEASE)));
                case "RMB" -> lines.add(Line.of(new Step.Barrier(rest, Fence.ACQUIRE)));
                case "MB" -> lines.add(Line.of(new Step.Barrier(rest, Fence.FULL)));
                default -> lines.add(access(text, values, stored, loaded));
            }
        }
        return this;
    }

    private Line access(String text, Values values, Map<String, Integer> stored, Map<String, Integer> loaded) {
        boolean isOpaque = text.startsWith("opaque ");
        String access = isOpaque ? text.substring("opaque ".length()) : text;
        boolean isStore = access.startsWith("store ");
        List<String> cells = cells(access.substring(access.indexOf(' ') + 1), isStore);
        if (isOpaque && !isStore && cells.size() > 1) {
            cells.forEach(cell -> loads.merge(cell, 1, Integer::sum));
            return Line.of(new Step.Load(cells, null));
        }
        List<Step> steps = new ArrayList<>();
        for (String cell : cells) {
            int occurrence = (isStore ? stored : loaded).merge(cell, 1, Integer::sum) - 1;
            if (isStore) {
                steps.add(new Step.Store(cell, values.stored(cell, occurrence)));
            } else {
                IntPredicate condition = values.condition(cell, occurrence);
                steps.add(load(cell, condition, condition == null ? values.seen(cell) : OptionalInt.empty()));
            }
        }
        return new Line(List.copyOf(steps));
    }

    private Step load(String cell, @Nullable IntPredicate condition, OptionalInt value) {
        int occurrence = loads.merge(cell, 1, Integer::sum) - 1;
        if (value.isPresent()) {
            expected.add(new Expected(name, cell, occurrence, value.getAsInt()));
        }
        return new Step.Load(List.of(cell), condition);
    }

    /** The fields that an access reaches, in the recorders' names for them. */
    private static List<String> cells(String place, boolean isStore) {
        if (place.equals("fields")) {
            return List.of("field[0]", "field[1]");
        }
        if (isStore && place.startsWith("used.ring")) {
            // Both fields in one store; the recorder names the first.
            return List.of(place, place.replace(".id", ".len"));
        }
        if (place.endsWith(FLAGS_NEXT)) {
            // Never reached one by one: one cell.
            return List.of(place.replace(FLAGS_NEXT, ""));
        }
        int dot = place.lastIndexOf('.', Math.max(place.indexOf(','), 0));
        if (dot < 0) {
            return List.of(place);
        }
        List<String> cells = new ArrayList<>();
        for (String field : place.substring(dot + 1).split(", ", -1)) {
            cells.add(place.substring(0, dot + 1) + field);
        }
        return cells;
    }
}
