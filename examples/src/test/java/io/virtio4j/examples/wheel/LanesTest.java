// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.examples.picture.Rgb;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class LanesTest {

    @Property
    void gatheringUndoesSpreading(@ForAll int colour) {
        assertThat(Lanes.gather(Lanes.spread(colour))).isEqualTo(colour | Rgb.OPAQUE);
    }

    @Property
    void eachChannelIsInterpolatedByItself(
            @ForAll int first, @ForAll int second, @ForAll @IntRange(min = 0, max = 255) int part) {
        int between = Lanes.gather(Lanes.between(Lanes.spread(first), Lanes.spread(second), part));

        assertThat(Rgb.red(between)).isEqualTo(mean(Rgb.red(first), Rgb.red(second), part));
        assertThat(Rgb.green(between)).isEqualTo(mean(Rgb.green(first), Rgb.green(second), part));
        assertThat(Rgb.blue(between)).isEqualTo(mean(Rgb.blue(first), Rgb.blue(second), part));
    }

    @Property
    void noLightMakesAColourOverflow(
            @ForAll int colour,
            @ForAll @DoubleRange(min = -1, max = 3) double lit,
            @ForAll @DoubleRange(min = -1, max = 3) double shine) {
        int light = Light.pack(lit, shine);
        int seen = Light.apply(colour, light);
        int own = light >>> 24;

        assertThat(Rgb.red(seen)).isEqualTo(Rgb.red(colour) * own / 256 + Rgb.red(light));
        assertThat(Rgb.green(seen)).isEqualTo(Rgb.green(colour) * own / 256 + Rgb.green(light));
        assertThat(Rgb.blue(seen)).isEqualTo(Rgb.blue(colour) * own / 256 + Rgb.blue(light));
    }

    private static int mean(int first, int second, int part) {
        return (first * (256 - part) + second * part) / 256;
    }
}
