// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.stress.model.Verdicts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every mutant is caught by an order test, and docs/memory-model.md says by which.
 *
 * <p>{@code -Dmutants.update} writes the page anew. Each order test over a mutant ends within
 * {@value OrderTestRun#TEST_SECONDS} seconds, whatever the mutant does.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MutantTableTest {
    private final Map<Mutant, OrderTestRun> runs = new HashMap<>();

    private OrderTestRun runOf(Mutant mutant) {
        return runs.computeIfAbsent(mutant, some -> OrderTestRun.of(some, OrderTests.of(some.place())));
    }

    static List<Mutant> mutants() {
        return Mutants.all();
    }

    /** Else a mutant could be caught by what fails without it. */
    @Test
    void theShippedCodePassesEveryOrderTest() {
        OrderTestRun run = OrderTestRun.of(null, List.copyOf(OrderTests.all()));

        assertThat(run.causes()).isEmpty();
        assertThat(run.passed()).isGreaterThan(OrderTests.all().size());
    }

    @Test
    void everyOrderTestOfAFenceIsOneThatRunsOverMutants() {
        assertThat(Built.orderTests()).containsExactlyInAnyOrderElementsOf(OrderTests.all());
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void aMutantIsCaughtAndNotOnlyByATestThatNeverEnds(Mutant mutant) {
        OrderTestRun run = runOf(mutant);

        assertThat(run.isCaught()).as("%s is caught", mutant).isTrue();
        assertThat(run.isCaughtByTimeOnly()).as("%s only hangs", mutant).isFalse();
        // A mutant that cannot be loaded is caught by everything, and shows nothing.
        assertThat(run.causes()).as("what failed over %s", mutant).hasOnlyElementsOfType(AssertionError.class);
    }

    /** Model and mutants call a fence by the same letter and name. */
    @Test
    void whatTheModelExploresArePlacesOfTheCatalogue() {
        assertThat(Verdicts.places())
                .filteredOn(place -> !place.startsWith("- "))
                .isSubsetOf(Mutants.places().stream()
                        .map(place -> place.letter() + ' ' + place.name())
                        .toList());
    }

    @Test
    void whatStressTestsSayToShowAreMutants() {
        assertThat(StressTests.shown().values())
                .flatMap(ids -> ids)
                .isSubsetOf(Mutants.all().stream().map(Mutant::id).toList());
    }

    /** What a stress test says of itself is what the last kept runs of it have seen. */
    @Test
    void whatStressTestsSayToShowWasSeenOnBothJavas() throws IOException {
        assertThat(StressSight.all()).isNotEmpty().allSatisfy(sight -> {
            assertThat(sight.on17()).as("%s, 17", sight).isPositive();
            assertThat(sight.on25()).as("%s, 25", sight).isPositive();
        });
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void thePageSaysByWhichTestsEachIsCaught() throws IOException {
        List<StressSight> sights = StressSight.all();
        List<MutantRow> rows = new ArrayList<>();
        for (Mutant mutant : Mutants.all()) {
            List<StressSight> stress = sights.stream()
                    .filter(sight -> sight.mutant().equals(mutant))
                    .toList();
            rows.add(new MutantRow(mutant, runOf(mutant).failures(), ModelVerdicts.of(mutant), stress));
        }
        String page = MutantPage.of(rows);
        System.out.println(MutantPage.summary(rows));
        if (System.getProperty("mutants.update") != null) {
            MutantPage.write(page);
        }

        assertThat(MutantPage.committed())
                .as("docs/memory-model.md; -Dmutants.update writes it anew")
                .isEqualTo(page);
    }
}
