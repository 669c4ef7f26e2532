// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtio4j.examples.cli.WorkFailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The program: its options, and a run of a few milliseconds. */
final class RingTestTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine commandLine = RingTest.commandLine();
        commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return commandLine.execute(args);
    }

    @Test
    void helpNamesEveryRing() {
        assertThat(run("--help")).isZero();
        String help = out.toString().replaceAll("\\s+", " ");
        for (RingKind kind : RingKind.values()) {
            assertThat(help).containsPattern("[ :]" + kind + "[ ,(]");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--rings=split,none | there is no ring none",
                "--outstanding=0 | --outstanding is 1 to the ring size, 256, not 0",
                "--outstanding=257 | not 257",
                "--ring-size=100 | --ring-size is a power of two",
                "--batch=0 | --batch is at least 1, not 0",
                "--time=201 | --time is 1 to 200 ms, not 201",
                "--repetitions=0 | --repetitions is 1 to",
                "--warm-up=-1 | --warm-up is 0 ms",
                "--exit-nanos=-1 | --exit-nanos is 0",
                "--cpus=1 | --cpus takes two different processors",
                "--cpus=1,1 | --cpus takes two different processors",
                "--frames=3 | Unknown option",
            })
    void whatCannotBeMeantIsBadUsage(String arg, String message) {
        assertThat(run(arg)).isEqualTo(2);
        assertThat(err.toString()).contains(message);
    }

    @Test
    void aRunPrintsATableAndWritesTheSameAsJson(@TempDir Path folder) throws IOException {
        Path json = folder.resolve("ringtest.json");
        int status = run(
                "--rings=split,pingpong1",
                "--no-c",
                "--outstanding=1,16",
                "--ring-size=16",
                "--batch=4",
                "--repetitions=2",
                "--time=1",
                "--warm-up=0",
                "--sleep",
                "--exit-nanos=0",
                "--json=" + json);
        assertThat(err.toString()).isEmpty();
        assertThat(status).isZero();
        assertThat(out.toString())
                .contains("| 1 outstanding ", "| 16 outstanding ", "| split, event-index ", "| NOT MEASURED |");
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.get("rows")).hasSize(4).allSatisfy(row -> {
            assertThat(row.get("nsPerBuffer").asDouble()).isPositive();
            assertThat(row.get("slices").asInt()).isEqualTo(2);
            assertThat(row.get("bytesPerBuffer").isNumber()).isTrue();
            assertThat(row.get("nsSpread").get("least").asDouble())
                    .isLessThanOrEqualTo(row.get("nsSpread").get("greatest").asDouble());
        });
        assertThat(report.get("rows").findValuesAsText("ring"))
                .containsExactly("split", "pingpong1", "split", "pingpong1");
        assertThat(report.get("rows").findValuesAsText("outstanding")).containsExactly("1", "1", "16", "16");
        assertThat(report.get("rows").get(0).get("ratios").has("pingpong1")).isTrue();
        assertThat(report.get("notifications"))
                .hasSize(8)
                .allSatisfy(row ->
                        assertThat(row.get("kicksPerThousand").asDouble()).isPositive());
    }

    @Test
    void aGateFailsWhereABoundIsNotReached() {
        int status = run(
                "--rings=pingpong1",
                "--no-c",
                "--outstanding=1",
                "--repetitions=1",
                "--time=1",
                "--warm-up=0",
                "--gate");
        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).contains("a bound is not reached");
    }

    @Test
    void theLastNumberThatAProgramPrintsIsItsTime() {
        assertThat(ProgramContender.lastNumber("peer", "2 threads\n31.5 ns\n")).isEqualTo(31.5);
        assertThat(ProgramContender.lastNumber("peer", "1.5e3")).isEqualTo(1_500);
        assertThatThrownBy(() -> ProgramContender.lastNumber("peer", "no luck"))
                .isInstanceOf(WorkFailedException.class)
                .hasMessageContaining("no luck");
        assertThatThrownBy(() -> ProgramContender.lastNumber("peer", "0")).isInstanceOf(WorkFailedException.class);
    }

    @Test
    void aProgramIsGivenTheSameParameters() {
        ProgramContender echo =
                new ProgramContender("peer", List.of("echo", "7"), new Settings(16, 4, 64), List.of(0, 1));
        // echo prints its arguments; the last one is the milliseconds.
        assertThat(echo.measure(5_000_000).nanosEach()).isEqualTo(5);
    }

    @Test
    void aProgramThatFailsOrIsNotThereIsSaidSo() {
        Settings settings = new Settings(1, 1, 16);
        assertThatThrownBy(() -> new ProgramContender("peer", List.of("false"), settings, List.of()).measure(1))
                .hasMessageContaining("status 1");
        assertThatThrownBy(
                        () -> new ProgramContender("peer", List.of("/nowhere/at/all"), settings, List.of()).measure(1))
                .hasMessageContaining("cannot run peer");
    }

    @Test
    void theLoopInCIsBuiltWhereThereIsACompilerAndRuns(@TempDir Path folder) {
        Optional<Path> program = CProgram.build(folder);
        assertThat(program.isPresent()).isEqualTo(CProgram.canBeBuilt());
        program.ifPresent(path -> assertThat(new ProgramContender(
                                CProgram.NAME, List.of(path.toString()), new Settings(16, 4, 16), List.of())
                        .measure(1_000_000)
                        .nanosEach())
                .isPositive());
        CProgram.clean(folder);
        assertThat(folder).doesNotExist();
    }
}
