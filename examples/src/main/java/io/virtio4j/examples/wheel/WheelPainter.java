// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import io.virtio4j.examples.picture.GifFile;
import io.virtio4j.examples.picture.Palette;
import io.virtio4j.examples.picture.PixelRect;
import java.util.List;

/**
 * Paints the frames of a spin, one after the other into the same pixels.
 *
 * <p>What never changes is drawn once. A frame then repaints the rotor and the ball, and the result when it appears; everything
 * else stays. All arithmetic is exact or specified ({@code StrictMath}), and no font, window system or native rasteriser is
 * used: the same spin, size and frame give the same pixels on every JVM, with or without a display.
 *
 * <p>A pixel is one int, 0xFFRRGGBB; in memory, little-endian, that is the virtio GPU's {@code B8G8R8A8_UNORM} and
 * {@code B8G8R8X8_UNORM}. Rows follow each other from the top without a gap.
 *
 * <p>One thread at a time may use a painter.
 */
public final class WheelPainter {

    /** The most pixels that a picture may have: 16384 by 16384, the largest that common GPU devices take. */
    public static final int MAX_PIXELS = 1 << 28;

    private final Spin spin;
    private final Layout layout;
    private final int[] scenery;
    private final int[] pixels;
    private final Rotor rotor;
    private final Ball ball;
    private final List<Sprite> sprites;

    private int painted = -1;
    private PixelRect ballArea = PixelRect.EMPTY;
    private PixelRect damage = PixelRect.EMPTY;

    /**
     * A painter for one spin. Draws the unchanging parts, which takes some tenths of a second for a large picture.
     *
     * @param spin what to paint
     * @param width of the picture in pixels, at least 1
     * @param height of the picture in pixels, at least 1
     * @throws IllegalArgumentException if the picture has no pixel, or more than {@link #MAX_PIXELS}
     */
    public WheelPainter(Spin spin, int width, int height) {
        requireSize(width, height);
        this.spin = spin;
        this.layout = Layout.of(width, height);
        this.scenery = Scenery.draw(layout);
        this.pixels = scenery.clone();
        this.rotor = new Rotor(layout.wheelX(), layout.wheelY(), layout.wheelRadius(), width, height);
        this.ball = new Ball(layout, spin);
        this.sprites = Announcement.draw(layout, spin.result());
    }

    /**
     * A palette for an animated GIF of a spin, from small pictures of its beginning, its middle and its end.
     *
     * @param spin the spin
     * @param width of the pictures in pixels, at least 1
     * @param height of the pictures in pixels, at least 1
     * @return the palette
     * @throws IllegalArgumentException if the picture has no pixel, or more than {@link #MAX_PIXELS}
     */
    public static Palette palette(Spin spin, int width, int height) {
        requireSize(width, height);
        double scale = Math.min(1, (double) GifFile.LONGEST_SIDE / Math.max(width, height));
        int smallWidth = (int) Math.max(1, width * scale);
        int smallHeight = (int) Math.max(1, height * scale);
        WheelPainter painter = new WheelPainter(spin, smallWidth, smallHeight);
        int last = spin.frames() - 1;
        int[][] samples = new int[3][];
        for (int i = 0; i < samples.length; i++) {
            painter.paint((int) ((long) i * last / 2));
            samples[i] = painter.pixels.clone();
        }
        return Palette.of(samples);
    }

    private static void requireSize(int width, int height) {
        if (width < 1 || height < 1 || (long) width * height > MAX_PIXELS) {
            throw new IllegalArgumentException("cannot paint " + width + "x" + height
                    + " pixels: each side is at least 1, the product at most " + MAX_PIXELS);
        }
    }

    /**
     * What is painted.
     *
     * @return the spin
     */
    public Spin spin() {
        return spin;
    }

    /**
     * The width of the picture.
     *
     * @return pixels, at least 1
     */
    public int width() {
        return layout.width();
    }

    /**
     * The height of the picture.
     *
     * @return pixels, at least 1
     */
    public int height() {
        return layout.height();
    }

    /**
     * The picture itself, not a copy: the next {@link #paint} changes it. Only the painter may write to it.
     *
     * @return {@code width() * height()} pixels, 0xFFRRGGBB
     */
    public int[] pixels() {
        return pixels;
    }

    /**
     * What the last {@link #paint} changed: every pixel outside of this rectangle is as it was before. After the first frame
     * that is the whole picture.
     *
     * @return the bounding box; empty before the first frame, and when the same frame was painted again
     */
    public PixelRect damage() {
        return damage;
    }

    /**
     * Paints a frame. Frames may come in any order; the picture depends on the frame only.
     *
     * @param frame 0 to {@code spin().frames() - 1}
     * @throws IndexOutOfBoundsException if there is no such frame
     */
    public void paint(int frame) {
        double announced = spin.announcement(frame);
        if (frame == painted) {
            damage = PixelRect.EMPTY;
            return;
        }
        boolean first = painted < 0;
        double before = first ? 0 : spin.announcement(painted);
        PixelRect changed = rotor.area().union(ballArea);
        restore(ballArea);
        boolean announce = announced != before || (announced > 0 && isNearSprite(changed));
        for (Sprite sprite : sprites) {
            if (announce) {
                restore(sprite.area());
            }
            if (announced != before) {
                changed = changed.union(sprite.area());
            }
        }
        rotor.paint(pixels, width(), spin.wheelAngleRadians(frame));
        for (Sprite sprite : sprites) {
            if (announce) {
                sprite.paint(pixels, width(), announced);
            }
        }
        ballArea = ball.paint(pixels, frame);
        damage = first ? new PixelRect(0, 0, width(), height()) : changed.union(ballArea);
        painted = frame;
    }

    private boolean isNearSprite(PixelRect changed) {
        for (Sprite sprite : sprites) {
            if (sprite.area().intersects(changed)) {
                return true;
            }
        }
        return false;
    }

    private void restore(PixelRect area) {
        for (int row = area.y(); row < area.y() + area.height(); row++) {
            int at = row * width() + area.x();
            System.arraycopy(scenery, at, pixels, at, area.width());
        }
    }
}
