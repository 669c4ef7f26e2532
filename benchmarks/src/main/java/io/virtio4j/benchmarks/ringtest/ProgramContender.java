// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import io.virtio4j.examples.cli.WorkFailedException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A program of its own, started for each slice while both threads of this one sleep. It is given {@code --outstanding}, {@code --batch},
 * {@code --ring-size}, {@code --millis} and {@code --cpus}; the last number that it prints is nanoseconds a buffer.
 */
final class ProgramContender implements Contender {
    private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)?([eE][+-]?\\d+)?");
    private static final long LIMIT_SECONDS = 20;

    private final String name;
    private final List<String> command;

    /**
     * A program.
     *
     * @param command the program and what the user gave it
     * @param cpus two processors, or none to leave them to the program
     */
    ProgramContender(String name, List<String> command, Settings settings, List<Integer> cpus) {
        this.name = name;
        this.command = new ArrayList<>(command);
        add("--outstanding", settings.outstanding());
        add("--batch", settings.batch());
        add("--ring-size", settings.ringSize());
        if (!cpus.isEmpty()) {
            this.command.addAll(List.of("--cpus", cpus.get(0) + "," + cpus.get(1)));
        }
    }

    private void add(String option, long value) {
        command.add(option);
        command.add(Long.toString(value));
    }

    @Override
    public String name() {
        return name;
    }

    /** A program that cannot be run is found before the long work. */
    @Override
    public void warmUp(long nanos) {
        measure(TimeUnit.MILLISECONDS.toNanos(1));
    }

    @Override
    public Work measure(long nanos) {
        List<String> whole = new ArrayList<>(command);
        whole.add("--millis");
        whole.add(Long.toString(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos))));
        return new Work(lastNumber(name, output(whole)), 0, 0);
    }

    /** Through a file: a program that prints much or nothing cannot hold us up, and its errors are shown. */
    private String output(List<String> whole) {
        try {
            Path file = Files.createTempFile("ringtest", ".out");
            try {
                Process process = new ProcessBuilder(whole)
                        .redirectErrorStream(true)
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(file.toFile())
                        .start();
                boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
                process.destroyForcibly();
                String output = Files.readString(file, StandardCharsets.UTF_8).strip();
                if (!ended || process.exitValue() != 0) {
                    throw new WorkFailedException(name + " (" + String.join(" ", whole) + ") "
                            + (ended ? "ended with status " + process.exitValue() : "did not end")
                            + (output.isEmpty() ? "" : " and said: " + output));
                }
                return output;
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new WorkFailedException("cannot run " + name + " (" + e.getMessage() + ")", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WorkFailedException("interrupted while " + name + " ran", e);
        }
    }

    /** The last number of a program's output. */
    static double lastNumber(String name, String output) {
        double nanos = NUMBER.matcher(output)
                .results()
                .map(MatchResult::group)
                .reduce((first, second) -> second)
                .map(Double::parseDouble)
                .orElse(Double.NaN);
        if (!(nanos > 0)) {
            throw new WorkFailedException(
                    String.format(Locale.ROOT, "%s printed no nanoseconds a buffer but \"%s\"", name, output));
        }
        return nanos;
    }
}
