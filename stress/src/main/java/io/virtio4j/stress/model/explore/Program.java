// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model.explore;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Some threads over some cells, and what must never come of it.
 *
 * <p>A thread is a list of steps without branches. What it does only after it has loaded a certain value stands behind a
 * load with that condition: an execution in which the load finds another value is one of another program, and is left out.
 *
 * @param name what it is about
 * @param initially what the cells hold before; 0 where nothing is said
 * @param threads by name
 * @param forbidden asked of each end, when all threads have done all their steps
 */
public record Program(
        String name,
        Map<String, Integer> initially,
        Map<String, List<Step>> threads,
        Predicate<Outcome> forbidden) {
    public Program {
        initially = Map.copyOf(initially);
        threads = new LinkedHashMap<>(threads);
    }

    /** {@return the same with the steps of each thread changed} */
    public Program with(UnaryOperator<List<Step>> change) {
        Map<String, List<Step>> changed = new LinkedHashMap<>();
        threads.forEach((thread, steps) -> changed.put(thread, List.copyOf(change.apply(new ArrayList<>(steps)))));
        return new Program(name, initially, changed, forbidden);
    }

    /** {@return whether a thread has a fence of a letter} */
    public boolean hasFence(String letter) {
        return threads.values().stream()
                .flatMap(List::stream)
                .anyMatch(step -> step instanceof Step.Barrier barrier && barrier.letter().equals(letter));
    }
}
