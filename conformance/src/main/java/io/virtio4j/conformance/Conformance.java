// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Where every clause stands: the clause list, what does not apply, and what the tests showed. Immutable. */
final class Conformance {

    /** What is known of a clause. */
    enum State {
        MET,
        OPEN,
        NOT_APPLICABLE
    }

    private final Checklist checklist;
    private final Map<String, Reason> notApplicable;
    private final Map<String, List<TestRecord>> records;

    Conformance(Checklist checklist, Map<String, Reason> notApplicable, Collection<TestRecord> records) {
        this.checklist = checklist;
        this.notApplicable = Map.copyOf(notApplicable);
        this.records = records.stream().collect(Collectors.groupingBy(TestRecord::id));
    }

    /** Reads everything from a tree whose modules have run their tests. */
    static Conformance of(Path root) {
        return new Conformance(
                Checklist.read(root.resolve("conformance/checklist.tsv")),
                NotApplicable.read(root.resolve("conformance/not-applicable.tsv")),
                TestRecords.read(root));
    }

    Collection<ClauseRow> clauses() {
        return checklist.rows();
    }

    State stateOf(ClauseRow clause) {
        if (notApplicable.containsKey(clause.id())) {
            return State.NOT_APPLICABLE;
        }
        List<TestRecord> shown = recordsOf(clause.id());
        return shown.stream().anyMatch(TestRecord::passed) && shown.stream().noneMatch(TestRecord::failed)
                ? State.MET
                : State.OPEN;
    }

    Optional<Reason> reasonOf(ClauseRow clause) {
        return Optional.ofNullable(notApplicable.get(clause.id()));
    }

    /** The simple names of the test classes that name the clause, whether or not they could run here. */
    SortedSet<String> testsOf(ClauseRow clause) {
        return recordsOf(clause.id()).stream()
                .map(TestRecord::simpleClassName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What is wrong with the lists and the tests' use of them, one sentence each, sorted. */
    SortedSet<String> problems() {
        SortedSet<String> problems = new TreeSet<>();
        notApplicable.keySet().stream()
                .filter(id -> !checklist.contains(id))
                .forEach(id -> problems.add(id + " is listed as not applicable and is no clause of the checklist"));
        records.forEach((id, shown) -> {
            if (!checklist.contains(id)) {
                problems.add(id + " is no clause of the checklist and is named by " + testNames(shown));
            } else if (notApplicable.containsKey(id)) {
                problems.add(id + " is listed as not applicable and is named by " + testNames(shown));
            }
        });
        return problems;
    }

    private List<TestRecord> recordsOf(String id) {
        return records.getOrDefault(id, List.of());
    }

    private static SortedSet<String> testNames(List<TestRecord> shown) {
        return shown.stream().map(TestRecord::test).collect(Collectors.toCollection(TreeSet::new));
    }
}
