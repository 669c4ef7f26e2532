// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program of the operating system. Its environment is always the same, it has a time limit, and whoever expects something
 * of it that did not come is told all that it printed.
 *
 * @param file where it lies
 * @param limitSeconds how long a run may take
 */
record Program(Path file, long limitSeconds) {
    private static final long LIMIT_SECONDS = 60;

    /** Where programs for administrators are, which not everybody has in the path. */
    private static final List<String> MORE_FOLDERS = List.of("/usr/sbin", "/sbin", "/usr/local/sbin");

    /** What a run printed, and how it ended. */
    record Run(String command, int status, String output, String errors) {
        /** Fails unless the program ended well. */
        Run expectSuccess() {
            assertThat(status).as("status of %s", this).isZero();
            return this;
        }

        /** Fails if a program that ends well at any rate had something to complain of. */
        Run expectNoErrorBut(String banner) {
            expectSuccess();
            assertThat(errors.lines().filter(line -> !line.startsWith(banner)))
                    .as("complaints of %s", this)
                    .isEmpty();
            return this;
        }

        @Override
        public String toString() {
            return command + ", which ended with " + status + " and printed\n" + output + errors;
        }
    }

    /** Finds a program; without it the test is skipped, which names it. */
    static Program require(String name, String packageName) {
        Optional<Path> found = Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator)), MORE_FOLDERS.stream())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(found.isPresent(), () -> name + " is not installed: it is in the package " + packageName);
        return new Program(found.orElseThrow(), LIMIT_SECONDS);
    }

    /** Runs it to its end, with nothing on its standard input. */
    Run run(Object... arguments) {
        List<String> command = new ArrayList<>(List.of(file.toString()));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        try {
            Path output = Files.createTempFile("program", ".out");
            Path errors = Files.createTempFile("program", ".err");
            try {
                return run(command, output, errors);
            } finally {
                Files.delete(output);
                Files.delete(errors);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("cannot run " + String.join(" ", command), e);
        }
    }

    private Run run(List<String> command, Path output, Path errors) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().clear();
        // Times in images are those of this moment, in UTC; mtools asks nothing of a drive that is an image.
        builder.environment().putAll(Map.of("LC_ALL", "C", "TZ", "UTC", "PATH", "/usr/sbin:/usr/bin:/sbin:/bin"));
        Process process = builder.start();
        boolean ended = false;
        try {
            ended = process.waitFor(limitSeconds, TimeUnit.SECONDS);
        } finally {
            process.destroyForcibly();
        }
        String line = String.join(" ", command);
        String printed = Files.readString(output);
        String complaints = Files.readString(errors);
        if (!ended) {
            throw new AssertionError(
                    line + " had not ended after " + limitSeconds + " s and printed\n" + printed + complaints);
        }
        return new Run(line, process.exitValue(), printed, complaints);
    }
}
