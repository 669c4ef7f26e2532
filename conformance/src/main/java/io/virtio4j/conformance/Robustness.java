// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** What became of drivers and devices whose peers kept no rule. Immutable. */
final class Robustness {

    /** How many different cases there are at least. */
    static final int LEAST_CASES = 300;

    private final Checklist checklist;
    private final List<PlayedCase> played;

    Robustness(Checklist checklist, Collection<PlayedCase> played) {
        this.checklist = checklist;
        this.played = played.stream().distinct().toList();
    }

    /** Reads everything from a tree whose modules have run their tests. */
    static Robustness of(Path root) {
        return new Robustness(
                Checklist.read(root.resolve("conformance/checklist.tsv")),
                TestRecords.rows(root, "target/hostile", PlayedCase.COLUMNS)
                        .map(PlayedCase::of)
                        .toList());
    }

    List<PlayedCase> played() {
        return played;
    }

    /** {@return how many different cases were played, whatever the party and the ring} */
    static long cases(Collection<PlayedCase> played) {
        return played.stream().map(PlayedCase::id).distinct().count();
    }

    /** What is wrong with the cases and what came of them, one sentence each, sorted. */
    SortedSet<String> problems() {
        SortedSet<String> problems = new TreeSet<>();
        if (cases(played) < LEAST_CASES) {
            problems.add("only " + cases(played) + " hostile cases were played, of " + LEAST_CASES + " at least");
        }
        for (PlayedCase one : played) {
            if (!one.isGood()) {
                problems.add(one.party() + " came out of " + one.id() + " " + one.verdict() + ", " + one.ring());
            }
            if (one.clauses().isEmpty()) {
                problems.add(one.id() + " names no clause");
            }
            one.clauses().stream()
                    .filter(clause -> !checklist.contains(clause))
                    .forEach(clause ->
                            problems.add(clause + " is no clause of the checklist and is named by " + one.id()));
        }
        return problems;
    }
}
