// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RobustnessTest {

    @TempDir
    Path root;

    private final List<String> lines = new ArrayList<>();

    @BeforeEach
    void layOutATree() throws IOException {
        write("pom.xml", List.of("<project><modules><module>a</module><module>b</module></modules></project>"));
        write(
                "conformance/checklist.tsv",
                List.of(
                        "id\tsection\tparty\tlevel\tarea\tstatement\ttest_hint",
                        "C-ONE\t2.1 First\tdriver\tMUST\tcore\tDo one.\tlook"));
        write("conformance/robustness.md", List.of("# By hand"));
        for (int i = 0; i < Robustness.LEAST_CASES; i++) {
            lines.add("echo\tsplit\tcase-" + i + "\tstatus\tSERVED\tC-ONE\tDoes nothing.\tSERVED\t");
        }
    }

    private Robustness read() throws IOException {
        writeResults("a/target/hostile/echo.tsv", lines);
        return Robustness.of(root);
    }

    private void writeResults(String file, List<String> results) throws IOException {
        write(
                file,
                Stream.concat(Stream.of("plays=" + results.size()), results.stream())
                        .toList());
    }

    private void write(String file, List<String> content) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.write(path, content);
    }

    @Test
    void enoughGoodCasesAreNoProblem() throws IOException {
        assertThat(read().problems()).isEmpty();
    }

    @Test
    void aCaseOnSeveralRingsAndPartiesIsOneCase() throws IOException {
        lines.set(7, lines.get(0).replace("split", "packed"));
        lines.add(lines.get(0).replace("echo", "blk"));

        assertThat(read().problems()).containsExactly("only 299 hostile cases were played, of 300 at least");
    }

    @Test
    void aRunThatWasNotWholeIsAProblem() throws IOException {
        List<String> file = new ArrayList<>(List.of("plays=301"));
        file.addAll(lines);
        write("a/target/hostile/echo.tsv", file);

        assertThat(Robustness.of(root).problems())
                .containsExactly("a/target/hostile/echo.tsv has 300 plays and says plays=301");
    }

    @Test
    void aNameStandsForOneCaseAndAPlayForOneVerdict() throws IOException {
        lines.add(lines.get(0).replace("echo", "blk").replace("nothing", "much"));
        lines.add(
                lines.get(1).replace("\tSERVED\tC-ONE", "\tREJECTED\tC-ONE").replace("SERVED\t", "SERVED REJECTED\t"));

        assertThat(read().problems())
                .containsExactly(
                        "case-0 is the name of several cases that do different things",
                        "echo, split, case-1 came to several verdicts");
    }

    @Test
    void everyVerdictThatIsNoGoodOneIsAProblem() throws IOException {
        for (String bad : List.of("WEDGED", "ESCAPED", "LEAKED", "LIED", "NOT_PLAYED", "REJECTED", "UNHEARD_OF")) {
            lines.set(0, "echo\tsplit\tcase-0\tstatus\t" + bad + "\tC-ONE\tDoes harm.\tSERVED\twhy");

            assertThat(read().problems()).containsExactly("echo came out of case-0 " + bad + ", split: why");
        }
    }

    @Test
    void aCaseNamesClausesOfTheChecklist() throws IOException {
        lines.set(0, "echo\tsplit\tcase-0\tstatus\tSERVED\tC-ONE C-TWO\tDoes nothing.\tSERVED\t");
        lines.set(1, "echo\tsplit\tcase-1\tstatus\tSERVED\t\tDoes nothing.\tSERVED\t");

        assertThat(read().problems())
                .containsExactly(
                        "C-TWO is no clause of the checklist and is named by case-0", "case-1 names no clause");
    }

    @Test
    void thePageHasTheCountsAndARowForWhatCameOutAlike() throws IOException {
        lines.clear();
        lines.add("echo\tsplit\tloop\tchain\tNEEDS_RESET\tC-ONE\tGoes in a|circle.\tNEEDS_RESET\t");
        lines.add("echo\tpacked\tloop\tchain\tNEEDS_RESET\tC-ONE\tGoes in a|circle.\tNEEDS_RESET\t");
        lines.add("echo\tpacked\thuge\tchain\tSKIPPED\tC-ONE\tAsks for much.\tSERVED\tneeds memory");
        writeResults(
                "b/target/hostile/blk.tsv",
                List.of(
                        "blk\tsplit\tloop\tchain\tREJECTED\tC-ONE\tGoes in a|circle.\tSERVED REJECTED\t",
                        "blk\tsplit\tloop\tchain\tREJECTED\tC-ONE\tGoes in a|circle.\tSERVED REJECTED\t"));

        assertThat(RobustnessPage.of(root, read()))
                .startsWith("# By hand\n")
                .contains("| chain | 1 | 3 | 0 | 1 | 2 | 1 | 0 | 0 | 0 | 0 | 0 |\n")
                .contains("| all | 1 | 3 | 0 | 1 | 2 | 1 | 0 | 0 | 0 | 0 | 0 |\n")
                .contains("| loop | Goes in a\\|circle. | C-ONE | blk | split | REJECTED (allowed: SERVED) |\n")
                .contains("| loop | Goes in a\\|circle. | C-ONE | echo | split, packed | NEEDS_RESET |\n")
                .contains("| huge | Asks for much. | C-ONE | echo | packed | SKIPPED: needs memory |\n");
    }
}
