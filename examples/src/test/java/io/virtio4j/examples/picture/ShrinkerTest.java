// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ShrinkerTest {

    @Property(tries = 200)
    void aPlainPictureKeepsItsColour(
            @ForAll int colour,
            @ForAll @IntRange(min = 1, max = 90) int width,
            @ForAll @IntRange(min = 1, max = 90) int height,
            @ForAll @IntRange(min = 1, max = 90) int divisor) {
        int[] plain = new int[width * height];
        Arrays.fill(plain, colour);
        Shrinker shrinker = new Shrinker(width, height, 1 + (width - 1) / divisor, 1 + (height - 1) / divisor);

        assertThat(shrinker.shrink(plain)).containsOnly(colour | Rgb.OPAQUE);
    }

    @Property(tries = 200)
    void theMeanBrightnessStays(
            @ForAll long seed,
            @ForAll @IntRange(min = 8, max = 60) int width,
            @ForAll @IntRange(min = 8, max = 60) int height,
            @ForAll @IntRange(min = 1, max = 8) int smallWidth,
            @ForAll @IntRange(min = 1, max = 8) int smallHeight) {
        int[] picture = new Random(seed).ints((long) width * height).toArray();
        Shrinker shrinker = new Shrinker(width, height, smallWidth, smallHeight);

        double before = Arrays.stream(picture).map(Rgb::green).average().orElseThrow();
        double after = Arrays.stream(shrinker.shrink(picture))
                .map(Rgb::green)
                .average()
                .orElseThrow();
        assertThat(after).isCloseTo(before, within(1.5));
    }

    @Test
    void aPixelIsTheMeanOfTheAreaThatItCovers() {
        int[] row = {0xFF000000, 0xFF303030, 0xFF909090};

        // Two pixels out of three: each covers one and a half.
        assertThat(new Shrinker(3, 1, 2, 1).shrink(row)).containsExactly(0xFF101010, 0xFF707070);
    }

    @Test
    void theSameSizeChangesNothing() {
        int[] picture =
                new Random(1).ints(20 * 10).map(colour -> colour | Rgb.OPAQUE).toArray();

        assertThat(new Shrinker(20, 10, 20, 10).shrink(picture)).isEqualTo(picture);
    }

    @Test
    void tooFewPixelsAreRefused() {
        assertThatThrownBy(() -> new Shrinker(4, 4, 2, 2).shrink(new int[15]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4x4");
    }
}
