// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.TestInfo;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.runners.TestList;

/** What all runs came to, a line for each test: samples, forbidden outcomes, and how many of the interesting ones were seen. */
final class Summary {
    private final TreeMap<String, TestSummary> tests = new TreeMap<>();
    private final Set<String> silent;
    private final String prefix;

    /**
     * Nothing yet.
     *
     * @param selected full names of the tests
     */
    Summary(Collection<String> selected) {
        for (String name : selected) {
            TestInfo info = TestList.getInfo(name);
            tests.put(name, new TestSummary(info.cases(), info.unmatched()));
        }
        silent = new TreeSet<>(selected);
        prefix = commonPackage(List.copyOf(tests.navigableKeySet()));
    }

    /** Adds the results of a run. */
    void add(Collection<TestResult> results) {
        for (TestResult result : results) {
            TestSummary test = tests.get(result.getName());
            result.getStateKeys().forEach(state -> test.add(state, result.getCount(state)));
            if (result.status() != Status.NORMAL) {
                test.failed(String.valueOf(result.status()));
            }
            silent.remove(result.getName());
        }
    }

    /** {@return the tests by their full names} */
    Map<String, TestSummary> tests() {
        return tests;
    }

    /** {@return the name without the package that all share} */
    String shortName(String test) {
        return test.substring(prefix.length());
    }

    /** Prints the table and, below it, what is wrong or was not seen. */
    void print(PrintStream out) {
        int width = tests.keySet().stream()
                .mapToInt(name -> shortName(name).length())
                .max()
                .orElse(0);
        String line = "%-" + Math.max(width, 4) + "s  %13s  %9s  %s%n";
        out.println();
        out.printf(line, "TEST", "SAMPLES", "FORBIDDEN", "INTERESTING");
        tests.forEach((name, test) ->
                out.printf(line, shortName(name), grouped(test.samples()), grouped(test.forbiddenCount()), seen(test)));
        out.println();
    }

    private static String seen(TestSummary test) {
        Map<String, Long> counts = test.interestingCounts();
        long seen = counts.values().stream().filter(count -> count > 0).count();
        return counts.isEmpty()
                ? ""
                : grouped(test.interestingCount()) + (counts.size() == 1 ? "" : ", " + seen + " of " + counts.size());
    }

    /** {@return what must not be: forbidden outcomes, runs that failed, tests without a result} */
    List<String> wrong() {
        List<String> wrong = new ArrayList<>();
        silent.forEach(name -> wrong.add(shortName(name) + ": left no result"));
        tests.forEach((name, test) -> test.wrong().forEach(what -> wrong.add(shortName(name) + ": " + what)));
        return wrong;
    }

    /** {@return the outcomes that had to be seen and were not, with what can be said of them} */
    List<String> notSeen() {
        List<String> notSeen = new ArrayList<>();
        tests.forEach((name, test) -> test.notSeen()
                .forEach(outcome -> notSeen.add(shortName(name) + ": (" + outcome + ") "
                        + (test.hasEnoughSamplesFor(outcome)
                                ? "has lost its teeth: not seen in "
                                : "could not be shown, which takes two free processors: the sides met only in ")
                        + grouped(test.samplesFor(outcome)) + " samples")));
        return notSeen;
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
