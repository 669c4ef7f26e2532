// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LetteringTest {

    private static final int WIDTH = 48;
    private static final int HEIGHT = 32;

    @ParameterizedTest
    @ValueSource(ints = {7, 10, 20})
    void allNumbersOfTheWheelLookDifferent(int heightPixels) {
        boolean[][] drawn = new boolean[EuropeanWheel.POCKETS][];
        for (int number = 0; number < drawn.length; number++) {
            drawn[number] = draw(Integer.toString(number), heightPixels);
        }
        for (int one = 0; one < drawn.length; one++) {
            for (int other = 0; other < one; other++) {
                int ink = Math.min(count(drawn[one]), count(drawn[other]));
                assertThat(differences(drawn[one], drawn[other]))
                        .as("%d and %d at %d pixels", one, other, heightPixels)
                        .isGreaterThan(ink / 10);
            }
        }
    }

    @Test
    void aNineIsASixUpsideDown() {
        boolean[] six = draw("6", 20);
        boolean[] nine = draw("9", 20);
        boolean[] turned = new boolean[six.length];
        for (int i = 0; i < six.length; i++) {
            turned[i] = six[six.length - 1 - i];
        }
        assertThat(nine).isEqualTo(turned);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "17", "36", "1-18", "EVEN", "ODD"})
    void aTextIsAsHighAsAskedForAndCentred(String text) {
        double height = 20;
        DistanceField field = Lettering.text(text, 0, 0, height);
        double top = Double.MAX_VALUE;
        double bottom = -Double.MAX_VALUE;
        double left = Double.MAX_VALUE;
        double right = -Double.MAX_VALUE;
        for (double y = -30; y < 30; y += 0.25) {
            for (double x = -60; x < 60; x += 0.25) {
                if (field.at(x, y) <= 0) {
                    top = Math.min(top, y);
                    bottom = Math.max(bottom, y);
                    left = Math.min(left, x);
                    right = Math.max(right, x);
                }
            }
        }
        assertThat(bottom - top).isBetween(height - 1, height + 0.5);
        assertThat(Math.abs(top + bottom)).isLessThan(1);
        assertThat(Math.abs(left + right)).isLessThan(2.5);
        assertThat(right - left).isBetween(Lettering.width(text) * height * 0.8 - 3, Lettering.width(text) * height);
    }

    @Test
    void aCharacterWithoutAGlyphIsRefused() {
        assertThatThrownBy(() -> Lettering.text("7?", 0, 0, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("?");
    }

    private static boolean[] draw(String text, int heightPixels) {
        Raster raster = new Raster(WIDTH, HEIGHT);
        raster.fill(
                Lettering.text(text, WIDTH / 2.0, HEIGHT / 2.0, heightPixels),
                WIDTH / 2.0,
                HEIGHT / 2.0,
                WIDTH,
                Ink.of(0xFFFFFFFF));
        boolean[] ink = new boolean[raster.pixels.length];
        for (int i = 0; i < ink.length; i++) {
            ink[i] = raster.pixels[i] >>> 24 >= 0x80;
        }
        return ink;
    }

    private static int count(boolean[] ink) {
        return differences(ink, new boolean[ink.length]);
    }

    private static int differences(boolean[] one, boolean[] other) {
        int differences = 0;
        for (int i = 0; i < one.length; i++) {
            if (one[i] != other[i]) {
                differences++;
            }
        }
        return differences;
    }
}
