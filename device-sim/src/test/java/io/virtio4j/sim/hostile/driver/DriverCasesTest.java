// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for the table of cases as a whole. */
class DriverCasesTest {
    private static final Path CHECKLIST = Path.of("..", "conformance", "checklist.tsv");

    private final List<HostileCase<DriverPort>> cases = Stream.concat(
                    DriverCases.all().stream(), DriverCases.races().stream())
            .toList();

    @Test
    void noTwoCasesHaveTheSameId() {
        assertThat(cases).extracting(HostileCase::id).doesNotHaveDuplicates();
    }

    @Test
    void eachCaseNamesClausesThatThereAre() throws IOException {
        Set<String> known;
        try (Stream<String> lines = Files.lines(CHECKLIST)) {
            known = lines.map(line -> line.substring(0, line.indexOf('\t'))).collect(Collectors.toSet());
        }

        assertThat(cases).flatExtracting(HostileCase::clauses).isSubsetOf(known);
    }

    @Test
    void theTableIsLongAndMostOfItIsForBothRings() {
        assertThat(cases).hasSizeGreaterThan(300);
        assertThat(cases).filteredOn(one -> one.rings().size() == 2).hasSizeGreaterThan(200);
    }

    @Test
    void mostOfItIsForAnyDevice() {
        assertThat(DriverCases.forAnyDevice()).hasSizeGreaterThan(250);
    }
}
