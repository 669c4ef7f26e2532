// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PngFileTest {

    @TempDir
    Path folder;

    @Test
    void thePictureIsReadBackPixelForPixel() throws IOException {
        int[] pixels =
                new Random(4).ints(17 * 5).map(colour -> colour | Rgb.OPAQUE).toArray();
        Path path = folder.resolve("a.png");
        PngFile.write(path, pixels, 17, 5);
        BufferedImage read = ImageIO.read(path.toFile());

        assertThat(read.getColorModel().hasAlpha()).isFalse();
        assertThat(read.getRGB(0, 0, 17, 5, null, 0, 17)).isEqualTo(pixels);
        assertThat(folder).isDirectoryContaining("glob:**a.png").satisfies(PngFileTest::hasOneFile);
    }

    @Test
    void anOlderFileIsReplaced() throws IOException {
        Path path = folder.resolve("a.png");
        Files.writeString(path, "old");
        PngFile.write(path, new int[] {0xFF123456}, 1, 1);

        assertThat(ImageIO.read(path.toFile()).getRGB(0, 0)).isEqualTo(0xFF123456);
    }

    @Test
    void anyoneMayReadTheFileAsFarAsTheUmaskAllows() throws IOException {
        Path plain = Files.createFile(folder.resolve("plain"));
        Path path = folder.resolve("a.png");
        PngFile.write(path, new int[1], 1, 1);

        assertThat(Files.getPosixFilePermissions(path)).isEqualTo(Files.getPosixFilePermissions(plain));
    }

    @Test
    void tooFewPixelsAreRefusedBeforeAFileAppears() {
        assertThatThrownBy(() -> PngFile.write(folder.resolve("a.png"), new int[3], 2, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2x2");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFolderIsNotOverwritten() throws IOException {
        Path path = Files.createDirectory(folder.resolve("a.png"));

        assertThatThrownBy(() -> PngFile.write(path, new int[1], 1, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("folder");
        assertThat(folder).satisfies(PngFileTest::hasOneFile);
    }

    @Test
    void whatWasNotCommittedLeavesNothingBehindAndTheOldFileAsItWas() throws IOException {
        Path path = folder.resolve("a.json");
        Files.writeString(path, "old");
        try (AtomicFile file = new AtomicFile(path)) {
            file.stream().write("half".getBytes(StandardCharsets.UTF_8));
            file.stream().flush();
            assertThat(path).hasContent("old");
        }

        assertThat(path).hasContent("old");
        assertThat(folder).satisfies(PngFileTest::hasOneFile);
    }

    private static void hasOneFile(Path folder) {
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
