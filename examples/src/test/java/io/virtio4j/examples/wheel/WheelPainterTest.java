// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.examples.picture.PixelRect;
import io.virtio4j.examples.picture.Rgb;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WheelPainterTest {

    @Property(tries = 100)
    void everyChangedPixelLiesInTheDamage(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 200) int width,
            @ForAll @IntRange(min = 1, max = 200) int height,
            @ForAll @IntRange(min = 2, max = 150) int frames) {
        WheelPainter painter = new WheelPainter(new Spin(seed, frames), width, height);
        painter.paint(0);
        assertThat(painter.damage()).isEqualTo(new PixelRect(0, 0, width, height));
        // Every frame of the end, where the result appears, and larger steps before.
        for (int frame = 1; frame < frames; frame += frame < 0.8 * frames ? 5 : 1) {
            int[] before = painter.pixels().clone();
            painter.paint(frame);
            assertThat(changedOutside(before, painter))
                    .as("changed outside of the damage of frame %d", frame)
                    .isZero();
        }
    }

    @Property(tries = 60)
    void aFrameDoesNotDependOnTheFramesPaintedBefore(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 160) int width,
            @ForAll @IntRange(min = 1, max = 160) int height,
            @ForAll @IntRange(min = 0, max = 59) int first,
            @ForAll @IntRange(min = 0, max = 59) int second,
            @ForAll @IntRange(min = 0, max = 59) int third) {
        Spin spin = new Spin(seed, 60);
        WheelPainter used = new WheelPainter(spin, width, height);
        used.paint(first);
        used.paint(second);
        int[] before = used.pixels().clone();
        used.paint(third);
        WheelPainter fresh = new WheelPainter(spin, width, height);
        fresh.paint(third);

        assertThat(used.pixels()).isEqualTo(fresh.pixels());
        assertThat(changedOutside(before, used)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"100, 100", "160, 90", "90, 160"})
    void theResultStaysOnceItIsShown(int width, int height) {
        Spin spin = new Spin(11, 120);
        WheelPainter painter = new WheelPainter(spin, width, height);
        for (int frame = 90; frame < 120; frame++) {
            painter.paint(frame);
        }
        WheelPainter fresh = new WheelPainter(spin, width, height);
        fresh.paint(119);

        assertThat(painter.pixels()).isEqualTo(fresh.pixels());
    }

    @Test
    void theDamageOfASpinningWheelIsTheWheelOnly() {
        WheelPainter painter = new WheelPainter(new Spin(5, 120), 640, 360);
        painter.paint(10);
        painter.paint(11);

        assertThat(painter.damage().x() + painter.damage().width()).isLessThan(360);
    }

    @Test
    void thePixelsChangeFromFrameToFrame() {
        WheelPainter painter = new WheelPainter(new Spin(5, 120), 320, 180);
        long previous = -1;
        for (int frame = 0; frame < 119; frame++) {
            painter.paint(frame);
            long now = checksum(painter);
            assertThat(now).isNotEqualTo(previous);
            previous = now;
        }
    }

    @Test
    void paintingTheSameFrameAgainDamagesNothing() {
        WheelPainter painter = new WheelPainter(new Spin(5, 120), 320, 180);
        painter.paint(40);
        long painted = checksum(painter);
        painter.paint(40);

        assertThat(painter.damage().isEmpty()).isTrue();
        assertThat(checksum(painter)).isEqualTo(painted);
    }

    /** The number changes with every change of the picture's looks; what matters is that all JVMs agree on it. */
    @Test
    void aSeedMeansTheSamePixelsOnEveryJvm() {
        WheelPainter painter = new WheelPainter(new Spin(7, 120), 320, 180);
        painter.paint(60);
        assertThat(checksum(painter)).isEqualTo(0x823437c5L);
        painter.paint(119);
        assertThat(checksum(painter)).isEqualTo(0xaa0acb5eL);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "1, 1000", "1000, 1", "37, 53", "53, 37", "1920, 1080", "480, 800"})
    void everySizeIsPaintedFullyAndOpaque(int width, int height) {
        WheelPainter painter = new WheelPainter(new Spin(3, 10), width, height);
        assertThat(painter.width()).isEqualTo(width);
        assertThat(painter.height()).isEqualTo(height);
        for (int frame = 0; frame < 10; frame++) {
            painter.paint(frame);
        }
        assertThat(painter.pixels()).hasSize(width * height);
        for (int pixel : painter.pixels()) {
            assertThat(pixel & Rgb.OPAQUE).isEqualTo(Rgb.OPAQUE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 10, Integer.MIN_VALUE})
    void aFrameThatIsNotThereIsRefused(int frame) {
        WheelPainter painter = new WheelPainter(new Spin(1, 10), 8, 8);

        assertThatThrownBy(() -> painter.paint(frame)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @CsvSource({"0, 10", "10, 0", "-1, 10", "65536, 65536"})
    void aPictureThatCannotBeIsRefused(int width, int height) {
        assertThatThrownBy(() -> new WheelPainter(new Spin(1, 1), width, height))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(width + "x" + height);
    }

    @Property(tries = 40)
    void theBallIsSeenInThePocketThatIsAnnounced(@ForAll long seed) {
        Spin spin = new Spin(seed, 30);
        WheelPainter painter = new WheelPainter(spin, 640, 360);
        painter.paint(29);
        Layout layout = Layout.of(640, 360);

        int ball = pixel(painter, layout, spin.ballAngleRadians(29), Spin.REST_RADIUS);
        assertThat(Rgb.blue(ball)).as("the ball is white").isGreaterThan(150);
        // Beside the ball, in the same pocket, and on the field with its number, away from the digits.
        for (int side : new int[] {-1, 1}) {
            double aside = side * 0.40 * EuropeanWheel.POCKET_ANGLE_RADIANS;
            int field = pixel(painter, layout, spin.ballAngleRadians(29) + aside, 0.668);
            assertThat(colourOf(field)).as("number field of %d", spin.result()).isEqualTo(spin.colour());
        }
        double aboveNumber = layout.plaqueY() - 0.7 * layout.plaqueRadius();
        int plaque = painter.pixels()[((int) aboveNumber) * painter.width() + (int) layout.plaqueX()];
        assertThat(colourOf(plaque)).as("plaque of %d", spin.result()).isEqualTo(spin.colour());
    }

    @Test
    void eachResultIsAnnouncedDifferently() {
        Layout layout = Layout.of(640, 360);
        long[] seen = new long[EuropeanWheel.POCKETS];
        for (int result = 0; result < seen.length; result++) {
            seen[result] = checksum(Announcement.draw(layout, result).get(0).colours());
        }
        assertThat(seen).doesNotHaveDuplicates();
    }

    private static int pixel(WheelPainter painter, Layout layout, double angle, double radius) {
        int x = (int) (layout.wheelX() + radius * layout.wheelRadius() * Math.sin(angle));
        int y = (int) (layout.wheelY() - radius * layout.wheelRadius() * Math.cos(angle));
        return painter.pixels()[y * painter.width() + x];
    }

    private static PocketColour colourOf(int colour) {
        if (Rgb.red(colour) > 2 * Rgb.green(colour)) {
            return PocketColour.RED;
        }
        return Rgb.green(colour) > 1.5 * Rgb.red(colour) ? PocketColour.GREEN : PocketColour.BLACK;
    }

    private static int changedOutside(int[] before, WheelPainter painter) {
        int changed = 0;
        for (int i = 0; i < before.length; i++) {
            if (before[i] != painter.pixels()[i]
                    && !painter.damage().contains(i % painter.width(), i / painter.width())) {
                changed++;
            }
        }
        return changed;
    }

    private static long checksum(WheelPainter painter) {
        return checksum(painter.pixels());
    }

    private static long checksum(int[] pixels) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * pixels.length);
        bytes.asIntBuffer().put(pixels);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }
}
