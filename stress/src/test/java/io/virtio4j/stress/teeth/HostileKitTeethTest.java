// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.teeth;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.stress.mutant.OrderTestRun;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A bug planted into a queue turns the table of hostile peers red; the same case is right over the code that ships. */
class HostileKitTeethTest {
    private static final List<String> FETCHES = List.of("io.virtio4j.queue.LoadedOnceOrderTest");
    private static final Kit SHIPPED = kit(List.of());

    static List<PlantedBug> bugs() {
        return PlantedBugs.forTheKit();
    }

    private static Kit kit(List<PlantedBug.Change> changes) {
        return new EditedLoader(HostileKitTeethTest.class.getClassLoader(), changes).kit();
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void aPlantedBugTurnsACaseRed(PlantedBug bug) {
        Optional<String> red = kit(List.of(bug.change())).red(bug.half(), bug.format(), bug.word());

        assertThat(red).as("a red case over %s", bug).isPresent();
        assertThat(SHIPPED.wrong(bug.half(), bug.format(), red.orElseThrow())).isEmpty();
    }

    static List<PlantedBug> doubleFetches() {
        return PlantedBugs.doubleFetches();
    }

    private static OrderTestRun fetches(List<PlantedBug.Change> changes) {
        return OrderTestRun.over(files -> new EditedLoader(files, changes), FETCHES);
    }

    /** Else a double fetch could be caught by what fails without it. */
    @Test
    void theShippedCodeFetchesOnce() {
        OrderTestRun run = fetches(List.of());

        assertThat(run.causes()).isEmpty();
        assertThat(run.passed()).isPositive();
    }

    /** No case of the kit, which changes memory between two steps of its peer and at random, is sure to meet these. */
    @ParameterizedTest
    @MethodSource("doubleFetches")
    void aPlantedDoubleFetchIsCaught(PlantedBug bug) {
        assertThat(fetches(List.of(bug.change())).causes())
                .as("what fails over %s", bug)
                .isNotEmpty()
                .hasOnlyElementsOfType(AssertionError.class);
    }
}
