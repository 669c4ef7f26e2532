// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A user's program with and without the flag, each in a JVM of its own. */
class NoFlagTest {
    private static final String FLAG = "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED";
    private static final String ROUND_TRIPS = "split: HELLO\npacked: HELLO";

    private static String run(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(options));
        command.add(NoFlagProgram.class.getName());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // Flags out of the environment would be announced on the output, or be the very flag that is to be missing.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        Process process = builder.start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return output.strip();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aProgramWithoutTheFlagRunsAndIsToldOnceWhichFlagWouldMakeItFaster() throws IOException, InterruptedException {
        String output = run();

        assertThat(output).endsWith(ROUND_TRIPS);
        assertThat(output).containsOnlyOnce("--add-exports java.base/jdk.internal.misc=ALL-UNNAMED");
        assertThat(output).doesNotContain("Exception", "Error", "WARNING", "\tat ");
    }

    @Test
    void theSameProgramIsToldNothingWithTheFlag() throws IOException, InterruptedException {
        assertThat(run(FLAG)).isEqualTo(ROUND_TRIPS);
    }

    @Test
    void whoeverAsksForViewsIsToldNothingEither() throws IOException, InterruptedException {
        assertThat(run("-Dio.virtio4j.memory=views")).isEqualTo(ROUND_TRIPS);
    }

    @ParameterizedTest
    @CsvSource({
        "-Dio.virtio4j.memory=views, ViewMemory, AgronaMemory",
        "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED, AgronaMemory, ViewMemory"
    })
    void exactlyOneClassOfMemoryIsLoaded(String option, String loaded, String other)
            throws IOException, InterruptedException {
        String output = run(option, "-Xlog:class+load");

        assertThat(output).contains("io.virtio4j.memory." + loaded).doesNotContain("io.virtio4j.memory." + other);
    }

    @Test
    void nothingThatNeedsTheFlagIsLoadedWithoutIt() throws IOException, InterruptedException {
        assertThat(run("-Dio.virtio4j.memory=views", "-Xlog:class+load"))
                .contains("io.virtio4j.memory.ViewMemory")
                .doesNotContain("org.agrona.UnsafeApi", "org.agrona.concurrent.UnsafeBuffer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"agrona", "fastest"})
    void aWishThatCannotBeGrantedIsRefusedInOneSentence(String wish) throws IOException, InterruptedException {
        assertThat(run("-Dio.virtio4j.memory=" + wish))
                .startsWith("refused: the system property io.virtio4j.memory is set to \"" + wish + '"')
                .doesNotContain("\n");
    }
}
