// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.GradingResult;

/**
 * What a run came to, a line for each test, over all of its configurations: how many samples, and every outcome that is not
 * simply acceptable. A test that waits for an interesting outcome says so when it did not see it.
 */
final class Summary {

    private Summary() {}

    static void print(List<TestResult> results, PrintStream out) {
        TreeMap<String, List<TestResult>> byName =
                new TreeMap<>(results.stream().collect(Collectors.groupingBy(TestResult::getName)));
        String prefix = commonPackage(byName.navigableKeySet().stream().toList());
        int width = byName.keySet().stream().mapToInt(String::length).max().orElse(0) - prefix.length();
        String row = "%-" + Math.max(width, 4) + "s  %13s  %s%n";
        out.println();
        out.printf(row, "TEST", "SAMPLES", "SEEN");
        byName.forEach((name, ofName) -> {
            long samples = ofName.stream().mapToLong(TestResult::getTotalCount).sum();
            out.printf(row, name.substring(prefix.length()), String.format(Locale.ROOT, "%,d", samples), seen(ofName));
        });
        out.println();
    }

    private static String seen(List<TestResult> results) {
        TreeMap<String, Long> notable = new TreeMap<>();
        for (TestResult result : results) {
            for (GradingResult outcome : result.grading().gradingResults.values()) {
                String label = label(outcome);
                if (label != null) {
                    notable.merge(label, outcome.count, Long::sum);
                }
            }
            if (result.status() != Status.NORMAL) {
                notable.merge("FAILED to run: " + result.status(), 1L, Long::sum);
            }
        }
        if (notable.isEmpty()) {
            return "only acceptable outcomes";
        }
        // What is worst first: FAILED and FORBIDDEN are in capitals, interesting is not.
        return notable.entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey()))
                .map(entry -> entry.getValue() == 0
                        ? "not seen: " + entry.getKey()
                        : String.format(Locale.ROOT, "%,d x %s", entry.getValue(), entry.getKey()))
                .collect(Collectors.joining("; "));
    }

    /** How the summary calls an outcome, or null if it passes it over. */
    private static String label(GradingResult outcome) {
        if (outcome.expect == Expect.ACCEPTABLE_INTERESTING) {
            return "(" + outcome.id + ") " + outcome.description;
        }
        boolean wrong = outcome.expect == Expect.FORBIDDEN || outcome.expect == Expect.UNKNOWN;
        return wrong && outcome.count > 0 ? "FORBIDDEN (" + outcome.id + ") " + outcome.description : null;
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
