// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The part of docs/memory-model.md that the build writes. */
final class MutantPage {
    private static final String BEGIN = "<!-- mutants: written by the build, see CONTRIBUTING.md -->\n";
    private static final String END = "<!-- end of mutants -->\n";

    private MutantPage() {}

    private static Path file() {
        return Built.root().resolve("docs/memory-model.md");
    }

    /** What the page holds between the marks. */
    static String committed() throws IOException {
        String page = Files.readString(file());
        return page.substring(begin(page), end(page));
    }

    static void write(String part) throws IOException {
        String page = Files.readString(file());
        Files.writeString(file(), page.substring(0, begin(page)) + part + page.substring(end(page)));
    }

    private static int begin(String page) {
        int at = page.indexOf(BEGIN);
        if (at < 0) {
            throw new IllegalStateException(file() + " has no line " + BEGIN);
        }
        return at + BEGIN.length();
    }

    private static int end(String page) {
        int at = page.indexOf(END, begin(page));
        if (at < 0) {
            throw new IllegalStateException(file() + " has no line " + END);
        }
        return at;
    }

    /** A line for each letter, and then a line for each mutant. */
    static String of(List<MutantRow> rows) {
        return summary(rows) + '\n' + table(rows);
    }

    static String summary(List<MutantRow> rows) {
        Map<String, List<MutantRow>> byLetter = rows.stream()
                .collect(Collectors.groupingBy(row -> row.mutant().letter(), LinkedHashMap::new, Collectors.toList()));
        StringBuilder text = new StringBuilder(
                "| letter | mutants | caught by order tests | wrong in the model or jcstress"
                        + " | moved further than in the model | equivalent in every model | not modelled | seen by jcstress |\n");
        text.append("|---|--:|--:|--:|--:|--:|--:|--:|\n");
        byLetter.keySet().stream().sorted().forEach(letter -> text.append(line(letter, byLetter.get(letter))));
        return text.append(line("**together**", rows)).toString();
    }

    private static String line(String name, List<MutantRow> rows) {
        List<Predicate<MutantRow>> columns = List.of(
                row -> true,
                MutantRow::isCaught,
                MutantRow::isWrong,
                MutantRow::isMovedLess,
                MutantRow::isEquivalent,
                row -> !row.isWrong() && !row.isMovedLess() && !row.isEquivalent(),
                row -> !row.stressTests().isEmpty());
        String counts = columns.stream()
                .map(column -> rows.stream().filter(column).count() + " | ")
                .collect(Collectors.joining());
        return "| " + name + " | " + counts.stripTrailing() + '\n';
    }

    private static String table(List<MutantRow> rows) {
        String head = "| letter | the fence in | is | order tests that fail, and how many of each | model"
                + " | jcstress: seen on 17, on 25 |\n";
        return head
                + "|---|---|---|---|---|---|\n"
                + rows.stream().map(row -> row.text() + '\n').collect(Collectors.joining());
    }
}
