// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import io.virtio4j.examples.measure.Median;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A report as lines of text, in the form that Markdown has for tables. */
final class Tables {
    private static final String NOTHING = "-";

    private Tables() {}

    static List<String> lines(Report report) {
        List<String> lines = new ArrayList<>();
        lines.add(report.machine());
        lines.add("queues of " + report.ringSize() + ", up to " + report.batch() + " buffers behind one index, "
                + report.repetitions() + " slices of " + report.sliceMillis() + " ms each; " + report.pinning());
        report.rows().stream().map(Row::outstanding).distinct().forEach(outstanding -> {
            lines.add("");
            lines.addAll(rows(
                    outstanding,
                    report.rows().stream()
                            .filter(row -> row.outstanding() == outstanding)
                            .toList()));
        });
        if (!report.notifications().isEmpty()) {
            lines.add("");
            lines.addAll(notifications(report.notifications()));
        }
        lines.add("");
        lines.addAll(bounds(report.bounds()));
        return lines;
    }

    private static List<String> rows(int outstanding, List<Row> rows) {
        List<String> peers = rows.stream()
                .flatMap(row -> row.ratios().keySet().stream())
                .distinct()
                .toList();
        List<List<String>> cells = new ArrayList<>();
        List<String> head = new ArrayList<>(
                List.of(outstanding + " outstanding", "ns a buffer", "95 %", "least to greatest", "B", "steady"));
        peers.forEach(peer -> head.add("over " + peer));
        cells.add(head);
        for (Row row : rows) {
            Median nanos = row.nsSpread();
            List<String> line = new ArrayList<>(List.of(
                    row.ring(),
                    digits(1, row.nsPerBuffer()),
                    interval(1, nanos.low95(), nanos.high95()),
                    digits(1, nanos.least()) + " to " + digits(1, nanos.greatest()),
                    row.bytesPerBuffer() == null ? NOTHING : digits(2, row.bytesPerBuffer()),
                    (row.slices() - row.dropped()) + " of " + row.slices()));
            for (String peer : peers) {
                Ratio ratio = row.ratios().get(peer);
                line.add(
                        ratio == null || ratio.steady() == null
                                ? NOTHING
                                : digits(2, ratio.steady().median()));
            }
            cells.add(line);
        }
        return table(cells);
    }

    private static List<String> notifications(List<Notifications> all) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of("asleep when idle", "outstanding", "kicks per 1,000", "calls per 1,000", "ns a buffer"));
        for (Notifications one : all) {
            cells.add(List.of(
                    one.ring() + ", " + one.suppression(),
                    Integer.toString(one.outstanding()),
                    digits(1, one.kicksPerThousand()),
                    digits(1, one.callsPerThousand()),
                    digits(0, one.nsPerBuffer().median())));
        }
        return table(cells);
    }

    private static List<String> bounds(List<Bound> bounds) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of("bound", "outstanding", "at most", "measured", "95 %", "verdict"));
        for (Bound bound : bounds) {
            boolean bytes = bound.over().isEmpty();
            cells.add(List.of(
                    bytes ? bound.ring() + ", bytes allocated a buffer" : bound.ring() + " over " + bound.over(),
                    Integer.toString(bound.outstanding()),
                    bytes ? digits(0, bound.atMost()) : digits(2, bound.atMost()),
                    bound.measured() == null ? NOTHING : digits(2, bound.measured()),
                    interval(2, bound.low95(), bound.high95()),
                    bound.verdict().toString().replace('_', ' ')));
        }
        return table(cells);
    }

    private static String interval(int digits, @Nullable Double low, @Nullable Double high) {
        return low == null || high == null ? NOTHING : digits(digits, low) + " and " + digits(digits, high);
    }

    private static String digits(int digits, double value) {
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    /** The first line is the head; all columns but the first are numbers. */
    static List<String> table(List<List<String>> cells) {
        int[] widths = new int[cells.get(0).size()];
        for (List<String> line : cells) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], line.get(column).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> line : cells) {
            StringBuilder text = new StringBuilder("|");
            for (int column = 0; column < widths.length; column++) {
                String cell = line.get(column);
                String padding = " ".repeat(widths[column] - cell.length());
                text.append(' ')
                        .append(column == 0 ? cell + padding : padding + cell)
                        .append(" |");
            }
            lines.add(text.toString());
        }
        StringBuilder rule = new StringBuilder("|");
        for (int column = 0; column < widths.length; column++) {
            rule.append(column == 0 ? "-".repeat(widths[column] + 2) : "-".repeat(widths[column] + 1) + ":")
                    .append('|');
        }
        lines.add(1, rule.toString());
        return lines;
    }
}
