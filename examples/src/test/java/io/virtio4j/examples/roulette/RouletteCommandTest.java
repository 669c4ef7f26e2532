// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtio4j.examples.CommandRunner;
import io.virtio4j.examples.wheel.Spin;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

/** {@code virtio4j roulette} from its options to its files. */
final class RouletteCommandTest {
    private static final String PROBED = "virtio-gpu driver probe succeeded";

    @TempDir
    private Path directory;

    private final CommandRunner command = new CommandRunner();

    private int roulette(String... more) {
        return command.run(Stream.concat(
                        Stream.of("roulette", "--out", directory.resolve("out").toString()), Stream.of(more))
                .toArray(String[]::new));
    }

    private JsonNode perf() throws IOException {
        return new ObjectMapper()
                .readTree(directory.resolve("out").resolve("perf.json").toFile());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("out"))) {
            return files.map(file -> file.getFileName().toString()).sorted().collect(Collectors.toList());
        }
    }

    @Test
    void everyFrameTakesAtMostTwoFencesAndTwoCompletionsAndIsShownAsDrawn() throws IOException {
        assertThat(roulette("--frames", "12", "--size", "160x90", "--seed", "7"))
                .isZero();
        assertThat(command.out()).contains(PROBED);
        assertThat(command.out().lines().filter(line -> line.startsWith("[VIRTIO PERF] ")))
                .hasSize(12)
                .allMatch(line -> line.matches("\\[VIRTIO PERF] fences=[12] spins=\\d+ completions=2"));
        JsonNode perf = perf();
        assertThat(perf.get("frames").asInt()).isEqualTo(12);
        assertThat(perf.get("corruptFrames").asInt()).isZero();
        // One where both answers were there at once.
        assertThat(perf.get("fencesPerFrame").asDouble()).isBetween(1.0, 2.0);
        assertThat(perf.get("completionsPerFrame").asDouble()).isEqualTo(2);
        assertThat(perf.get("barriers").asText()).isEqualTo("optimized");
        assertThat(perf.get("fps").asDouble()).isPositive();
        assertThat(command.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 1234})
    void theResultIsThatOfTheSeed(long seed) {
        assertThat(roulette("--frames", "2", "--size", "32x18", "--seed", Long.toString(seed)))
                .isZero();
        Spin spin = new Spin(seed, 2);
        assertThat(command.out().lines().filter(line -> line.startsWith("roulette: ")))
                .containsExactly("roulette: " + spin.result() + " "
                        + spin.colour().toString().toLowerCase(Locale.ROOT));
    }

    @Test
    void theFilesAreWhatTheDeviceShowed() throws IOException {
        assertThat(roulette("--frames", "3", "--size", "96x54")).isZero();
        assertThat(files()).containsExactly("perf.json", "perf.svg", "roulette.gif", "roulette.png");
        BufferedImage png = ImageIO.read(directory.resolve("out/roulette.png").toFile());
        assertThat(png.getWidth()).isEqualTo(96);
        assertThat(png.getHeight()).isEqualTo(54);
        assertThat(Files.readString(directory.resolve("out/roulette.gif"), StandardCharsets.ISO_8859_1))
                .startsWith("GIF89a");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void everyFlushIsGuardedATickWaitsForItAndNoRequestIsLost(int cpus) throws IOException {
        assertThat(roulette(
                        "--frames",
                        "20",
                        "--size",
                        "96x54",
                        "--service-us",
                        "2000",
                        "--tick-us",
                        "500",
                        "--cpus",
                        Integer.toString(cpus)))
                .isZero();
        JsonNode preempt = perf().get("preempt");
        assertThat(preempt.fieldNames())
                .toIterable()
                .containsExactly("cpus", "ticks", "deferred", "callbacks", "maxDepth", "lost");
        assertThat(preempt.get("cpus").asInt()).isEqualTo(cpus);
        assertThat(preempt.get("ticks").asLong()).isPositive();
        assertThat(preempt.get("deferred").asLong()).isPositive();
        assertThat(preempt.get("callbacks").asLong()).isPositive();
        assertThat(preempt.get("maxDepth").asInt()).isEqualTo(2);
        assertThat(preempt.get("lost").asLong()).isZero();
        assertThat(perf().get("fencesPerFrame").asDouble()).isBetween(1.0, 2.0);
        assertThat(perf().get("corruptFrames").asInt()).isZero();
        assertThat(command.err()).isEmpty();
    }

    @Test
    void withATimeItSpinsAgainAndThePicturesStayThoseOfTheFirstSpin() throws IOException {
        assertThat(roulette("--frames", "3", "--size", "33x20", "--time", "1")).isZero();
        assertThat(perf().get("frames").asInt()).isGreaterThan(6);
        assertThat(perf().get("corruptFrames").asInt()).isZero();
        assertThat(files()).containsExactly("perf.json", "perf.svg", "roulette.gif", "roulette.png");
    }

    @ParameterizedTest
    @CsvSource({"1x1", "1x40", "33x7", "300x200"})
    void anySizeIsShownPixelForPixel(String size) throws IOException {
        assertThat(roulette("--frames", "4", "--size", size)).isZero();
        assertThat(perf().get("corruptFrames").asInt()).isZero();
    }

    @Test
    void wholeFramesAreShownPixelForPixelToo() throws IOException {
        assertThat(roulette("--frames", "4", "--size", "200x150", "--full-frames"))
                .isZero();
        assertThat(perf().get("corruptFrames").asInt()).isZero();
    }

    @Test
    void aComparisonShowsThatTheBaselineFencesInEverySpin() throws IOException {
        assertThat(roulette("--frames", "5", "--size", "64x36", "--barriers", "compare", "--service-us", "2000"))
                .isZero();
        JsonNode optimized = perf().get("optimized");
        JsonNode baseline = perf().get("baseline");
        assertThat(optimized.get("fencesPerFrame").asDouble()).isBetween(1.0, 2.0);
        assertThat(baseline.get("fencesPerFrame").asDouble())
                .isGreaterThanOrEqualTo(baseline.get("spinsPerFrame").asDouble());
        assertThat(optimized.get("serviceTimeNanos").asLong()).isEqualTo(2_000_000);
        assertThat(baseline.get("fencesPerFrame").asDouble())
                .isGreaterThanOrEqualTo(1_000 * optimized.get("fencesPerFrame").asDouble());
        assertThat(baseline.get("corruptFrames").asInt()).isZero();
    }

    @Test
    void theChartHasTheNumbersOfTheReport() throws Exception {
        assertThat(roulette("--frames", "3", "--size", "64x36", "--barriers", "compare"))
                .isZero();
        var bars = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(directory.resolve("out/perf.svg").toFile())
                .getElementsByTagName("rect");
        int compared = 0;
        for (int i = 0; i < bars.getLength(); i++) {
            Element bar = (Element) bars.item(i);
            String metric = bar.getAttribute("data-metric");
            if (metric.endsWith("sPerFrame") && !metric.contains("Nanos")) {
                JsonNode reported =
                        perf().get(bar.getAttribute("data-barriers")).get(metric);
                assertThat(Double.parseDouble(bar.getAttribute("data-value"))).isEqualTo(reported.asDouble());
                compared++;
            }
        }
        assertThat(compared).isEqualTo(4);
    }

    @Test
    void withoutADeviceTheWheelIsStillDrawn() throws IOException {
        assertThat(roulette("--device", "none", "--frames", "3", "--size", "96x54"))
                .isZero();
        assertThat(command.out())
                .contains("virtio-gpu unavailable; falling back to framebuffer")
                .doesNotContain(PROBED);
        assertThat(files()).containsExactly("roulette.gif", "roulette.png");
    }

    @ParameterizedTest
    @CsvSource({
        "--size, 0x0",
        "--size, 20000x20000",
        "--size, big",
        "--device, quantum",
        "--device, sim:memory",
        "--device, vhost-user:/tmp/socket",
        "--frames, 0",
        "--service-us, -1",
        "--barriers, none",
        "--cpus, 0",
        "--cpus, 65",
        "--tick-us, 9",
        "--time, -1",
        "--no-such-option, 1"
    })
    void badUsageIsOneSentenceWithStatusTwoAndLeavesNothing(String option, String value) {
        assertThat(roulette(option, value)).isEqualTo(2);
        assertThat(command.err().lines()).hasSize(1);
        assertThat(command.err()).contains("--help");
        assertThat(directory.resolve("out")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "file/below"})
    void aDirectoryThatCannotBeWrittenIsOneSentenceWithStatusOne(String out) throws IOException {
        Files.writeString(directory.resolve("file"), "not a directory");
        assertThat(command.run("roulette", "--out", directory.resolve(out).toString()))
                .isEqualTo(1);
        assertThat(command.err().lines()).hasSize(1);
        assertThat(command.err()).contains("--out");
    }

    @Test
    void noCommandIsBadUsage() {
        assertThat(command.run()).isEqualTo(2);
        assertThat(command.err().lines()).hasSize(1);
    }
}
