// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The part of a page that holds what was measured. Each run leaves its counts in a file named for the release of Java; the page
 * gets a group of columns for each of those, and a line for each test and for each of its wrong variants.
 */
final class MeasuredPage {
    private static final String BEGIN = "<!-- jcstress: written by jcstress:run -Djcstress.page -->\n";
    private static final String END = "<!-- end of jcstress -->\n";
    private static final String SUFFIX = ".tsv";

    private MeasuredPage() {}

    /**
     * Leaves the counts of a run, in place of those that an earlier run has left of the same tests.
     *
     * @param folder where
     * @param release of Java
     * @param tests by name
     */
    static void keep(Path folder, int release, Map<String, TestSummary> tests) throws IOException {
        Path file = folder.resolve(release + SUFFIX);
        List<String> lines = new ArrayList<>();
        if (Files.exists(file)) {
            Files.readAllLines(file).stream()
                    .filter(line -> !tests.containsKey(line.substring(0, line.indexOf('\t'))))
                    .forEach(lines::add);
        }
        tests.forEach((name, test) -> {
            lines.add(name + "\t\t" + test.samples() + '\t' + test.forbiddenCount() + '\t' + test.interestingCount());
            test.interestingCounts().forEach((id, count) -> lines.add(name + '\t' + id + "\t\t\t" + count));
        });
        Files.createDirectories(folder);
        Files.write(file, lines);
    }

    /**
     * Writes the part anew.
     *
     * @param page the page, which has the two marks
     * @param folder see {@link #keep}
     */
    static void write(Path page, Path folder) throws IOException {
        String text = Files.readString(page);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(page + " has no lines " + BEGIN + "and " + END);
        }
        Files.writeString(page, text.substring(0, begin + BEGIN.length()) + table(folder) + text.substring(end));
    }

    private static String table(Path folder) throws IOException {
        TreeMap<Integer, Map<String, String[]>> byRelease = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> file.toString().endsWith(SUFFIX))
                    .forEach(file -> byRelease.put(release(file), rows(file)));
        }
        TreeSet<String> keys = new TreeSet<>();
        byRelease.values().forEach(rows -> keys.addAll(rows.keySet()));

        StringBuilder text = new StringBuilder("| test, and what its wrong variants show |");
        byRelease
                .keySet()
                .forEach(release -> text.append(" samples, ").append(release).append(" | forbidden | interesting |"));
        text.append("\n|---|").append("--:|--:|--:|".repeat(byRelease.size())).append('\n');
        for (String key : keys) {
            String[] names = key.split("\t", -1);
            text.append(names[1].isEmpty() ? "| `" + names[0] + "` |" : "| - " + names[1] + " |");
            byRelease.values().forEach(rows -> text.append(cells(rows.get(key))));
            text.append('\n');
        }
        return text.toString();
    }

    private static int release(Path file) {
        String name = String.valueOf(file.getFileName());
        return Integer.parseInt(name.substring(0, name.length() - SUFFIX.length()));
    }

    /** Samples, forbidden and interesting by test and variant. */
    private static Map<String, String[]> rows(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .map(line -> line.split("\t", -1))
                    .collect(Collectors.toMap(
                            row -> row[0] + '\t' + row[1], row -> new String[] {row[2], row[3], row[4]}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String cells(String[] counts) {
        if (counts == null) {
            return " | | |";
        }
        return Stream.of(counts)
                .map(count -> ' ' + (count.isEmpty() ? "" : Summary.grouped(Long.parseLong(count)) + ' ') + '|')
                .collect(Collectors.joining());
    }
}
