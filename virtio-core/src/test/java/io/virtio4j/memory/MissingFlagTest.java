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
import org.junit.jupiter.params.provider.ValueSource;

/** What a user sees who forgets the flag: one sentence, and nothing of the machinery behind it. */
class MissingFlagTest {
    private static final String FLAG = "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED";

    private static String run(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // Flags out of the environment would be announced on the output, or be the very flag that is to be missing.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        Process process = builder.start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"allocate", "wrap"})
    void aProgramWithoutTheFlagIsToldWhichFlagInOneLine(String how) throws IOException, InterruptedException {
        String output = run(NoFlagProgram.class.getName(), how);

        assertThat(output.strip())
                .doesNotContain("\n")
                .contains("--add-exports java.base/jdk.internal.misc=ALL-UNNAMED")
                .doesNotContain("Exception", "Error", "Warning", "WARNING", "UnsafeApi");
    }

    @Test
    void theSameProgramRunsWithTheFlag() throws IOException, InterruptedException {
        assertThat(run(FLAG, NoFlagProgram.class.getName(), "allocate").strip())
                .startsWith("made ")
                .doesNotContain("\n");
    }
}
