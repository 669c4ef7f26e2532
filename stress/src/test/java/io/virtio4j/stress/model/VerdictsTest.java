// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.stress.model.explore.Exploration;
import io.virtio4j.stress.model.explore.Explorer;
import io.virtio4j.stress.model.explore.MemoryModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The code is right under every memory model, and each fence of it is needed under the ones that are said here. */
class VerdictsTest {
    private static final String NEVER = "never";

    private static final String FULL_FENCE = "dropped TSO, weakened to Wmb TSO, weakened to Rmb TSO,"
            + " weakened to Wmb and Rmb TSO, early TSO, late TSO";

    /**
     * For each letter the weakest way to see each edit, as {@code edit: model}. Written by hand, from what the fences mean; a
     * model that allows more catches it as well.
     */
    private static final Map<String, String> EXPECTED = new TreeMap<>(Map.ofEntries(
            // Stores before a store, and loads before it too.
            Map.entry("A", "dropped PSO, weakened to store-store ARM, early PSO, late PSO"),
            Map.entry("B", "dropped PSO, weakened to store-store ARM, early PSO, late PSO"),
            Map.entry("H", "dropped PSO, weakened to store-store ARM, early PSO, late PSO"),
            Map.entry("I", "dropped PSO, weakened to store-store ARM, early PSO, late PSO"),
            // A load before loads, and before stores too.
            Map.entry("A'", "dropped ARM, weakened to load-load ARM, early ARM, late ARM"),
            Map.entry("B'", "dropped ARM, weakened to load-load ARM, early ARM, late ARM"),
            Map.entry("H'", "dropped ARM, weakened to load-load ARM, early ARM, late ARM"),
            Map.entry("I'", "dropped ARM, weakened to load-load ARM, early ARM, late ARM"),
            // A store before a load: what every machine that has a store buffer lets pass.
            Map.entry("C", FULL_FENCE),
            Map.entry("C'", FULL_FENCE),
            Map.entry("D", FULL_FENCE),
            Map.entry("D'", FULL_FENCE),
            // Stores before a store, with no load before them.
            Map.entry("E", "dropped PSO, weakened to store-store never, early PSO, late PSO"),
            Map.entry("G", "dropped PSO, weakened to store-store never, early PSO, late PSO"),
            // Loads before loads, with no store behind them.
            Map.entry("G'", "dropped ARM, weakened to load-load never, early ARM, late ARM"),
            // No letter.
            Map.entry("-", "dropped never, weakened to store-store never, early never, late never")));

    static List<Scenario> scenarios() {
        return Verdicts.scenarios();
    }

    static Stream<String> fences() {
        return Verdicts.fences().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void theCodeIsRightUnderEveryMemoryModel(Scenario scenario) {
        for (MemoryModel model : MemoryModel.values()) {
            Exploration exploration = Explorer.explore(scenario.program(), model);

            assertThat(exploration.trace()).as("%s under %s", scenario, model).isEmpty();
            assertThat(exploration.ends())
                    .as("ends of %s under %s: a scenario that never ends shows nothing", scenario, model)
                    .isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("fences")
    void eachFenceIsNeededWhereItIsKnownToBe(String fence) {
        int blank = fence.indexOf(' ');
        String letter = fence.substring(0, blank);
        List<String> found = new ArrayList<>();
        for (Edit edit : Edit.of(Verdicts.fences().get(fence))) {
            Set<MemoryModel> caught = Verdicts.caught(fence.substring(blank + 1), edit);
            String first = caught.stream().findFirst().map(MemoryModel::name).orElse(NEVER);
            found.add(edit.label() + " " + first);

            // Each model allows all that the one before it allows.
            assertThat(caught)
                    .as("%s %s", fence, edit)
                    .isEqualTo(
                            first.equals(NEVER)
                                    ? Set.of()
                                    : EnumSet.range(MemoryModel.valueOf(first), MemoryModel.ARM));
        }

        assertThat(String.join(", ", found)).isEqualTo(EXPECTED.get(letter));
    }

    /** An edit that edits nothing would pass for one that does no harm. */
    @ParameterizedTest
    @MethodSource("fences")
    void everyEditChangesTheProgram(String fence) {
        String place = fence.substring(fence.indexOf(' ') + 1);
        for (Edit edit : Edit.of(Verdicts.fences().get(fence))) {
            assertThat(Verdicts.scenariosAt(place))
                    .as("%s %s", place, edit)
                    .isNotEmpty()
                    .allSatisfy(scenario -> assertThat(
                                    scenario.program(place, edit).threads().toString())
                            .isNotEqualTo(scenario.program().threads().toString()));
        }
    }

    @Test
    void everyLetterOfTheTableIsThere() {
        assertThat(fences().map(fence -> fence.substring(0, fence.indexOf(' '))).distinct())
                .containsExactlyInAnyOrderElementsOf(EXPECTED.keySet());
    }

    @Test
    void everyFenceThatIsRecordedIsExplored() {
        List<String> fencesOfPaths = RecordedPaths.names().stream()
                .flatMap(name -> RecordedPaths.path(name).stream())
                .filter(line -> line.matches("(WMB|RMB|MB) .*"))
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .distinct()
                .toList();

        assertThat(Verdicts.fences().keySet()).containsExactlyInAnyOrderElementsOf(fencesOfPaths);
    }

    @ParameterizedTest
    @EnumSource(Edit.class)
    void anEditIsFoundByWhatTablesCallIt(Edit edit) {
        assertThat(Edit.labelled(edit.label())).contains(edit);
    }

    /** E is what the specification asks for. Without it the position may be an old one; the sleeper's last look makes up for it. */
    @Test
    void aTornWishOfAPackedRingLosesNoNotification() {
        for (String place : List.of("packed-driver-event", "packed-device-event")) {
            assertThat(Verdicts.scenariosAt(place))
                    .filteredOn(scenario -> !scenario.name().endsWith("is read"))
                    .isNotEmpty()
                    .allSatisfy(scenario -> assertThat(Arrays.stream(Edit.values())
                                    .filter(edit -> Edit.of(Verdicts.fences().get("E " + place))
                                            .contains(edit))
                                    .map(edit -> Explorer.explore(scenario.program(place, edit), MemoryModel.ARM)))
                            .allSatisfy(exploration ->
                                    assertThat(exploration.trace()).isEmpty()));
        }
    }
}
