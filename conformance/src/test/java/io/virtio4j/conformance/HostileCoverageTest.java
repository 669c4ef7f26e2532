// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostileCoverageTest {

    @TempDir
    Path root;

    @BeforeEach
    void layOutATree() throws IOException {
        write(
                "checklist.tsv",
                "id\tsection\tparty\tlevel\tarea\tstatement\ttest_hint",
                "C-DRV\t2.1 First\tdriver\tMUST\tcore\tDo one.\tlook",
                "C-DEV\t2.1 First\tdevice\tMUST NOT\tcore\tDo one.\tlook",
                "C-MAY\t2.1 First\tdevice\tMAY\tcore\tDo one.\tlook",
                "C-PCI\t2.1 First\tdevice\tMUST\tcore\tDo one.\tlook");
        write("not-applicable.tsv", "id\treason", "C-PCI\tPCI");
        write("hostile-exempt.tsv", "id\treason");
    }

    private void write(String file, String... lines) throws IOException {
        Files.createDirectories(root.resolve("conformance"));
        Files.write(root.resolve("conformance").resolve(file), List.of(lines));
    }

    private SortedSet<String> problems(PlayedCase... played) {
        return HostileCoverage.of(root).problems(List.of(played));
    }

    private static PlayedCase against(String party, String... clauses) {
        return new PlayedCase(
                party, "split", "a-case", "area", "SERVED", List.of(clauses), "Does harm.", List.of("SERVED"), "");
    }

    @Test
    void eachSidesRuleIsNamedByACaseAgainstTheOtherSide() {
        assertThat(problems(against("echo", "C-DRV"), against("blk-driver-asleep", "C-DEV")))
                .isEmpty();
    }

    @Test
    void aRuleThatOnlyItsOwnSideShowsIsMissing() {
        assertThat(problems(against("echo", "C-DEV"), against("blk-driver", "C-DRV")))
                .containsExactly(
                        "C-DEV, a rule for devices, is broken or asked for by no hostile device and does not stand in"
                                + " hostile-exempt.tsv",
                        "C-DRV, a rule for drivers, is broken or asked for by no hostile driver and does not stand in"
                                + " hostile-exempt.tsv");
    }

    @Test
    void whatIsExemptIsNotMissing() throws IOException {
        write("hostile-exempt.tsv", "id\treason", "C-DRV\town data", "C-DEV\tunseen");

        assertThat(problems()).isEmpty();
    }

    @Test
    void onlyARuleThatAppliesCanBeExempt() throws IOException {
        write("hostile-exempt.tsv", "id\treason", "C-DRV\tstops", "C-DEV\tunseen", "C-MAY\tstops", "C-PCI\tstops");

        assertThat(problems())
                .containsExactly(
                        "C-MAY stands in hostile-exempt.tsv and is no rule that applies",
                        "C-PCI stands in hostile-exempt.tsv and is no rule that applies");
    }

    @Test
    void reasonsAreAClosedList() throws IOException {
        write("hostile-exempt.tsv", "id\treason", "C-DRV\tno time");

        assertThatThrownBy(() -> problems()).hasMessageContaining("unknown reason: no time");
    }
}
