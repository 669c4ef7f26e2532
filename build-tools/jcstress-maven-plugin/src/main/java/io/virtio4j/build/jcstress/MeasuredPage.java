// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The part of a page that holds what was measured. A run of all tests leaves its counts beside the page in
 * {@code measured/jcstress-RELEASE.tsv}, a file for each release of Java, in place of what was there; the page gets a group of
 * columns for each of those files, and a line for each test and for each of its wrong variants.
 */
final class MeasuredPage {
    private static final String BEGIN = "<!-- jcstress: written by jcstress:run -Djcstress.page -->\n";
    private static final String END = "<!-- end of jcstress -->\n";
    private static final String PREFIX = "jcstress-";
    private static final String SUFFIX = ".tsv";
    private static final String COMMENT = "# ";

    private MeasuredPage() {}

    /**
     * Leaves the counts of a run and writes the page's part anew.
     *
     * @param page the page, which has the two marks
     * @param arguments of the run
     * @param summary what it came to
     */
    static void write(Path page, Arguments arguments, Summary summary) throws IOException {
        Path folder = page.toAbsolutePath().resolveSibling("measured");
        Files.createDirectories(folder);
        Files.write(
                folder.resolve(PREFIX + Runtime.version().feature() + SUFFIX),
                lines(how(arguments, page.toAbsolutePath().getParent()), summary));
        write(page, folder);
    }

    /** When, by what and how it was measured. */
    private static String how(Arguments arguments, Path folder) throws IOException {
        return String.join(
                ", ",
                "Java " + Runtime.version(),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors() + " processors",
                LocalDate.now(ZoneOffset.UTC).toString(),
                "tree " + tree(folder),
                "`" + withoutFlags(arguments) + '`');
    }

    /** The JVM's flags come from the build, and not from who ran it. */
    private static String withoutFlags(Arguments arguments) {
        return String.join(" ", arguments.toArray())
                .replaceAll("-jvmArgsPrepend \\S+ ?", "")
                .strip();
    }

    private static String tree(Path folder) throws IOException {
        Process git = new ProcessBuilder("git", "describe", "--always", "--dirty")
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return said.isEmpty() ? "unknown" : said;
    }

    static List<String> lines(String how, Summary summary) {
        List<String> lines = new ArrayList<>();
        lines.add(COMMENT + how);
        summary.tests().forEach((longName, test) -> {
            String name = summary.shortName(longName);
            lines.add(name + "\t\t" + test.samples() + '\t' + test.forbiddenCount() + '\t' + test.interestingCount());
            test.interestingCounts()
                    .forEach((id, count) -> lines.add(name + '\t' + id + '\t' + test.samplesFor(id) + "\t\t" + count));
        });
        return lines;
    }

    private static void write(Path page, Path folder) throws IOException {
        String text = Files.readString(page);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(page + " has no lines " + BEGIN + "and " + END);
        }
        Files.writeString(page, text.substring(0, begin + BEGIN.length()) + table(folder) + text.substring(end));
    }

    private static String table(Path folder) throws IOException {
        TreeMap<Integer, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.filter(file -> name(file).startsWith(PREFIX) && name(file).endsWith(SUFFIX))
                    .forEach(file -> files.put(release(file), file));
        }
        StringBuilder text = new StringBuilder();
        for (Path file : files.values()) {
            text.append("- ")
                    .append(Files.readAllLines(file).get(0).substring(COMMENT.length()))
                    .append('\n');
        }
        List<Map<String, String[]>> columns =
                files.values().stream().map(MeasuredPage::rows).toList();
        TreeSet<String> keys = new TreeSet<>();
        columns.forEach(rows -> keys.addAll(rows.keySet()));

        text.append("\n| test, and what its wrong variants show |");
        files.keySet()
                .forEach(release -> text.append(" samples, ").append(release).append(" | forbidden | interesting |"));
        text.append("\n|---|").append("--:|--:|--:|".repeat(files.size())).append('\n');
        for (String key : keys) {
            String[] names = key.split("\t", -1);
            text.append(names[1].isEmpty() ? "| `" + names[0] + "` |" : "| - " + names[1].replace("|", "\\|") + " |");
            columns.forEach(rows -> text.append(cells(rows.get(key))));
            text.append('\n');
        }
        return text.toString();
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static int release(Path file) {
        String name = name(file);
        return Integer.parseInt(name.substring(PREFIX.length(), name.length() - SUFFIX.length()));
    }

    /** Samples, forbidden and interesting by test and variant. */
    private static Map<String, String[]> rows(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> !line.startsWith(COMMENT))
                    .map(line -> line.split("\t", -1))
                    .collect(Collectors.toMap(
                            row -> row[0] + '\t' + row[1],
                            row -> new String[] {row[2], row[3], row[4]},
                            (one, other) -> other,
                            LinkedHashMap::new));
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
