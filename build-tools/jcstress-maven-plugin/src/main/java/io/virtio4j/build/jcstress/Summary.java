// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.GradingResult;

/**
 * What a run came to, a line for each test, over all of its configurations: how many samples, how many forbidden outcomes, and
 * how many of the interesting outcomes were seen. An interesting outcome is what a wrong variant is there to show: a test that
 * shows none of its own in samples enough has lost its teeth, and the run has failed.
 */
final class Summary {
    /** So many samples are enough to expect one of a test's interesting outcomes; with fewer nothing is asked. */
    private static final long ENOUGH_SAMPLES = 300_000;

    private final TreeMap<String, Row> rows = new TreeMap<>();

    /** One test. */
    private static final class Row {
        private long samples;
        private long forbidden;
        private final TreeMap<String, Long> interesting = new TreeMap<>();
        private final List<String> wrong = new ArrayList<>();

        private void add(TestResult result) {
            samples += result.getTotalCount();
            for (GradingResult outcome : result.grading().gradingResults.values()) {
                if (outcome.expect == Expect.ACCEPTABLE_INTERESTING) {
                    interesting.merge(outcome.id, outcome.count, Long::sum);
                } else if (outcome.expect != Expect.ACCEPTABLE && outcome.count > 0) {
                    forbidden += outcome.count;
                    wrong.add("FORBIDDEN (" + outcome.id + ") " + outcome.description);
                }
            }
            if (result.status() != Status.NORMAL) {
                wrong.add("FAILED to run: " + result.status());
            }
        }

        private List<String> notSeen() {
            return interesting.entrySet().stream()
                    .filter(outcome -> outcome.getValue() == 0)
                    .map(outcome -> "(" + outcome.getKey() + ")")
                    .toList();
        }

        private boolean hasEnoughSamples() {
            return samples >= ENOUGH_SAMPLES;
        }

        private boolean showsNothing() {
            return !interesting.isEmpty() && notSeen().size() == interesting.size();
        }

        private String seen() {
            if (interesting.isEmpty()) {
                return "";
            }
            int all = interesting.size();
            long count =
                    interesting.values().stream().mapToLong(Long::longValue).sum();
            return (all - notSeen().size()) + " of " + all + ", " + grouped(count) + " times";
        }
    }

    Summary(List<TestResult> results) {
        results.forEach(result ->
                rows.computeIfAbsent(result.getName(), name -> new Row()).add(result));
    }

    /** Prints the table and, below it, what is wrong. */
    void print(PrintStream out) {
        String prefix = commonPackage(List.copyOf(rows.navigableKeySet()));
        int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0) - prefix.length();
        String line = "%-" + Math.max(width, 4) + "s  %13s  %9s  %s%n";
        out.println();
        out.printf(line, "TEST", "SAMPLES", "FORBIDDEN", "INTERESTING SEEN");
        rows.forEach((name, row) -> out.printf(
                line, name.substring(prefix.length()), grouped(row.samples), grouped(row.forbidden), row.seen()));
        out.println();
        rows.forEach((name, row) -> {
            String test = name.substring(prefix.length());
            row.wrong.stream().distinct().forEach(wrong -> out.println(test + ": " + wrong));
            if (!row.notSeen().isEmpty()) {
                boolean lost = row.showsNothing() && row.hasEnoughSamples();
                out.println(test + ": " + (lost ? "NOTHING SEEN OF " : "not seen in so few samples: ")
                        + String.join(", ", row.notSeen()));
            }
        });
    }

    /** {@return the tests that showed nothing of what they are there to show, in samples enough} */
    List<String> withoutTeeth() {
        return rows.entrySet().stream()
                .filter(test -> test.getValue().hasEnoughSamples()
                        && test.getValue().showsNothing())
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String grouped(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** The package that all names share, with its last dot. */
    private static String commonPackage(List<String> names) {
        String shared = names.isEmpty() ? "" : names.get(0);
        for (String name : names) {
            while (!name.startsWith(shared)) {
                shared = shared.substring(0, shared.length() - 1);
            }
        }
        int end = 0;
        // Classes begin with a capital, packages do not.
        while (shared.indexOf('.', end) >= 0 && Character.isLowerCase(shared.charAt(end))) {
            end = shared.indexOf('.', end) + 1;
        }
        return shared.substring(0, end);
    }
}
