// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.examples.wheel.Spin;
import io.virtio4j.examples.wheel.WheelPainter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GifFileTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "30, 30", "120, 120", "121, 61", "1000, 112"})
    void theFileHasThePicturesThatWereTakenAndTheWayBack(int frames, int pictures) throws IOException {
        Path path = spin(frames, 64, 36);
        List<Picture> read = read(path);

        assertThat(read).hasSize(pictures + (frames == 1 ? 0 : GifFile.FADE_PICTURES));
        assertThat(read.get(0).loop()).containsExactly(1, 0, 0);
        assertThat(read.get(0).image().getWidth()).isEqualTo(64);
        assertThat(read.get(0).image().getHeight()).isEqualTo(36);
    }

    @Test
    void timePassesAsInTheSpinAndTheEndStays() throws IOException {
        List<Picture> read = read(spin(120, 64, 36));
        int centis = read.stream().limit(119).mapToInt(Picture::delayCentis).sum();

        // From frame 0 to frame 119 at 30 a second.
        assertThat(centis).isBetween(396, 398);
        assertThat(read.get(119).delayCentis()).isGreaterThanOrEqualTo(200);
    }

    @Test
    void thePicturesAddUpToTheLastFrame() throws IOException {
        int width = 96;
        int height = 54;
        Spin spin = new Spin(9, 60);
        WheelPainter painter = new WheelPainter(spin, width, height);
        Palette palette = WheelPainter.palette(spin, width, height);
        Path path = folder.resolve("a.gif");
        write(path, painter, palette);
        int[] shown = screens(read(path), width, height).get(59);
        for (int i = 0; i < shown.length; i++) {
            assertThat(shown[i]).isEqualTo(palette.colour(palette.indexOf(painter.pixels()[i])));
        }
    }

    @Test
    void nothingJumpsWhenItBeginsAgain() throws IOException {
        int width = 256;
        int height = 144;
        List<int[]> screens = screens(read(spin(120, width, height)), width, height);
        double fastest = 0;
        for (int i = 1; i < 120; i++) {
            fastest = Math.max(fastest, meanChange(screens.get(i - 1), screens.get(i)));
        }
        double jump = meanChange(screens.get(119), screens.get(0));
        assertThat(screens).hasSize(120 + GifFile.FADE_PICTURES);
        for (int i = 120; i < screens.size(); i++) {
            assertThat(meanChange(screens.get(i - 1), screens.get(i))).isLessThan(Math.min(fastest, jump / 3));
        }
        assertThat(meanChange(screens.get(screens.size() - 1), screens.get(0))).isLessThan(Math.min(fastest, jump / 3));
    }

    @Test
    void whereItIsCutShortItEndsWithWhatIsGiven() throws IOException {
        int width = 96;
        int height = 54;
        Spin spin = new Spin(9, 300);
        WheelPainter painter = new WheelPainter(spin, width, height);
        Palette palette = WheelPainter.palette(spin, width, height);
        Path path = folder.resolve("a.gif");
        try (GifFile gif = new GifFile(path, width, height, 300, 30, palette)) {
            for (int frame = 0; frame < 20; frame++) {
                painter.paint(frame);
                gif.add(frame, painter.pixels());
            }
            gif.finishEarly(painter.pixels());
        }
        List<Picture> read = read(path);
        int last = read.size() - 1 - GifFile.FADE_PICTURES;
        assertThat(read.get(last).delayCentis()).isGreaterThanOrEqualTo(200);
        int[] shown = screens(read, width, height).get(last);
        for (int i = 0; i < shown.length; i++) {
            assertThat(shown[i]).isEqualTo(palette.colour(palette.indexOf(painter.pixels()[i])));
        }
    }

    @Test
    void theAnimationOfADefaultRunIsSmallerThanTwoMegabytes() throws IOException {
        Path path = spin(120, 1280, 720);

        assertThat(Files.size(path)).isLessThan(2_000_000);
        assertThat(read(path).get(0).image().getWidth()).isEqualTo(512);
    }

    @Test
    void allPicturesShareOneColourTable() throws IOException {
        assertThat(read(spin(30, 64, 36))).noneMatch(Picture::ownColours);
    }

    @Test
    void whatWasNotFinishedLeavesNothingBehind() throws IOException {
        try (GifFile gif = new GifFile(folder.resolve("a.gif"), 8, 8, 4, 30, Palette.of(new int[64]))) {
            gif.add(1, new int[64]);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void anAnimationWithoutItsEndCannotBeFinished() throws IOException {
        try (GifFile gif = new GifFile(folder.resolve("a.gif"), 8, 8, 4, 30, Palette.of(new int[64]))) {
            gif.add(1, new int[64]);
            assertThatThrownBy(gif::finish)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("1");
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void framesComeInRisingOrder() throws IOException {
        try (GifFile gif = new GifFile(folder.resolve("a.gif"), 8, 8, 4, 30, Palette.of(new int[64]))) {
            gif.add(1, new int[64]);
            assertThatThrownBy(() -> gif.add(1, new int[64])).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> gif.add(4, new int[64])).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aFolderThatDoesNotExistIsReported() {
        Path path = folder.resolve("no").resolve("a.gif");

        assertThatThrownBy(() -> new GifFile(path, 8, 8, 4, 30, Palette.of(new int[64])))
                .isInstanceOf(IOException.class);
    }

    /** What is seen while each picture is shown. */
    private static List<int[]> screens(List<Picture> pictures, int width, int height) {
        List<int[]> screens = new ArrayList<>();
        int[] shown = new int[width * height];
        for (Picture picture : pictures) {
            BufferedImage image = picture.image();
            for (int y = 0; y < image.getHeight(); y++) {
                for (int x = 0; x < image.getWidth(); x++) {
                    int colour = image.getRGB(x, y);
                    if (colour >>> 24 != 0) {
                        shown[(picture.top() + y) * width + picture.left() + x] = colour;
                    }
                }
            }
            screens.add(shown.clone());
        }
        return screens;
    }

    private static double meanChange(int[] before, int[] after) {
        double sum = 0;
        for (int i = 0; i < before.length; i++) {
            sum += Math.sqrt(Rgb.squareDistance(before[i], after[i]));
        }
        return sum / before.length;
    }

    private Path spin(int frames, int width, int height) throws IOException {
        Spin spin = new Spin(21, frames);
        Path path = folder.resolve("a.gif");
        write(path, new WheelPainter(spin, width, height), WheelPainter.palette(spin, width, height));
        return path;
    }

    private static void write(Path path, WheelPainter painter, Palette palette) throws IOException {
        int frames = painter.spin().frames();
        try (GifFile gif = new GifFile(path, painter.width(), painter.height(), frames, 30, palette)) {
            for (int frame = 0; frame < frames; frame++) {
                if (gif.takes(frame)) {
                    painter.paint(frame);
                    gif.add(frame, painter.pixels());
                }
            }
            gif.finish();
        }
    }

    /** What a file says about one picture; {@code loop} is empty where the loop extension is missing. */
    private record Picture(
            BufferedImage image, int left, int top, int delayCentis, boolean ownColours, List<Integer> loop) {}

    private static List<Picture> read(Path path) throws IOException {
        List<Picture> pictures = new ArrayList<>();
        ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
        try (ImageInputStream in = ImageIO.createImageInputStream(path.toFile())) {
            reader.setInput(in);
            int count = reader.getNumImages(true);
            for (int i = 0; i < count; i++) {
                IIOMetadataNode root =
                        (IIOMetadataNode) reader.getImageMetadata(i).getAsTree("javax_imageio_gif_image_1.0");
                List<Integer> loop = new ArrayList<>();
                IIOMetadataNode extension = find(root, "ApplicationExtension");
                if (extension != null && extension.getAttribute("applicationID").equals("NETSCAPE")) {
                    for (byte value : (byte[]) extension.getUserObject()) {
                        loop.add((int) value);
                    }
                }
                IIOMetadataNode place = find(root, "ImageDescriptor");
                pictures.add(new Picture(
                        reader.read(i),
                        Integer.parseInt(place.getAttribute("imageLeftPosition")),
                        Integer.parseInt(place.getAttribute("imageTopPosition")),
                        Integer.parseInt(find(root, "GraphicControlExtension").getAttribute("delayTime")),
                        find(root, "LocalColorTable") != null,
                        loop));
            }
        } finally {
            reader.dispose();
        }
        return pictures;
    }

    private static IIOMetadataNode find(IIOMetadataNode root, String name) {
        return (IIOMetadataNode) root.getElementsByTagName(name).item(0);
    }
}
