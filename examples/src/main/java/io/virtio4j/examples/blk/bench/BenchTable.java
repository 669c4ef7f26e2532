// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import io.virtio4j.examples.measure.Median;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A report as a table, a column for each setting, in the form that Markdown has for tables. */
final class BenchTable {
    private static final String NOTHING = "-";
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double MEGA = 1e6;

    private final List<List<String>> rows = new ArrayList<>();
    private final BenchReport report;

    private BenchTable(BenchReport report) {
        this.report = report;
    }

    static List<String> lines(BenchReport report) {
        BenchTable table = new BenchTable(report);
        table.fill();
        return table.aligned();
    }

    private void fill() {
        row("", BenchTable::title);
        if (report.runs().stream().anyMatch(run -> run.device() != null)) {
            device("IOPS", device -> whole(device.iops()));
            device("MB/s", device -> whole(device.bytesPerSecond() / MEGA));
            latency("read", DeviceReport::reads);
            latency("write", DeviceReport::writes);
            device("fences a request, driver", device -> digits(2, device.fencesPerRequest()));
            device("fences a request, device", device -> digits(2, device.deviceFencesPerRequest()));
            device("kicks a request", device -> digits(4, device.kicksPerRequest()));
            device("calls a request", device -> digits(4, device.callsPerRequest()));
            device("bytes allocated a request", device -> digits(2, device.allocatedBytesPerRequest()));
            device("failed requests", device -> Long.toString(device.failed()));
        }
        row("plain copy, IOPS", run -> whole(run.plainCopy().iops()));
        row("plain copy, MB/s", run -> whole(run.plainCopy().bytesPerSecond() / MEGA));
        if (report.runs().stream().anyMatch(run -> run.copyRatio() != null)) {
            ratio("time over plain copy, median", BenchTable::median);
            ratio("... between (95 %)", BenchTable::interval);
            ratio(
                    "pairs of slices, steady of all",
                    ratio -> ratio.all().count() - ratio.dropped() + " of "
                            + ratio.all().count());
            ratio("... median of all", ratio -> digits(1, ratio.all().median()));
            ratio("ping-pong ns: median (pairs)", BenchTable::groups);
        }
    }

    private void latency(String what, Function<DeviceReport, @Nullable LatencyReport> which) {
        boolean any = report.runs().stream()
                .map(RunReport::device)
                .anyMatch(device -> device != null && which.apply(device) != null);
        if (any) {
            percentile(what + " latency us, 50 %", which, LatencyReport::p50Nanos);
            percentile("... 90 %", which, LatencyReport::p90Nanos);
            percentile("... 99 %", which, LatencyReport::p99Nanos);
            percentile("... 99.9 %", which, LatencyReport::p999Nanos);
            percentile("... longest", which, LatencyReport::maxNanos);
        }
    }

    private void percentile(
            String label, Function<DeviceReport, @Nullable LatencyReport> which, Function<LatencyReport, Long> nanos) {
        device(label, device -> {
            LatencyReport latency = which.apply(device);
            return latency == null ? NOTHING : digits(1, nanos.apply(latency) / NANOS_PER_MICRO);
        });
    }

    private void device(String label, Function<DeviceReport, String> cell) {
        row(label, run -> run.device() == null ? NOTHING : cell.apply(run.device()));
    }

    private void ratio(String label, Function<CopyRatio, String> cell) {
        row(label, run -> run.copyRatio() == null ? NOTHING : cell.apply(run.copyRatio()));
    }

    private void row(String label, Function<RunReport, String> cell) {
        List<String> cells = new ArrayList<>();
        cells.add(label);
        report.runs().forEach(run -> cells.add(cell.apply(run)));
        rows.add(cells);
    }

    private static String title(RunReport run) {
        return (run.ring() == null ? "" : run.ring() + ", ") + "iodepth " + run.iodepth();
    }

    private static String median(CopyRatio ratio) {
        return ratio.steady() == null ? NOTHING : digits(1, ratio.steady().median());
    }

    private static String interval(CopyRatio ratio) {
        Median steady = ratio.steady();
        return steady == null || steady.low95() == null || steady.high95() == null
                ? NOTHING
                : digits(1, steady.low95()) + " and " + digits(1, steady.high95());
    }

    private static String groups(CopyRatio ratio) {
        List<String> groups = new ArrayList<>();
        for (CopyRatio.Group group : ratio.groups()) {
            groups.add(digits(0, group.pingPongNanos()) + ": "
                    + digits(1, group.ratio().median()) + " (" + group.ratio().count() + ")");
        }
        return groups.isEmpty() ? NOTHING : String.join(", ", groups);
    }

    private static String whole(double value) {
        return digits(0, value);
    }

    private static String digits(int digits, double value) {
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    private List<String> aligned() {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            lines.add(line(row, widths));
        }
        lines.add(1, rule(widths));
        return lines;
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder("|");
        for (int column = 0; column < widths.length; column++) {
            String padding = " ".repeat(widths[column] - row.get(column).length());
            line.append(' ')
                    .append(column == 0 ? row.get(column) + padding : padding + row.get(column))
                    .append(" |");
        }
        return line.toString();
    }

    private static String rule(int[] widths) {
        StringBuilder line = new StringBuilder("|");
        for (int column = 0; column < widths.length; column++) {
            line.append(column == 0 ? "-".repeat(widths[column] + 2) : "-".repeat(widths[column] + 1) + ":")
                    .append('|');
        }
        return line.toString();
    }
}
