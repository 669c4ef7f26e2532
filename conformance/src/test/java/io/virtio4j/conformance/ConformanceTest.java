// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.conformance.Conformance.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformanceTest {

    @TempDir
    Path root;

    private final List<String> notApplicable = new ArrayList<>(List.of("id\treason"));
    private final List<String> records = new ArrayList<>();

    @BeforeEach
    void layOutATree() throws IOException {
        write("pom.xml", List.of("<project><modules><module>a</module><module>b</module></modules></project>"));
        write(
                "conformance/checklist.tsv",
                List.of(
                        "id\tsection\tparty\tlevel\tarea\tstatement\ttest_hint",
                        "C-ONE\t2.1 First\tdriver\tMUST\tcore\tDo a|b.\tlook",
                        "C-TWO\t2.1 First\tdevice\tMAY\tcore\tDo two.\tlook",
                        "G-ONE\t5.7 Last\tdevice\tMUST NOT\tgpu\tDo three.\tlook"));
    }

    @Test
    void aClauseIsMetByAPassedTestOfAnyModule() throws IOException {
        records.add("G-ONE\tio.virtio4j.x.FirstTest$Inner#method\tpassed");
        write("b/target/clauses/first.tsv", List.of("C-ONE\tio.virtio4j.x.SecondTest#method\tpassed"));

        assertThat(read()).satisfies(conformance -> {
            assertThat(stateOf(conformance, "C-ONE")).isEqualTo(State.MET);
            assertThat(stateOf(conformance, "C-TWO")).isEqualTo(State.OPEN);
            assertThat(stateOf(conformance, "G-ONE")).isEqualTo(State.MET);
        });
    }

    @Test
    void oneFailedTestOpensTheClauseAgain() throws IOException {
        records.add("C-ONE\tFirstTest#method\tpassed");
        records.add("C-ONE\tFirstTest#other\tfailed");

        assertThat(stateOf(read(), "C-ONE")).isEqualTo(State.OPEN);
    }

    @Test
    void aSkippedTestShowsNothingAndBreaksNothing() throws IOException {
        records.add("C-ONE\tFirstTest#method\tskipped");
        records.add("C-TWO\tFirstTest#method\tskipped");
        records.add("C-TWO\tFirstTest#other\tpassed");

        assertThat(stateOf(read(), "C-ONE")).isEqualTo(State.OPEN);
        assertThat(stateOf(read(), "C-TWO")).isEqualTo(State.MET);
    }

    @Test
    void whatAnUnknownModuleLeftBehindDoesNotCount() throws IOException {
        write("gone/target/clauses/first.tsv", List.of("C-ONE\tFirstTest#method\tpassed"));

        assertThat(stateOf(read(), "C-ONE")).isEqualTo(State.OPEN);
    }

    @Test
    void unknownAndContradictingIdsAreProblems() throws IOException {
        records.add("C-THREE\tFirstTest#method\tpassed");
        records.add("G-ONE\tFirstTest#method\tpassed");
        notApplicable.add("G-ONE\t3D");
        notApplicable.add("G-TWO\tPCI");

        assertThat(read().problems())
                .containsExactly(
                        "C-THREE is no clause of the checklist and is named by [FirstTest#method]",
                        "G-ONE is listed as not applicable and is named by [FirstTest#method]",
                        "G-TWO is listed as not applicable and is no clause of the checklist");
    }

    @Test
    void aReasonOutsideTheListIsRefused() {
        notApplicable.add("G-ONE\tno time");

        assertThatThrownBy(this::read).hasMessageContaining("unknown reason: no time");
    }

    @Test
    void aLineWithAMissingColumnIsRefused() {
        records.add("C-ONE\tpassed");

        assertThatThrownBy(this::read).hasMessageContaining("first.tsv:1: 2 columns instead of 3");
    }

    @Test
    void thePageCountsAndListsEveryClause() throws IOException {
        records.add("C-ONE\tio.virtio4j.x.SecondTest#method\tpassed");
        records.add("C-ONE\tio.virtio4j.x.FirstTest#method\tpassed");
        notApplicable.add("G-ONE\t3D");

        assertThat(Page.of(read()))
                .contains("| Basic facilities | 2 | 0 | 1 | 1 | 0 |")
                .contains("| all | 3 | 1 | 1 | 1 | 0 |")
                .contains("| C-ONE | driver | MUST | Do a\\|b. | met | FirstTest, SecondTest |")
                .contains("| C-TWO | device | MAY | Do two. | open |  |")
                .contains("| G-ONE | device | MUST NOT | Do three. | not applicable: 3D |  |");
    }

    private Conformance read() throws IOException {
        write("conformance/not-applicable.tsv", notApplicable);
        write("a/target/clauses/first.tsv", records);
        return Conformance.of(root);
    }

    private void write(String file, List<String> lines) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.write(path, lines);
    }

    private static State stateOf(Conformance conformance, String id) {
        return conformance.clauses().stream()
                .filter(clause -> clause.id().equals(id))
                .map(conformance::stateOf)
                .findFirst()
                .orElseThrow();
    }
}
