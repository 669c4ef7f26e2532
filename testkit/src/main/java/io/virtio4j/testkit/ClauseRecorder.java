// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Records which clauses ran and how their tests ended: one file per test class, {@code NAME.tsv}, in the folder that the
 * system property {@value #DIRECTORY_PROPERTY} names. Without the property (a run from an editor, say) nothing is written.
 *
 * <p>Each line holds clause id, test ({@code class#method}) and outcome ({@code passed}, {@code failed} or
 * {@code skipped}), parted by tabs, sorted. A test that names no clause is not recorded. A file that is there already is
 * of an earlier run of the same class, in a JVM with other options: of both outcomes of a test the worse one stays.
 *
 * <p>The JUnit Platform finds this class through {@link java.util.ServiceLoader} and calls it, possibly from several
 * threads.
 */
public final class ClauseRecorder implements TestExecutionListener {

    /** The system property that names the folder for the records. */
    public static final String DIRECTORY_PROPERTY = "clauses.directory";

    private final @Nullable Path directory;
    private final SortedMap<Line, Outcome> outcomes = new TreeMap<>();
    private @Nullable TestPlan plan;

    /** One clause and one test that names it; overloads of a method count as one test. */
    private record Line(String id, String className, String methodName) implements Comparable<Line> {
        private static final Comparator<Line> ORDER =
                Comparator.comparing(Line::id).thenComparing(Line::className).thenComparing(Line::methodName);

        @Override
        public int compareTo(Line other) {
            return ORDER.compare(this, other);
        }
    }

    /** For the service loader: takes the folder from the system property. */
    public ClauseRecorder() {
        this(Optional.ofNullable(System.getProperty(DIRECTORY_PROPERTY))
                .filter(name -> !name.isBlank())
                .map(Path::of)
                .orElse(null));
    }

    ClauseRecorder(@Nullable Path directory) {
        this.directory = directory;
    }

    @Override
    public synchronized void testPlanExecutionStarted(TestPlan testPlan) {
        plan = testPlan;
        outcomes.clear();
    }

    @Override
    public synchronized void executionSkipped(TestIdentifier identifier, String reason) {
        noteAllUnder(identifier, Outcome.SKIPPED);
    }

    @Override
    public synchronized void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
        Outcome outcome = switch (result.getStatus()) {
            case SUCCESSFUL -> Outcome.PASSED;
            case ABORTED -> Outcome.SKIPPED;
            case FAILED -> Outcome.FAILED;
        };
        if (identifier.isTest()) {
            note(identifier, outcome);
        } else if (outcome != Outcome.PASSED) {
            // A container that broke took its tests with it, whether or not each of them was started.
            noteAllUnder(identifier, outcome);
        }
    }

    @Override
    public synchronized void testPlanExecutionFinished(TestPlan testPlan) {
        if (directory == null) {
            return;
        }
        try {
            Files.createDirectories(directory);
            for (String className :
                    outcomes.keySet().stream().map(Line::className).distinct().toList()) {
                write(directory.resolve(className + ".tsv"), className);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot record the clauses in " + directory, e);
        }
    }

    private void write(Path file, String className) throws IOException {
        SortedMap<Line, Outcome> all = new TreeMap<>();
        if (Files.exists(file)) {
            for (String row : Files.readAllLines(file)) {
                String[] cells = row.split("[\t#]", -1);
                all.put(new Line(cells[0], cells[1], cells[2]), Outcome.ofWord(cells[3]));
            }
        }
        outcomes.forEach((line, outcome) -> {
            if (line.className().equals(className)) {
                all.merge(line, outcome, Outcome::worseOf);
            }
        });
        StringBuilder rows = new StringBuilder();
        all.forEach((line, outcome) -> rows.append(line.id())
                .append('\t')
                .append(line.className())
                .append('#')
                .append(line.methodName())
                .append('\t')
                .append(outcome.word())
                .append('\n'));
        Files.writeString(file, rows);
    }

    private void noteAllUnder(TestIdentifier identifier, Outcome outcome) {
        note(identifier, outcome);
        if (plan != null) {
            plan.getDescendants(identifier).forEach(descendant -> note(descendant, outcome));
        }
    }

    private void note(TestIdentifier identifier, Outcome outcome) {
        methodOf(identifier)
                .ifPresent(method -> ClauseIds.of(method)
                        .forEach(id -> outcomes.merge(
                                new Line(id, method.getClassName(), method.getMethodName()),
                                outcome,
                                Outcome::worseOf)));
    }

    /** An invocation without a method of its own (a dynamic test) belongs to the nearest method above it. */
    private Optional<MethodSource> methodOf(TestIdentifier identifier) {
        Optional<TestIdentifier> at = Optional.of(identifier);
        while (at.isPresent()) {
            if (at.get().getSource().orElse(null) instanceof MethodSource method) {
                return Optional.of(method);
            }
            at = plan == null ? Optional.empty() : at.flatMap(plan::getParent);
        }
        return Optional.empty();
    }
}
