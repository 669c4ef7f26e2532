// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.GradingResult;

/** What a run came to, a line for each test: samples, forbidden outcomes, and how many of the interesting ones were seen. */
final class Summary {
    private final TreeMap<String, TestSummary> tests = new TreeMap<>();

    Summary(List<TestResult> results) {
        results.forEach(result -> add(result, tests.computeIfAbsent(result.getName(), name -> new TestSummary())));
        String prefix = commonPackage(List.copyOf(tests.navigableKeySet()));
        TreeMap<String, TestSummary> byLongName = new TreeMap<>(tests);
        tests.clear();
        byLongName.forEach((name, test) -> tests.put(name.substring(prefix.length()), test));
    }

    private static void add(TestResult result, TestSummary test) {
        for (GradingResult outcome : result.grading().gradingResults.values()) {
            if (outcome.expect == Expect.ACCEPTABLE_INTERESTING) {
                test.interesting(outcome.id, outcome.count);
            } else if (outcome.expect == Expect.ACCEPTABLE) {
                test.acceptable(outcome.id, outcome.count);
            } else {
                test.forbidden(outcome.id, outcome.description, outcome.count);
            }
        }
        if (result.status() != Status.NORMAL) {
            test.failed(String.valueOf(result.status()));
        }
    }

    /** {@return the tests by their names, without the package that all share} */
    Map<String, TestSummary> tests() {
        return tests;
    }

    /** Prints the table and, below it, what is wrong or was not seen. */
    void print(PrintStream out) {
        int width = tests.keySet().stream().mapToInt(String::length).max().orElse(0);
        String line = "%-" + Math.max(width, 4) + "s  %13s  %9s  %s%n";
        out.println();
        out.printf(line, "TEST", "SAMPLES", "FORBIDDEN", "INTERESTING");
        tests.forEach((name, test) ->
                out.printf(line, name, grouped(test.samples()), grouped(test.forbiddenCount()), seen(test)));
        out.println();
        tests.forEach((name, test) -> {
            test.wrong().forEach(wrong -> out.println(name + ": " + wrong));
            if (!test.notSeen().isEmpty()) {
                String how = test.hasLostTeeth() ? "NOT SEEN: (" : "not seen, in too few samples to say more: (";
                out.println(name + ": " + how + String.join("), (", test.notSeen()) + ")");
            }
        });
    }

    private static String seen(TestSummary test) {
        int all = test.interestingCounts().size();
        int seen = all - test.notSeen().size();
        return all == 0 ? "" : grouped(test.interestingCount()) + (all == 1 ? "" : ", " + seen + " of " + all);
    }

    /** {@return the tests with a wrong variant that had samples enough and did not show what is wrong with it} */
    List<String> withoutTeeth() {
        return tests.entrySet().stream()
                .filter(test -> test.getValue().hasLostTeeth())
                .map(Map.Entry::getKey)
                .toList();
    }

    static String grouped(long count) {
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
