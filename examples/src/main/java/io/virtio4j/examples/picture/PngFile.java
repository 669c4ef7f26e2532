// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.picture;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.awt.image.DirectColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes a picture as PNG. The file appears under its name only when it is complete. */
public final class PngFile {

    private PngFile() {}

    /**
     * Writes a picture.
     *
     * @param path the file; one that is there is replaced
     * @param pixels {@code width * height} pixels, 0xFFRRGGBB; only read
     * @param width in pixels
     * @param height in pixels
     * @throws IllegalArgumentException if there are fewer pixels than the size says
     * @throws IOException if the file cannot be written; nothing is left behind
     */
    public static void write(Path path, int[] pixels, int width, int height) throws IOException {
        BufferedImage image = image(pixels, width, height);
        try (AtomicFile file = new AtomicFile(path)) {
            // Not ImageIO.write on the stream: it would take a file in the system's temporary folder as its buffer.
            try (ImageOutputStream out = new MemoryCacheImageOutputStream(file.stream())) {
                if (!ImageIO.write(image, "png", out)) {
                    throw new IOException("this Java has no PNG writer; cannot write " + path);
                }
            }
            file.commit();
        }
    }

    /** The pixels as an image, not copied. */
    static BufferedImage image(int[] pixels, int width, int height) {
        if (width < 1 || height < 1 || pixels.length < (long) width * height) {
            throw new IllegalArgumentException(pixels.length + " pixels are no picture of " + width + "x" + height);
        }
        DirectColorModel model = new DirectColorModel(24, 0xFF0000, 0x00FF00, 0x0000FF);
        DataBufferInt data = new DataBufferInt(pixels, pixels.length);
        return new BufferedImage(
                model, Raster.createPackedRaster(data, width, height, width, model.getMasks(), null), false, null);
    }
}
