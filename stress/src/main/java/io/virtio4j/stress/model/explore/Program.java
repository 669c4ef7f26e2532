// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model.explore;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Some threads over some cells, and what must never come of it.
 *
 * <p>A thread is a list of steps without branches. What it does only after it has loaded a certain value stands behind a
 * load with that condition: an execution in which the load finds another value is one of another program, and is left out.
 *
 * @param name what it is about
 * @param initially what the cells hold before; 0 where nothing is said
 * @param threads by name
 * @param property asked of each end
 */
public record Program(String name, Map<String, Integer> initially, Map<String, List<Step>> threads, Property property) {
    public Program {
        initially = new LinkedHashMap<>(initially);
        threads = new LinkedHashMap<>(threads);
    }
}
