// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import io.virtio4j.examples.cli.JsonFile;
import io.virtio4j.examples.cli.WorkFailedException;
import io.virtio4j.examples.picture.GifFile;
import io.virtio4j.examples.picture.Palette;
import io.virtio4j.examples.picture.PngFile;
import io.virtio4j.examples.wheel.Spin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files that a run leaves in its output directory. Each appears whole or not at all. */
final class PictureFiles implements AutoCloseable {
    private static final String REPORT = "perf.json";
    private static final String CHART = "perf.svg";

    private final Path directory;
    private final FrameSize size;
    private final GifFile gif;

    private PictureFiles(Path directory, FrameSize size, GifFile gif) {
        this.directory = directory;
        this.size = size;
        this.gif = gif;
    }

    /** Makes the directory if it is missing, and begins the animation: a directory that cannot be written fails here. */
    static PictureFiles open(Path directory, FrameSize size, int frames, Palette palette) {
        try {
            Files.createDirectories(directory);
            Path path = directory.resolve("roulette.gif");
            GifFile gif = new GifFile(path, size.width(), size.height(), frames, Spin.FRAMES_PER_SECOND, palette);
            return new PictureFiles(directory, size, gif);
        } catch (IOException e) {
            throw new WorkFailedException(
                    "cannot write to the directory " + directory + " (" + reason(e) + "); choose another with --out",
                    e);
        }
    }

    void addFrame(int frame, int[] pixels) {
        try {
            gif.add(frame, pixels);
        } catch (IOException e) {
            throw failed("roulette.gif", e);
        }
    }

    /** Writes the last picture and lets the animation appear. */
    void finish(int[] lastPixels) {
        try {
            PngFile.write(directory.resolve("roulette.png"), lastPixels, size.width(), size.height());
            gif.finish();
        } catch (IOException e) {
            throw failed("roulette.gif and roulette.png", e);
        }
    }

    /** As {@link #finish}, when the run ends before its last frame. */
    void finishEarly(int[] lastPixels) {
        try {
            PngFile.write(directory.resolve("roulette.png"), lastPixels, size.width(), size.height());
            gif.finishEarly(lastPixels);
        } catch (IOException e) {
            throw failed("roulette.gif and roulette.png", e);
        }
    }

    /** Writes what was measured, with one policy or with two, as numbers and as a chart. */
    void writeReport(List<PerfReport> reports) {
        Object report =
                reports.size() == 1 ? reports.get(0) : new PerfReport.Comparison(reports.get(0), reports.get(1));
        try {
            JsonFile.write(directory.resolve(REPORT), report);
            PerfChart.write(directory.resolve(CHART), reports);
        } catch (IOException e) {
            throw failed(REPORT + " and " + CHART, e);
        }
    }

    /** Removes what an earlier run has measured: it does not belong to these pictures. */
    void removeReport() {
        try {
            Files.deleteIfExists(directory.resolve(REPORT));
            Files.deleteIfExists(directory.resolve(CHART));
        } catch (IOException e) {
            throw failed(REPORT + " and " + CHART, e);
        }
    }

    private WorkFailedException failed(String what, IOException e) {
        return new WorkFailedException("cannot write " + what + " in " + directory + " (" + reason(e) + ")", e);
    }

    private static String reason(IOException e) {
        return e.getMessage() == null
                ? e.getClass().getSimpleName()
                : e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    @Override
    public void close() {
        try {
            gif.close();
        } catch (IOException e) {
            throw failed("roulette.gif", e);
        }
    }
}
