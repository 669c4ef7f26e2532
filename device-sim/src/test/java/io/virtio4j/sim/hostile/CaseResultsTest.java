// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.RingFormat;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of results is of one run, and says how long it is to be. */
class CaseResultsTest {
    private static final HostileCase<DriverPort> CASE =
            HostileCase.of("a-case", "an area", "AN-ID", "Nothing.", Verdict.SERVED, (port, stage) -> {});

    @TempDir
    Path directory;

    private static CaseResult result(Verdict verdict) {
        return new CaseResult("echo", RingFormat.SPLIT, CASE, verdict, "seen\tthis\nand that", 1);
    }

    @Test
    void theFirstLineSaysHowManyPlaysThereAreToBe() {
        CaseResults results = CaseResults.begin(directory, "echo", List.of(CASE, CASE.on(RingFormat.PACKED)), "");

        results.add(result(Verdict.SERVED));
        results.add(result(Verdict.LIED));

        assertThat(results.file()).hasFileName("echo.tsv");
        assertThat(results.file())
                .content()
                .hasLineCount(3)
                .startsWith("plays=3\n")
                .contains("\necho\tsplit\ta-case\tan area\tSERVED\tAN-ID\tNothing.\tSERVED\t\n")
                .endsWith("\necho\tsplit\ta-case\tan area\tLIED\tAN-ID\tNothing.\tSERVED\tseen this\n");
    }

    @Test
    void aRunBeginsAnew() {
        CaseResults.begin(directory, "echo", List.of(CASE)).add(result(Verdict.LIED));

        CaseResults again = CaseResults.begin(directory, "echo", List.of(CASE));

        assertThat(again.file()).content().isEqualTo("plays=2\n");
    }

    @Test
    void aVariantKeepsTheOthersAndIsGoneWithTheNextWholeRun() {
        CaseResults whole = CaseResults.begin(directory, "echo", List.of(CASE), "");
        CaseResults variant = CaseResults.begin(directory, "echo", List.of(CASE), "views");
        CaseResults other = CaseResults.begin(directory, "echo-threaded", List.of(CASE), "views");

        assertThat(whole.file()).exists();
        CaseResults.begin(directory, "echo", List.of(CASE), "");
        assertThat(variant.file()).doesNotExist();
        assertThat(other.file()).exists();
    }
}
