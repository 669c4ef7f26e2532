// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.picture;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Writes an animated GIF that loops for ever, picture by picture: what was written is not kept. The file appears under its name
 * only when {@link #finish} has succeeded; {@link #close} before that leaves nothing behind.
 *
 * <p>The pictures are made smaller, so that the longer side is at most {@value #LONGEST_SIDE} pixels. Of the frames every n-th is
 * taken, so that there are at most 30 pictures a second and never more than {@value #MOST_PICTURES}; the last frame is always one of
 * them, and stays for three seconds. Then {@value #FADE_PICTURES} pictures fade it into the first, so that nothing jumps when it begins
 * again. No other picture stays longer than 0.12 seconds: where that is too short for the frames left out, the animation plays
 * faster than the spin was.
 *
 * <p>A picture holds only the box of pixels that changed, and within it those that may stay are transparent: the unchanged ones, and,
 * while things move, those whose colour is hardly another. All share one palette, and there is no dithering, which would change the
 * still parts from picture to picture and could not be compressed.
 *
 * <p>The JDK's writer is used, with one palette for the whole file. The library gifencoder 0.10.1 was tried: it computes a palette
 * for every picture and writes each whole; the same 60 pictures of 640x360 took it 87 seconds instead of 1, for 5.2 MB instead of
 * 1.7.
 *
 * <p>One thread at a time may use a writer; it may be another one than the painter's.
 */
public final class GifFile implements AutoCloseable {

    /** The longer side of the written pictures is at most this, in pixels. */
    public static final int LONGEST_SIDE = 512;

    /** No more frames than this are written. */
    public static final int MOST_PICTURES = 120;

    /** How many pictures lead from the last frame back to the first. */
    public static final int FADE_PICTURES = 8;

    private static final int PICTURES_PER_SECOND = 30;
    private static final int MIN_DELAY_CENTIS = 2;
    private static final int MAX_DELAY_CENTIS = 12;
    private static final int LAST_DELAY_CENTIS = 300;
    private static final int FADE_DELAY_CENTIS = 5;

    /** As far as this from its colour, as the square of the distance, a pixel that moves stays as it is. */
    private static final int TOLERANCE = 200;

    private final int frames;
    private final int framesPerSecond;
    private final int step;
    private final Palette palette;
    private final Shrinker shrinker;
    private final IndexColorModel colours;
    private final int[] first;
    private final byte[] shown;
    private final byte[] next;
    private final AtomicFile file;
    private final ImageOutputStream out;
    private final ImageWriter writer;
    private int lastTaken = -1;
    private boolean begun;

    /**
     * Starts a file.
     *
     * @param path the file; one that is there is replaced by {@link #finish}
     * @param width of the frames in pixels, at least 1
     * @param height of the frames in pixels, at least 1
     * @param frames how many frames there will be, at least 1
     * @param framesPerSecond how fast they are meant to be shown, at least 1
     * @param palette the colours to use
     * @throws IllegalArgumentException if a number is less than 1
     * @throws IOException if the file cannot be written
     */
    public GifFile(Path path, int width, int height, int frames, int framesPerSecond, Palette palette)
            throws IOException {
        if (width < 1 || height < 1 || frames < 1 || framesPerSecond < 1) {
            throw new IllegalArgumentException("cannot animate " + frames + " frames of " + width + "x" + height
                    + " pixels at " + framesPerSecond + " a second");
        }
        this.frames = frames;
        this.framesPerSecond = framesPerSecond;
        this.step = Math.max(
                1, Math.max(framesPerSecond / PICTURES_PER_SECOND, (frames + MOST_PICTURES - 1) / MOST_PICTURES));
        this.palette = palette;
        double scale = Math.min(1, (double) LONGEST_SIDE / Math.max(width, height));
        this.shrinker = new Shrinker(width, height, shrunk(width, scale), shrunk(height, scale));
        this.colours = colours(palette);
        this.first = new int[shrinker.width * shrinker.height];
        this.shown = new byte[first.length];
        this.next = new byte[shown.length];
        this.writer = newWriter();
        this.file = new AtomicFile(path);
        this.out = new MemoryCacheImageOutputStream(file.stream());
        try {
            writer.setOutput(out);
            IIOMetadata head = writer.getDefaultStreamMetadata(null);
            GifMetadata.describeStream(head, shrinker.width, shrinker.height, palette);
            writer.prepareWriteSequence(head);
        } catch (IOException | RuntimeException e) {
            try {
                close();
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    /**
     * Whether a frame will be part of the animation; the others need not be given.
     *
     * @param frame 0 to {@code frames - 1}
     * @return true if {@link #add} would write it
     */
    public boolean takes(int frame) {
        return frame >= 0 && frame < frames && (frames - 1 - frame) % step == 0;
    }

    /**
     * Adds a frame if it is one of those that are taken, else does nothing.
     *
     * @param frame its number; frames come in rising order
     * @param pixels of the frame, 0xAARRGGBB, row by row; only read, and not after the call
     * @throws IllegalArgumentException if there is no such frame, it comes too late, or there are too few pixels
     * @throws IOException if it cannot be written
     */
    public void add(int frame, int[] pixels) throws IOException {
        if (frame < 0 || frame >= frames || frame <= lastTaken) {
            throw new IllegalArgumentException(
                    "frame " + frame + " after frame " + lastTaken + " of an animation of " + frames);
        }
        if (!takes(frame)) {
            return;
        }
        write(shrinker.shrink(pixels), delayCentis(frame), frame == frames - 1 ? 0 : TOLERANCE);
        lastTaken = frame;
    }

    /**
     * Completes the file and gives it its name.
     *
     * @throws IllegalStateException if the last frame has not been added
     * @throws IOException if it cannot be written
     */
    public void finish() throws IOException {
        if (lastTaken != frames - 1) {
            throw new IllegalStateException(
                    "the animation has " + frames + " frames, and the last one added was " + lastTaken);
        }
        fadeAndCommit();
    }

    /**
     * Completes the file before all frames are there: the animation ends with what is given here.
     *
     * @param pixels of the frame to end with, 0xAARRGGBB, row by row; only read, and not after the call
     * @throws IllegalStateException if the last frame has been added
     * @throws IOException if it cannot be written
     */
    public void finishEarly(int[] pixels) throws IOException {
        if (lastTaken == frames - 1) {
            throw new IllegalStateException("all " + frames + " frames of the animation are there");
        }
        write(shrinker.shrink(pixels), LAST_DELAY_CENTIS, 0);
        fadeAndCommit();
    }

    private void fadeAndCommit() throws IOException {
        int[] last = shrinker.shrunk().clone();
        if (!Arrays.equals(first, last)) {
            int[] mixed = new int[last.length];
            for (int picture = 1; picture <= FADE_PICTURES; picture++) {
                double part = (double) picture / (FADE_PICTURES + 1);
                for (int i = 0; i < mixed.length; i++) {
                    mixed[i] = Rgb.mix(last[i], first[i], part);
                }
                write(mixed, FADE_DELAY_CENTIS, TOLERANCE);
            }
        }
        writer.endWriteSequence();
        out.flush();
        file.commit();
    }

    /**
     * Deletes what was written, unless it was finished.
     *
     * @throws IOException if that fails
     */
    @Override
    public void close() throws IOException {
        writer.dispose();
        file.close();
    }

    private void write(int[] pixels, int delayCentis, int tolerance) throws IOException {
        boolean begins = !begun;
        if (begins) {
            System.arraycopy(pixels, 0, first, 0, first.length);
            begun = true;
        }
        PixelRect area = choose(pixels, begins, tolerance);
        BufferedImage image = cut(area, begins);
        System.arraycopy(next, 0, shown, 0, next.length);
        IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), null);
        GifMetadata.describePicture(metadata, area, delayCentis, begins);
        writer.writeToSequence(new IIOImage(image, null, metadata), null);
        out.flush();
    }

    /** Looks up the colours of the next picture and tells which box of it differs from what is shown. */
    private PixelRect choose(int[] pixels, boolean begins, int tolerance) {
        int left = shrinker.width;
        int top = shrinker.height;
        int right = 0;
        int bottom = 0;
        for (int y = 0; y < shrinker.height; y++) {
            for (int x = 0; x < shrinker.width; x++) {
                int at = y * shrinker.width + x;
                int pixel = pixels[at];
                boolean stays = !begins && Rgb.squareDistance(pixel, palette.colour(shown[at] & 0xFF)) < tolerance;
                next[at] = stays ? shown[at] : (byte) palette.indexOf(pixel);
                if (begins || next[at] != shown[at]) {
                    left = Math.min(left, x);
                    right = Math.max(right, x + 1);
                    top = Math.min(top, y);
                    bottom = y + 1;
                }
            }
        }
        // A picture needs at least one pixel, even when nothing has changed.
        return right == 0 ? new PixelRect(0, 0, 1, 1) : new PixelRect(left, top, right - left, bottom - top);
    }

    private BufferedImage cut(PixelRect area, boolean begins) {
        BufferedImage image = new BufferedImage(area.width(), area.height(), BufferedImage.TYPE_BYTE_INDEXED, colours);
        byte[] data = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        for (int y = 0; y < area.height(); y++) {
            int from = (area.y() + y) * shrinker.width + area.x();
            int to = y * area.width();
            for (int x = 0; x < area.width(); x++) {
                boolean same = !begins && next[from + x] == shown[from + x];
                data[to + x] = same ? (byte) GifMetadata.TRANSPARENT : next[from + x];
            }
        }
        return image;
    }

    private int delayCentis(int frame) {
        if (frame == frames - 1) {
            return LAST_DELAY_CENTIS;
        }
        // From rounded times, not rounded durations: the error does not add up.
        long begin = Math.round(100.0 * frame / framesPerSecond);
        long end = Math.round(100.0 * (frame + step) / framesPerSecond);
        return (int) Math.max(MIN_DELAY_CENTIS, Math.min(MAX_DELAY_CENTIS, end - begin));
    }

    private static int shrunk(int side, double scale) {
        return Math.max(1, (int) Math.rint(side * scale));
    }

    private static IndexColorModel colours(Palette palette) {
        byte[] red = new byte[GifMetadata.TRANSPARENT + 1];
        byte[] green = new byte[red.length];
        byte[] blue = new byte[red.length];
        for (int i = 0; i < palette.size(); i++) {
            red[i] = (byte) Rgb.red(palette.colour(i));
            green[i] = (byte) Rgb.green(palette.colour(i));
            blue[i] = (byte) Rgb.blue(palette.colour(i));
        }
        return new IndexColorModel(8, red.length, red, green, blue, GifMetadata.TRANSPARENT);
    }

    private static ImageWriter newWriter() throws IOException {
        Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("gif");
        if (!writers.hasNext()) {
            throw new IOException("this Java has no GIF writer");
        }
        return writers.next();
    }
}
