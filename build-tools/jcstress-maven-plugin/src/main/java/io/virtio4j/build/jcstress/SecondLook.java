// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.collectors.TestResult;

/**
 * Runs again what did not show what it is there to show: each such test by itself, its wrong variants that were not seen and no
 * others, and longer each time, until all was seen or the time for it is up.
 *
 * <p>The variants are named to the test in the system property {@value #VARIANTS}, with {@code |} between them. A test that does not
 * look at it runs as ever.
 */
final class SecondLook {
    /** What a test's JVM is told. */
    static final String VARIANTS = "stress.variants";

    private static final int FIRST_MILLIS = 2_000;
    private static final int LAST_MILLIS = 32_000;

    private final Arguments arguments;
    private final Summary summary;
    private final long deadlineNanos;
    private final List<TestResult> results = new ArrayList<>();

    /**
     * Nothing yet.
     *
     * @param arguments of the first run
     * @param summary what it came to; the new results are added
     * @param patienceSeconds when this is up no other run begins
     */
    SecondLook(Arguments arguments, Summary summary, long patienceSeconds) {
        this.arguments = arguments;
        this.summary = summary;
        deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(patienceSeconds);
    }

    /** {@return the results of all these runs} */
    Collection<TestResult> run() throws Exception {
        for (int millis = FIRST_MILLIS; millis <= LAST_MILLIS; millis *= 2) {
            for (Map.Entry<String, TestSummary> test : summary.tests().entrySet()) {
                if (!test.getValue().notSeen().isEmpty()) {
                    if (System.nanoTime() - deadlineNanos > 0) {
                        return results;
                    }
                    look(test.getKey(), test.getValue(), millis);
                }
            }
        }
        return results;
    }

    private void look(String name, TestSummary test, int millis) throws Exception {
        String wanted =
                test.notSeen().stream().map(TestSummary::variant).distinct().collect(Collectors.joining("|"));
        System.out.println("jcstress: " + name + " again, " + millis + " ms, for " + test.notSeen());
        Arguments again = arguments
                .with("-t", '^' + Pattern.compile("[^A-Za-z0-9_]").matcher(name).replaceAll("\\\\$0") + '$')
                .with("-time", String.valueOf(millis))
                .with("-r", "results-again");
        if (test.lacksWrongVariantsOnly()) {
            again = again.and("-jvmArgsPrepend", "\"-D" + VARIANTS + "=" + wanted + "\"");
        }
        Options options = new Options(again.toArray());
        if (!options.parse()) {
            throw new IllegalArgumentException("jcstress takes " + arguments + " and not " + again);
        }
        Collection<TestResult> found = OneRun.of(options);
        summary.add(found);
        results.addAll(found);
    }
}
