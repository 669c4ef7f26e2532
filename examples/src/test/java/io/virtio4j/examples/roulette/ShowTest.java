// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtio4j.examples.CommandRunner;
import io.virtio4j.examples.Main;
import io.virtio4j.examples.picture.PixelRect;
import io.virtio4j.examples.wheel.Spin;
import io.virtio4j.examples.wheel.WheelPainter;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code roulette --show}, as programs of its own, on a display that is nowhere to be seen. */
@Timeout(3 * ShowTest.LIMIT_SECONDS)
final class ShowTest {
    // For a machine that has much else to do.
    static final long LIMIT_SECONDS = 400;
    private static final int FRAMES = 36_000; // twenty minutes: somebody has to end it
    private static final int WIDTH = 320;
    private static final int HEIGHT = 180;
    private static final String NO_DISPLAY = "";

    private final List<Process> started = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void endWhatWasStarted() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void whatTheWindowShowsIsWhatTheDeviceShowsAndEscapeEndsTheRun() throws Exception {
        String display = startDisplay();
        Process roulette = java(
                display,
                List.of(),
                Main.class,
                "roulette",
                "--show",
                "--frames",
                Integer.toString(FRAMES),
                "--seed",
                "3",
                "--size",
                WIDTH + "x" + HEIGHT,
                "--out",
                folder.resolve("out").toString());
        Process screen = java(display, List.of(), Screen.class, folder.toString());
        assertThat(screen.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(screen.exitValue()).as(errors(screen)).isZero();
        assertThat(roulette.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(roulette.exitValue()).as(errors(roulette)).isZero();

        JsonNode perf =
                new ObjectMapper().readTree(folder.resolve("out/perf.json").toFile());
        int frames = perf.get("frames").asInt();
        assertThat(frames).isBetween(1, FRAMES - 1);
        assertThat(perf.get("corruptFrames").asInt()).isZero();
        assertThat(output(roulette)).contains("optimized: " + frames + " frames of 320x180", "window: ", "roulette: ");
        assertThat(folder.resolve("out/roulette.gif")).isNotEmptyFile();
        assertThat(folder.resolve("out/roulette.png")).isNotEmptyFile();

        List<int[]> seen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            seen.add(window(ImageIO.read(folder.resolve(i + ".png").toFile())));
        }
        assertThat(framesThatLookLike(seen, frames))
                .as("screenshots that are a frame")
                .isGreaterThanOrEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {NO_DISPLAY, ":65000"})
    void withoutADisplayItIsOneSentenceWithStatusTwo(String display) throws Exception {
        refused(java(
                display,
                List.of(),
                Main.class,
                "roulette",
                "--show",
                "--out",
                folder.resolve("out").toString()));
    }

    @Test
    void inAHeadlessJavaItIsOneSentenceWithStatusTwo() throws Exception {
        refused(java(
                ":0",
                List.of("-Djava.awt.headless=true"),
                Main.class,
                "roulette",
                "--show",
                "--out",
                folder.resolve("out").toString()));
    }

    @Test
    void withoutADeviceThereIsNothingToShow() {
        CommandRunner command = new CommandRunner();
        assertThat(command.run("roulette", "--show", "--device", "none")).isEqualTo(2);
        assertThat(command.err().lines()).singleElement().asString().contains("--device none");
    }

    private void refused(Process process) throws Exception {
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(2);
        assertThat(errors(process).lines()).singleElement().asString().contains("--show", "display", "--help");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    /** The pixels of the window on an otherwise black screen, 0xFFRRGGBB. */
    private static int[] window(BufferedImage screen) {
        PixelRect box = PixelRect.EMPTY;
        for (int y = 0; y < screen.getHeight(); y++) {
            for (int x = 0; x < screen.getWidth(); x++) {
                if ((screen.getRGB(x, y) & 0xFFFFFF) != 0) {
                    box = box.union(new PixelRect(x, y, 1, 1));
                }
            }
        }
        assertThat(box.width()).isEqualTo(WIDTH);
        assertThat(box.height()).isEqualTo(HEIGHT);
        return screen.getRGB(box.x(), box.y(), WIDTH, HEIGHT, null, 0, WIDTH);
    }

    /** How many of some pictures are a frame of the spin, but for a hundredth of their pixels. */
    private static long framesThatLookLike(List<int[]> pictures, int frames) {
        WheelPainter painter = new WheelPainter(new Spin(3, FRAMES), WIDTH, HEIGHT);
        boolean[] found = new boolean[pictures.size()];
        for (int frame = 0; frame < frames; frame++) {
            painter.paint(frame);
            for (int i = 0; i < found.length; i++) {
                found[i] |= differing(pictures.get(i), painter.pixels()) < WIDTH * HEIGHT / 100;
            }
        }
        return Stream.iterate(0, i -> i + 1)
                .limit(found.length)
                .filter(i -> found[i])
                .count();
    }

    private static int differing(int[] one, int[] other) {
        int differing = 0;
        for (int i = 0; i < one.length; i++) {
            differing += one[i] == other[i] ? 0 : 1;
        }
        return differing;
    }

    /** Starts a display in memory, or skips the test, naming what is missing. */
    private String startDisplay() throws IOException {
        Path java = Path.of(System.getProperty("java.home"));
        assumeTrue(
                Files.exists(java.resolve("lib/libawt_xawt.so")),
                "this Java has no windows: the package openjdk-17-jre has them");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/Xvfb")), "Xvfb is not installed: it is in the package xvfb");
        Process display = new ProcessBuilder(
                        "/usr/bin/Xvfb", "-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        started.add(display);
        BufferedReader number = display.inputReader();
        return ":" + number.readLine();
    }

    private Process java(String display, List<String> options, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "--add-exports",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        int number = started.size();
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(folder.resolve(number + ".out").toFile())
                .redirectError(folder.resolve(number + ".err").toFile());
        builder.environment().remove("DISPLAY");
        if (!display.equals(NO_DISPLAY)) {
            builder.environment().put("DISPLAY", display);
        }
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private String output(Process process) throws IOException {
        return Files.readString(folder.resolve(started.indexOf(process) + ".out"));
    }

    private String errors(Process process) throws IOException {
        return Files.readString(folder.resolve(started.indexOf(process) + ".err"));
    }
}
