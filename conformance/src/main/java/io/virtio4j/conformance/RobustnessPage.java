// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is written by hand, then the counts, then a table for each area. The same input gives the same bytes. */
final class RobustnessPage {

    private static final List<String> VERDICTS = Stream.of(PlayedCase.GOOD, List.of(PlayedCase.SKIPPED), PlayedCase.BAD)
            .flatMap(List::stream)
            .toList();

    private final StringBuilder out = new StringBuilder();
    private final Map<String, List<PlayedCase>> areas;

    private RobustnessPage(Robustness robustness) {
        this.areas = grouped(robustness.played(), PlayedCase::area);
    }

    static Path pageIn(Path root) {
        return root.resolve("docs/robustness.md");
    }

    static void write(Path root, Robustness robustness) throws IOException {
        Files.writeString(pageIn(root), of(root, robustness));
    }

    static String of(Path root, Robustness robustness) {
        return new RobustnessPage(robustness).write(byHand(root), robustness.played());
    }

    private static String byHand(Path root) {
        try {
            return Files.readString(root.resolve("conformance/robustness.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, List<PlayedCase>> grouped(
            Collection<PlayedCase> played, Function<PlayedCase, String> by) {
        return played.stream().collect(Collectors.groupingBy(by, TreeMap::new, Collectors.toList()));
    }

    private String write(String byHand, List<PlayedCase> played) {
        out.append(byHand.strip()).append('\n');
        counts(played);
        areas.forEach(this::area);
        return out.toString();
    }

    /** A case counts once, its verdicts once for each party and ring. */
    private void counts(List<PlayedCase> played) {
        out.append("\n## Cases and verdicts\n\n");
        List<String> head = new ArrayList<>(List.of("area", "cases", "played"));
        head.addAll(VERDICTS);
        row(head);
        row(Stream.concat(Stream.of("---"), Collections.nCopies(head.size() - 1, "--:").stream())
                .toList());
        areas.forEach(this::countRow);
        countRow("all", played);
    }

    private void countRow(String title, List<PlayedCase> played) {
        List<String> cells = new ArrayList<>(List.of(
                title,
                String.valueOf(Robustness.cases(played)),
                String.valueOf(played.stream().filter(one -> !one.isSkipped()).count())));
        for (String verdict : VERDICTS) {
            cells.add(String.valueOf(
                    played.stream().filter(one -> one.verdict().equals(verdict)).count()));
        }
        row(cells);
    }

    private void area(String area, List<PlayedCase> played) {
        out.append("\n### ").append(area).append("\n\n");
        row(List.of("case", "what the peer does", "clauses", "party", "ring", "verdict"));
        row(Collections.nCopies(6, "---"));
        played.stream()
                .collect(Collectors.groupingBy(RobustnessPage::withoutRing, Collectors.toCollection(ArrayList::new)))
                .values()
                .stream()
                .sorted(Comparator.comparing(
                                (List<PlayedCase> same) -> same.get(0).id())
                        .thenComparing(same -> same.get(0).party())
                        .thenComparing(same -> same.get(0).verdict())
                        .thenComparing(same -> same.get(0).violates()))
                .forEach(this::same);
    }

    /** What came out alike on both rings is one row. */
    private static PlayedCase withoutRing(PlayedCase one) {
        return new PlayedCase(
                one.party(),
                "",
                one.id(),
                one.area(),
                one.verdict(),
                one.clauses(),
                one.violates(),
                one.allowed(),
                one.remark());
    }

    private void same(List<PlayedCase> same) {
        PlayedCase first = same.get(0);
        String rings = String.join(
                ", ",
                same.stream()
                        .map(PlayedCase::ring)
                        .collect(Collectors.toCollection(TreeSet::new))
                        .descendingSet());
        row(List.of(
                first.id(), first.violates(), String.join(" ", first.clauses()), first.party(), rings, verdict(first)));
    }

    /** With the others that would have been right too, or why the case was not played. */
    private static String verdict(PlayedCase one) {
        if (one.isSkipped()) {
            return one.verdict() + ": " + one.remark();
        }
        List<String> others = one.allowed().stream()
                .filter(verdict -> !verdict.equals(one.verdict()))
                .toList();
        return others.isEmpty() ? one.verdict() : one.verdict() + " (allowed: " + String.join(", ", others) + ")";
    }

    private void row(List<String> cells) {
        out.append("| ")
                .append(cells.stream().map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ")))
                .append(" |\n");
    }
}
