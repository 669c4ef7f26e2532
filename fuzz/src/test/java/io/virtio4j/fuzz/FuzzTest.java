// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every target plays its corpus, each file of which found something once or gets deep, and then inputs that nobody has seen. */
final class FuzzTest {
    private static final Path CORPUS = Path.of("src/test/resources/corpus");

    static Stream<FuzzTarget> targets() {
        String names = System.getProperty("fuzz.targets", ".*");
        return Targets.all().stream().filter(target -> target.name().matches(names));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void whatWasFoundOnceIsMended(FuzzTarget target) throws IOException {
        List<Path> files = files(target);
        assertThat(files).as("the corpus of " + target.name()).isNotEmpty();
        try (Watchdog watchdog = Watchdog.over(target.name(), findings())) {
            for (Path file : files) {
                try {
                    watchdog.play(target, Files.readAllBytes(file));
                } catch (Throwable found) {
                    throw new AssertionError(file + ": " + found, found);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("targets")
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void nothingNewIsFound(FuzzTarget target) throws IOException {
        long steps = Long.getLong("fuzz.steps", 20_000);
        List<byte[]> corpus = new ArrayList<>();
        for (Path file : files(target)) {
            corpus.add(Files.readAllBytes(file));
        }
        long startNanos = System.nanoTime();
        long done = new Campaign(target, corpus, findings()).run(steps, Long.getLong("fuzz.seed", 1));
        System.out.printf(
                "fuzz %-14s %,12d steps in %.1f s%n", target.name(), done, (System.nanoTime() - startNanos) / 1e9);
        assertThat(done).isGreaterThanOrEqualTo(steps);
    }

    private static Path findings() {
        return Path.of(System.getProperty("fuzz.findings", "target/findings"));
    }

    private static List<Path> files(FuzzTarget target) throws IOException {
        Path folder = CORPUS.resolve(target.name());
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".bin"))
                    .sorted()
                    .toList();
        }
    }
}
