// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model;

import io.virtio4j.stress.model.explore.Fence;
import io.virtio4j.stress.model.explore.Step;
import io.virtio4j.stress.model.explore.Step.Barrier;
import java.util.ArrayList;
import java.util.List;

/**
 * One access of the code, as steps, or one fence.
 *
 * <p>A plain access of several fields is a step for each of them, in any order: Java does not promise that it is one. An opaque
 * access is one step.
 *
 * @param steps one or more
 */
record Line(List<Step> steps) {
    static Line of(Step step) {
        return new Line(List.of(step));
    }

    /** Whether it is the fence at a place of the code. */
    boolean isFenceAt(String place) {
        return steps.get(0) instanceof Barrier barrier && barrier.name().endsWith(" " + place);
    }

    /** The lines of a thread with all fences of a place changed. */
    static List<Line> edited(List<Line> lines, String place, Edit edit) {
        List<Line> edited = new ArrayList<>(lines);
        // From the end that a moved fence comes from, so that none is met twice.
        for (int k = 0; k < lines.size(); k++) {
            int i = edit == Edit.LATE ? lines.size() - 1 - k : k;
            Line line = lines.get(i);
            if (!line.isFenceAt(place)) {
                continue;
            }
            switch (edit) {
                case DROPPED -> edited.set(i, new Line(List.of()));
                case EARLY -> swap(edited, i, i - 1);
                case LATE -> swap(edited, i, i + 1);
                default -> edited.set(i, Line.of(weaker((Barrier) line.steps().get(0), edit)));
            }
        }
        return edited;
    }

    private static void swap(List<Line> lines, int i, int j) {
        // A path that begins or ends with its fence has nothing there to pass.
        if (j >= 0 && j < lines.size()) {
            Line line = lines.get(i);
            lines.set(i, lines.get(j));
            lines.set(j, line);
        }
    }

    private static Barrier weaker(Barrier barrier, Edit edit) {
        Fence weaker = edit.weaker();
        if (weaker == null) {
            throw new IllegalStateException(edit + " is no weaker fence");
        }
        return new Barrier(barrier.name(), weaker);
    }
}
