// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What became of drivers and devices whose peers kept no rule. Immutable. */
final class Robustness {

    /** How many different cases there are at least. */
    static final int LEAST_CASES = 300;

    /** What a file of results begins with; the number of those that there are to be follows. */
    static final String PLAYS = "plays=";

    private final Checklist checklist;
    private final List<PlayedCase> played;
    private final List<String> incomplete;

    private Robustness(Checklist checklist, Collection<PlayedCase> played, List<String> incomplete) {
        this.checklist = checklist;
        this.played = played.stream().distinct().toList();
        this.incomplete = incomplete;
    }

    /** Reads everything from a tree whose modules have run their tests. */
    static Robustness of(Path root) {
        List<PlayedCase> played = new ArrayList<>();
        List<String> incomplete = new ArrayList<>();
        TestRecords.files(root, "target/hostile").forEach(file -> {
            List<PlayedCase> ofOne = Tsv.rows(file, PlayedCase.COLUMNS, 1).stream()
                    .map(PlayedCase::of)
                    .toList();
            String plays = Tsv.lines(file).stream().findFirst().orElse("");
            if (!plays.equals(PLAYS + ofOne.size())) {
                incomplete.add(root.relativize(file) + " has " + ofOne.size() + " plays and says " + plays);
            }
            played.addAll(ofOne);
        });
        return new Robustness(Checklist.read(root.resolve("conformance/checklist.tsv")), played, incomplete);
    }

    List<PlayedCase> played() {
        return played;
    }

    /** {@return how many different cases were played, whatever the party and the ring} */
    static long cases(Collection<PlayedCase> played) {
        return played.stream()
                .filter(one -> !one.isSkipped())
                .map(PlayedCase::id)
                .distinct()
                .count();
    }

    /** What is wrong with the cases and what came of them, one sentence each, sorted. */
    SortedSet<String> problems() {
        SortedSet<String> problems = new TreeSet<>(incomplete);
        if (cases(played) < LEAST_CASES) {
            problems.add("only " + cases(played) + " hostile cases were played, of " + LEAST_CASES + " at least");
        }
        ambiguous(PlayedCase::id, PlayedCase::violates)
                .forEach(id -> problems.add(id + " is the name of several cases that do different things"));
        ambiguous(one -> one.party() + ", " + one.ring() + ", " + one.id(), PlayedCase::verdict)
                .forEach(play -> problems.add(play + " came to several verdicts"));
        for (PlayedCase one : played) {
            if (!one.isGood()) {
                problems.add(one.party() + " came out of " + one.id() + " " + one.verdict() + ", " + one.ring()
                        + (one.remark().isEmpty() ? "" : ": " + one.remark()));
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

    /** Names that stand for several things. */
    private Stream<String> ambiguous(Function<PlayedCase, String> name, Function<PlayedCase, String> thing) {
        return played.stream()
                .collect(Collectors.groupingBy(name, TreeMap::new, Collectors.mapping(thing, Collectors.toSet())))
                .entrySet()
                .stream()
                .filter(entry -> entry.getValue().size() > 1)
                .map(Map.Entry::getKey);
    }
}
