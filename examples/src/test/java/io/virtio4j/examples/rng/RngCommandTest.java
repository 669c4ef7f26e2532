// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.rng;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.examples.CommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code virtio4j rng} from its options to its bytes. */
final class RngCommandTest {
    @TempDir
    private Path directory;

    private static List<String> run(String... args) {
        CommandRunner command = new CommandRunner();
        assertThat(command.run(args)).as(command.err()).isZero();
        assertThat(command.err()).isEmpty();
        return command.out().lines().toList();
    }

    @Test
    void printsThirtyTwoBytesThatDifferEachTime() {
        List<String> once = run("rng", "--device", "sim");
        assertThat(once).singleElement().asString().matches("[0-9a-f]{64}");
        assertThat(run("rng", "--device", "sim")).isNotEqualTo(once);
    }

    @Test
    void printsAsManyBytesAsAskedForInLines() {
        List<String> lines = run("rng", "--device", "sim", "--bytes", "70");
        assertThat(lines).extracting(String::length).containsExactly(64, 64, 12);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 65_536, 200_001})
    void writesTheBytesToAFile(int lengthBytes) throws IOException {
        Path file = directory.resolve("noise");
        Files.writeString(file, "what was there before");
        assertThat(run("rng", "--device", "sim", "--bytes", "" + lengthBytes, "--out", file.toString()))
                .isEmpty();
        byte[] bytes = Files.readAllBytes(file);
        assertThat(bytes).hasSize(lengthBytes);
        if (lengthBytes > 1) {
            assertThat(distinctValues(bytes, 0)).isEqualTo(256);
            assertThat(distinctValues(bytes, lengthBytes - 10_000)).isEqualTo(256);
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    /** Of so many random bytes none is missing: the chance is below 10 to the power of -14. */
    private static long distinctValues(byte[] bytes, int from) {
        return IntStream.range(from, bytes.length).map(i -> bytes[i]).distinct().count();
    }

    @Test
    void whatCannotBeWrittenFailsInOneSentence() {
        for (String out :
                List.of(directory.toString(), directory.resolve("no/such").toString(), "/dev/null")) {
            CommandRunner command = new CommandRunner();
            assertThat(command.run("rng", "--device", "sim", "--out", out)).isEqualTo(1);
            assertThat(command.err().lines()).as(command.err()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rng",
        "rng --device none",
        "rng --device sim:memory",
        "rng --device sim --bytes 0",
        "rng --device sim --bytes -1",
        "rng --device sim --bytes many",
        "rng --device vhost-user:s"
    })
    void badUsageIsOneSentenceWithStatusTwo(String line) {
        CommandRunner command = new CommandRunner();
        assertThat(command.run(line.split(" "))).isEqualTo(2);
        assertThat(command.err().lines()).as(command.err()).hasSize(1);
    }
}
