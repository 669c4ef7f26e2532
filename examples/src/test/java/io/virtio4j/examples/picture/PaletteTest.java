// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

class PaletteTest {

    @Test
    void fewColoursAreAllKept() {
        int[] colours = {0xFF000000, 0xFFFFFFFF, 0xFFC01020, 0xFF108040, 0xFF1020C0};
        Palette palette = Palette.of(colours);

        assertThat(palette.size()).isEqualTo(colours.length);
        for (int colour : colours) {
            assertClose(palette.colour(palette.indexOf(colour)), colour, 4);
        }
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void manyColoursAreStoodForByNearOnes(@ForAll long seed) {
        // A cloud of two channels, as in a picture; 255 colours fill it densely.
        int[] cloud = new Random(seed)
                .ints(20_000, 0, 1 << 16)
                .map(n -> Rgb.of(n >> 8, n & 0xFF, 40))
                .toArray();
        Palette palette = Palette.of(cloud);

        assertThat(palette.size()).isEqualTo(Palette.MAX_COLOURS);
        for (int colour : cloud) {
            assertClose(palette.colour(palette.indexOf(colour)), colour, 24);
        }
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void aLargePlainAreaDoesNotTakeTheColoursOfSmallThings(@ForAll long seed) {
        // Felt with its nap, and a few pixels of everything else.
        Random random = new Random(seed);
        int[] felt = random.ints(200_000).map(n -> (n & 0x1F1F1F) | 0x106000).toArray();
        int[] things = random.ints(300).toArray();
        Palette palette = Palette.of(felt, things);

        double error = 0;
        for (int thing : things) {
            error += Math.abs(Rgb.green(palette.colour(palette.indexOf(thing))) - Rgb.green(thing));
        }
        assertThat(error / things.length).isLessThan(4.4);
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void theAnswerDoesNotDependOnTheQuestionsBefore(@ForAll long seed) {
        int[] picture = new Random(seed).ints(3_000).toArray();
        Palette one = Palette.of(picture);
        Palette other = Palette.of(picture);
        for (int i = 0; i < picture.length; i++) {
            other.indexOf(picture[picture.length - 1 - i]);
        }
        for (int colour : picture) {
            assertThat(one.indexOf(colour)).isEqualTo(other.indexOf(colour));
        }
    }

    @Test
    void noPixelGivesNoPalette() {
        assertThatThrownBy(() -> Palette.of(new int[0])).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertClose(int found, int wanted, int tolerance) {
        assertThat(Math.abs(Rgb.red(found) - Rgb.red(wanted))).isLessThanOrEqualTo(tolerance);
        assertThat(Math.abs(Rgb.green(found) - Rgb.green(wanted))).isLessThanOrEqualTo(tolerance);
        // The eye hardly sees a step in blue, and the palette saves there.
        assertThat(Math.abs(Rgb.blue(found) - Rgb.blue(wanted))).isLessThanOrEqualTo(2 * tolerance);
    }
}
