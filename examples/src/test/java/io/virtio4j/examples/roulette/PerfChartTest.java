// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.virtio4j.preempt.PreemptStatistics;
import java.awt.geom.Rectangle2D;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** The chart is XML, its bars are as long as the numbers say, and every word can be read. */
final class PerfChartTest {
    private static PerfReport report(
            String barriers, int frames, FrameSize size, long serviceNanos, double fences, double spins, long nanos) {
        PreemptStatistics quiet = new PreemptStatistics(1, 0, 0, 0, 0, 0);
        return new PerfReport(
                frames,
                size.width(),
                size.height(),
                barriers,
                serviceNanos,
                1e9 / nanos,
                fences,
                spins,
                2,
                2,
                2,
                1,
                0,
                1,
                nanos,
                0,
                0,
                0,
                quiet);
    }

    private static PerfReport report(String barriers, double fences, double spins, long nanos) {
        return report(barriers, 120, new FrameSize(1280, 720), 0, fences, spins, nanos);
    }

    private static Document chart(PerfReport... reports) throws Exception {
        Path folder = Files.createTempDirectory("chart");
        Path file = folder.resolve("perf.svg");
        try {
            PerfChart.write(file, List.of(reports));
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    private static List<Element> elements(Document chart, String name) {
        var found = chart.getElementsByTagName(name);
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> (Element) found.item(i))
                .toList();
    }

    private static Element bar(Document chart, String barriers, String metric) {
        return elements(chart, "rect").stream()
                .filter(bar -> bar.getAttribute("data-metric").equals(metric)
                        && bar.getAttribute("data-barriers").equals(barriers))
                .reduce((one, other) -> {
                    throw new AssertionError("two bars of " + metric + " of " + barriers);
                })
                .orElseThrow();
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }

    private static double width(Document chart, String barriers, String metric) {
        return number(bar(chart, barriers, metric), "width");
    }

    private static List<String> texts(Document chart) {
        return elements(chart, "text").stream().map(Element::getTextContent).toList();
    }

    @Test
    void everyNumberIsThatOfTheReportAndStandsBesideItsBar() throws Exception {
        Document chart = chart(
                report("optimized", 2, 52_998.74, 4_787_193), report("baseline", 25_711.39, 25_692.89, 3_373_426));
        assertThat(number(bar(chart, "optimized", "fencesPerFrame"), "data-value"))
                .isEqualTo(2);
        assertThat(number(bar(chart, "baseline", "fencesPerFrame"), "data-value"))
                .isEqualTo(25_711.39);
        assertThat(number(bar(chart, "optimized", "spinsPerFrame"), "data-value"))
                .isEqualTo(52_998.74);
        assertThat(number(bar(chart, "baseline", "spinsPerFrame"), "data-value"))
                .isEqualTo(25_692.89);
        assertThat(number(bar(chart, "optimized", "framePathNanosPerFrame"), "data-value"))
                .isEqualTo(4.787193);
        assertThat(number(bar(chart, "baseline", "framePathNanosPerFrame"), "data-value"))
                .isEqualTo(3.373426);
        assertThat(texts(chart)).contains("2", "25,711", "52,999", "25,693", "4.79", "3.37");
        assertThat(texts(chart)).anyMatch(text -> text.contains("milliseconds"));
    }

    @Test
    void countsAreOnAScaleOfPowersOfTenAndTimesOnOneThatBeginsAtZero() throws Exception {
        Document chart = chart(report("optimized", 10, 100, 200_000), report("baseline", 10_000, 1_000, 300_000));
        double decade = width(chart, "optimized", "fencesPerFrame");
        assertThat(decade).isGreaterThan(50);
        assertThat(width(chart, "optimized", "spinsPerFrame")).isCloseTo(2 * decade, within(0.02));
        assertThat(width(chart, "baseline", "spinsPerFrame")).isCloseTo(3 * decade, within(0.02));
        assertThat(width(chart, "baseline", "fencesPerFrame")).isCloseTo(4 * decade, within(0.02));
        assertThat(width(chart, "baseline", "framePathNanosPerFrame"))
                .isCloseTo(1.5 * width(chart, "optimized", "framePathNanosPerFrame"), within(0.02));
        assertThat(texts(chart)).contains("1", "10", "100", "1,000", "10,000", "0");
        assertThat(texts(chart)).anyMatch(text -> text.contains("microseconds"));
    }

    @Test
    void aRunOfOnePolicyHasOneBarOfEachKind() throws Exception {
        Document chart = chart(report("baseline", 3, 1, 900));
        assertThat(elements(chart, "rect").stream().filter(bar -> bar.hasAttribute("data-metric")))
                .hasSize(3)
                .allMatch(bar -> bar.getAttribute("data-barriers").equals("baseline"));
        assertThat(texts(chart)).noneMatch(text -> text.contains("optimized"));
    }

    @Property(tries = 50)
    void noTextIsCutOffOrOnAnother(
            @ForAll @DoubleRange(max = 1e11) double fences,
            @ForAll @DoubleRange(max = 1e11) double spins,
            @ForAll @LongRange(min = 1, max = 30_000_000_000L) long nanos,
            @ForAll @LongRange(max = 5_000_000_000L) long serviceNanos,
            @ForAll @IntRange(min = 1, max = 1_000_000) int frames)
            throws Exception {
        FrameSize size = new FrameSize(16_384, 4_096);
        Document chart = chart(
                report("optimized", frames, size, serviceNanos, 2, spins, nanos),
                report("baseline", frames, size, serviceNanos, fences, spins, nanos / 2 + 1));
        String[] box = chart.getDocumentElement().getAttribute("viewBox").split(" ");
        Rectangle2D page = new Rectangle2D.Double(0, 0, Double.parseDouble(box[2]), Double.parseDouble(box[3]));
        List<Rectangle2D> before = new ArrayList<>();
        for (Element text : elements(chart, "text")) {
            Rectangle2D place = place(text);
            assertThat(page.contains(place)).as(text.getTextContent()).isTrue();
            assertThat(before).as(text.getTextContent()).noneMatch(place::intersects);
            before.add(place);
        }
        for (Element bar : elements(chart, "rect")) {
            if (bar.hasAttribute("fill") && !bar.getAttribute("fill").equals("#ffffff")) {
                Rectangle2D drawn = new Rectangle2D.Double(
                        number(bar, "x"), number(bar, "y"), number(bar, "width"), number(bar, "height"));
                assertThat(page.contains(drawn)).isTrue();
                assertThat(before).noneMatch(drawn::intersects);
            }
        }
    }

    /** What a text covers at most, in the widest of the usual fonts. */
    private static Rectangle2D place(Element text) {
        double size = number(text, "font-size");
        boolean bold = text.getAttribute("font-weight").equals("bold");
        double width =
                text.getTextContent().chars().mapToDouble(c -> advance(c, bold)).sum() * size;
        double left =
                text.getAttribute("text-anchor").equals("middle") ? number(text, "x") - width / 2 : number(text, "x");
        return new Rectangle2D.Double(left, number(text, "y") - 0.76 * size, width, size);
    }

    /** The widths of DejaVu Sans, rounded up, where the height of the font is 1. */
    private static double advance(int character, boolean bold) {
        double plain = "mwMW%@".indexOf(character) >= 0
                ? 1.0
                : "ijlftrI.,:;' ".indexOf(character) >= 0 ? 0.42 : Character.isUpperCase(character) ? 0.79 : 0.64;
        return bold ? 1.1 * plain : plain;
    }
}
