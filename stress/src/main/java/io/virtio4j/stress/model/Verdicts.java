// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model;

import io.virtio4j.stress.model.explore.Exploration;
import io.virtio4j.stress.model.explore.Explorer;
import io.virtio4j.stress.model.explore.Fence;
import io.virtio4j.stress.model.explore.MemoryModel;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** What the model says of each fence of the code, and of each way to get it wrong. */
public final class Verdicts {
    private static final List<Scenario> SCENARIOS = Stream.of(
                    SplitScenarios.all(), PackedScenarios.all(), ControlScenarios.all())
            .flatMap(List::stream)
            .toList();

    private static final Map<String, Map<MemoryModel, List<Exploration>>> EXPLORED = new ConcurrentHashMap<>();

    private Verdicts() {}

    /** {@return all scenarios} */
    public static List<Scenario> scenarios() {
        return SCENARIOS;
    }

    /** {@return the fences of all recorded paths that scenarios go along, by {@code letter place}} */
    static Map<String, Fence> fences() {
        Map<String, Fence> fences = new LinkedHashMap<>();
        SCENARIOS.forEach(scenario -> fences.putAll(scenario.fences()));
        fences.remove("- ");
        return fences;
    }

    /** {@return letter and place of each fence that a scenario comes by, for example {@code A split-driver-publish}} */
    public static Set<String> places() {
        return Set.copyOf(fences().keySet());
    }

    /** {@return the scenarios that come by a place, which has a fence} */
    static List<Scenario> scenariosAt(String place) {
        return SCENARIOS.stream()
                .filter(scenario -> scenario.fences().keySet().stream().anyMatch(name -> name.endsWith(" " + place)))
                .toList();
    }

    /**
     * {@return for each memory model what came of the scenarios with a fence edited, up to the first in which something is
     * wrong; explored once}
     *
     * @param place where the fence stands, for example {@code split-driver-publish}
     * @param edit what is done to it
     */
    static Map<MemoryModel, List<Exploration>> explore(String place, Edit edit) {
        return EXPLORED.computeIfAbsent(place + '/' + edit, key -> exploreNow(place, edit));
    }

    private static Map<MemoryModel, List<Exploration>> exploreNow(String place, Edit edit) {
        Map<MemoryModel, List<Exploration>> explorations = new LinkedHashMap<>();
        for (MemoryModel model : MemoryModel.values()) {
            List<Exploration> ofModel = new ArrayList<>();
            for (Scenario scenario : scenariosAt(place)) {
                Exploration exploration = Explorer.explore(scenario.program(place, edit), model);
                ofModel.add(exploration);
                if (!exploration.isProved()) {
                    break;
                }
            }
            explorations.put(model, ofModel);
        }
        return explorations;
    }

    /**
     * {@return the memory models under which an edited fence lets something go wrong; none if it makes no difference}
     *
     * @param place where the fence stands, for example {@code split-driver-publish}: a letter of the ordering table has one place
     *     or more
     * @param edit what is done to it
     * @throws IllegalArgumentException if no scenario comes by the place
     */
    public static Set<MemoryModel> caught(String place, Edit edit) {
        if (scenariosAt(place).isEmpty()) {
            throw new IllegalArgumentException("no fence at " + place + "; there are " + fences().keySet());
        }
        Set<MemoryModel> caught = EnumSet.noneOf(MemoryModel.class);
        explore(place, edit).forEach((model, explorations) -> {
            if (explorations.stream().anyMatch(exploration -> !exploration.isProved())) {
                caught.add(model);
            }
        });
        return caught;
    }
}
