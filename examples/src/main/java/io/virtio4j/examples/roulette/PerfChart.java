// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import io.virtio4j.examples.picture.SvgFile;
import io.virtio4j.examples.picture.SvgFile.Anchor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * {@code perf.svg}: what {@code perf.json} says of a frame as bars, for one policy or for both. Fences and spins share a scale on
 * which each step is ten times the one before, for they differ by millions; frame times have one of their own that begins at 0.
 */
final class PerfChart {
    private static final int WIDTH = 800;
    private static final int LEFT = 24;
    private static final int BARS = 150;
    private static final int BARS_WIDTH = 460;
    private static final int BAR = 30;
    private static final int BAR_STEP = 38;

    // The heights of the parts, from top to bottom.
    private static final int HEAD = 76;
    private static final int LEGEND = 26;
    private static final int HEADING = 38;
    private static final int AXIS = 24;
    private static final int NOTE = 30;
    private static final int FOOT = 14;

    private static final String INK = "#1b1f24";
    private static final String PALE_INK = "#57606a";
    private static final String GRID = "#d0d7de";
    // Two colours that those tell apart too who do not see all.
    private static final Map<String, String> COLOURS = Map.of("optimized", "#0072b2", "baseline", "#d55e00");
    private static final Map<String, String> MEANINGS = Map.of(
            "optimized", "optimized: a fence only when an answer has come",
            "baseline", "baseline: a fence each time the driver looks for one");

    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;

    private final SvgFile svg;
    private final List<PerfReport> reports;
    private double y;

    private PerfChart(SvgFile svg, List<PerfReport> reports) {
        this.svg = svg;
        this.reports = reports;
    }

    /**
     * Writes the chart.
     *
     * @param path the file, replaced if it is there
     * @param reports one for each policy, of the same frames
     * @throws IOException if it cannot be written
     */
    static void write(Path path, List<PerfReport> reports) throws IOException {
        int bars = BAR_STEP * reports.size();
        int height = HEAD + LEGEND * reports.size() + 3 * (HEADING + bars) + 2 * AXIS + NOTE + FOOT;
        String title = "What it costs a driver to wait for a frame";
        try (SvgFile svg = new SvgFile(path, WIDTH, height, title, description(reports))) {
            new PerfChart(svg, reports).draw(title);
            svg.finish();
        }
    }

    private static String description(List<PerfReport> reports) {
        StringBuilder text = new StringBuilder();
        for (PerfReport report : reports) {
            text.append(String.format(
                    Locale.ROOT,
                    "%s: %s fences, %s spins and %s microseconds a frame. ",
                    report.barriers(),
                    label(report.fencesPerFrame()),
                    label(report.spinsPerFrame()),
                    label(report.framePathNanosPerFrame() / NANOS_PER_MICRO)));
        }
        return text.toString().strip();
    }

    private void draw(String title) throws IOException {
        PerfReport first = reports.get(0);
        svg.text(LEFT, 40, Anchor.START, 23, true, INK, title);
        svg.text(
                LEFT,
                66,
                Anchor.START,
                16,
                false,
                PALE_INK,
                String.format(
                        Locale.ROOT,
                        "Mean of %,d frames of %dx%d; the device's time for a command: %s",
                        first.frames(),
                        first.width(),
                        first.height(),
                        time(first.serviceTimeNanos())));
        y = HEAD;
        for (PerfReport report : reports) {
            svg.rectangle(LEFT, y + 5, 14, 14, colour(report), Map.of());
            svg.text(LEFT + 24, y + 18, Anchor.START, 16, false, INK, meaning(report));
            y += LEGEND;
        }

        Scale counts = Scale.logarithmic(
                reports.stream().mapToDouble(PerfReport::fencesPerFrame).max().orElseThrow(),
                reports.stream().mapToDouble(PerfReport::spinsPerFrame).max().orElseThrow());
        double longest = reports.stream()
                .mapToLong(PerfReport::framePathNanosPerFrame)
                .max()
                .orElseThrow();
        boolean millis = longest >= NANOS_PER_MILLI;
        double unit = millis ? NANOS_PER_MILLI : NANOS_PER_MICRO;
        Scale times = Scale.linear(longest / unit);

        group("Fences a frame", "fencesPerFrame", counts, PerfReport::fencesPerFrame);
        group(
                "Spins a frame: looks at the queue that found nothing",
                "spinsPerFrame",
                counts,
                PerfReport::spinsPerFrame);
        axis(counts);
        svg.text(
                BARS,
                y + 20,
                Anchor.START,
                14,
                false,
                PALE_INK,
                "Each step of this scale is ten times the one before.");
        y += NOTE;
        group(
                "Frame time in " + (millis ? "milliseconds" : "microseconds") + ", from offer to last completion",
                "framePathNanosPerFrame",
                times,
                report -> report.framePathNanosPerFrame() / unit);
        axis(times);
    }

    private void group(String heading, String metric, Scale scale, ToDoubleFunction<PerfReport> value)
            throws IOException {
        svg.text(LEFT, y + 28, Anchor.START, 17, true, INK, heading);
        y += HEADING;
        for (Scale.Mark mark : scale.marks()) {
            svg.upright(BARS + mark.part() * BARS_WIDTH, y, y + BAR_STEP * reports.size(), GRID);
        }
        for (PerfReport report : reports) {
            double measured = value.applyAsDouble(report);
            double length = Math.max(1, BARS_WIDTH * scale.part(measured));
            double line = y + BAR_STEP / 2.0 + 6;
            Map<String, String> data = new LinkedHashMap<>();
            data.put("metric", metric);
            data.put("barriers", report.barriers());
            data.put("value", Double.toString(measured));
            svg.text(LEFT, line, Anchor.START, 16, false, INK, report.barriers());
            svg.rectangle(BARS, y + (BAR_STEP - BAR) / 2.0, length, BAR, colour(report), data);
            svg.text(BARS + length + 8, line, Anchor.START, 17, true, INK, label(measured));
            y += BAR_STEP;
        }
    }

    /** What the lines behind the bars stand for. */
    private void axis(Scale scale) throws IOException {
        for (Scale.Mark mark : scale.marks()) {
            svg.text(BARS + mark.part() * BARS_WIDTH, y + 18, Anchor.MIDDLE, 14, false, PALE_INK, mark.label());
        }
        y += AXIS;
    }

    private static String colour(PerfReport report) {
        return COLOURS.getOrDefault(report.barriers(), PALE_INK);
    }

    private static String meaning(PerfReport report) {
        return MEANINGS.getOrDefault(report.barriers(), report.barriers());
    }

    /** Three digits or all before the point, none of them a zero that says nothing. */
    static String label(double value) {
        if (value >= 100 || value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
    }

    private static String time(long nanos) {
        return nanos == 0
                ? "none"
                : nanos >= NANOS_PER_MILLI
                        ? label(nanos / NANOS_PER_MILLI) + " ms"
                        : label(nanos / NANOS_PER_MICRO) + " \u00b5s";
    }
}
