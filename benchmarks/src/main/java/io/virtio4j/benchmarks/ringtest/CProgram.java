// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import io.virtio4j.examples.cli.WorkFailedException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The split ring's loop in C ({@code src/main/c/splitring.c}), built with {@code gcc -O2} where there is one. */
final class CProgram {
    /** Its name among the rings. */
    static final String NAME = "c-split";

    private static final String FILE = "splitring";
    private static final String SOURCE = "/ringtest/" + FILE + ".c";
    private static final long LIMIT_SECONDS = 60;

    private CProgram() {}

    /** {@return whether there is a compiler on the path} */
    static boolean canBeBuilt() {
        String path = System.getenv("PATH");
        return path != null
                && Arrays.stream(path.split(File.pathSeparator))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "gcc")));
    }

    /**
     * Builds it.
     *
     * @param folder where to
     * @return the program; empty if there is no gcc
     */
    static Optional<Path> build(Path folder) {
        if (!canBeBuilt()) {
            return Optional.empty();
        }
        Path source = folder.resolve(FILE + ".c");
        Path program = folder.resolve(FILE);
        try (InputStream in = CProgram.class.getResourceAsStream(SOURCE)) {
            if (in == null) {
                throw new WorkFailedException("the class path has no " + SOURCE);
            }
            Files.copy(in, source);
            Process gcc = new ProcessBuilder(List.of(
                            "gcc",
                            "-O2",
                            "-std=gnu11",
                            "-Wall",
                            "-pthread",
                            "-o",
                            program.toString(),
                            source.toString()))
                    .inheritIO()
                    .start();
            if (!gcc.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || gcc.exitValue() != 0) {
                gcc.destroyForcibly();
                throw new WorkFailedException("gcc cannot build " + source + "; use --no-c to do without");
            }
            return Optional.of(program);
        } catch (IOException e) {
            throw new WorkFailedException("cannot build the C program (" + e.getMessage() + ")", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WorkFailedException("interrupted while gcc ran", e);
        }
    }

    /** Removes what {@link #build} has made, and the folder. */
    static void clean(Path folder) {
        try {
            Files.deleteIfExists(folder.resolve(FILE + ".c"));
            Files.deleteIfExists(folder.resolve(FILE));
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new WorkFailedException("cannot remove " + folder + " (" + e + ")", e);
        }
    }
}
