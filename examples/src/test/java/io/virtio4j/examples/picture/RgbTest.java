// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.picture;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RgbTest {

    @Property
    void channelsDoNotLeakIntoEachOther(
            @ForAll int below, @ForAll int colour, @ForAll @IntRange(min = 0, max = 256) int alpha) {
        int over = Rgb.over(below, colour, alpha);

        assertThat(Rgb.red(over)).isEqualTo((Rgb.red(colour) * alpha + Rgb.red(below) * (256 - alpha)) / 256);
        assertThat(Rgb.green(over)).isEqualTo((Rgb.green(colour) * alpha + Rgb.green(below) * (256 - alpha)) / 256);
        assertThat(Rgb.blue(over)).isEqualTo((Rgb.blue(colour) * alpha + Rgb.blue(below) * (256 - alpha)) / 256);
        assertThat(over >>> 24).isEqualTo(0xFF);
    }

    @Property
    void aMixBeginsAtOneColourAndEndsAtTheOther(@ForAll int first, @ForAll int second) {
        assertThat(Rgb.mix(first, second, 0)).isEqualTo(first | Rgb.OPAQUE);
        assertThat(Rgb.mix(first, second, 1)).isEqualTo(second | Rgb.OPAQUE);
        assertThat(Rgb.mix(first, second, -3)).isEqualTo(first | Rgb.OPAQUE);
        assertThat(Rgb.mix(first, second, 7)).isEqualTo(second | Rgb.OPAQUE);
    }

    @Property
    void brighterThanWhiteIsWhite(@ForAll int colour) {
        assertThat(Rgb.scale(colour, 1)).isEqualTo(colour | Rgb.OPAQUE);
        assertThat(Rgb.scale(colour | 0x010101, 1000)).isEqualTo(0xFFFFFFFF);
        assertThat(Rgb.scale(colour, 0)).isEqualTo(Rgb.OPAQUE);
    }
}
