// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SpinTest {

    private static final double EXACT = 1e-9;

    @Property
    void theBallEndsInTheMiddleOfTheAnnouncedPocket(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 5000) int frames) {
        Spin spin = new Spin(seed, frames);
        int last = frames - 1;

        assertThat(onRotor(spin, last)).isCloseTo(EuropeanWheel.angleOfRadians(spin.result()), within(EXACT));
        assertThat(spin.ballRadius(last)).isEqualTo(Spin.REST_RADIUS);
        assertThat(spin.announcement(last)).isEqualTo(1);
        assertThat(spin.colour()).isEqualTo(EuropeanWheel.colourOf(spin.result()));
    }

    @Property(tries = 200)
    void nothingIsAnnouncedWhileTheBallMovesOnTheRotor(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 400) int frames) {
        Spin spin = new Spin(seed, frames);
        double shown = 0;
        for (int frame = 0; frame < frames; frame++) {
            double announcement = spin.announcement(frame);
            assertThat(announcement).isBetween(shown, 1.0);
            if (announcement > 0) {
                assertThat(onRotor(spin, frame)).isCloseTo(EuropeanWheel.angleOfRadians(spin.result()), within(EXACT));
                assertThat(spin.ballRadius(frame)).isEqualTo(Spin.REST_RADIUS);
            }
            shown = announcement;
        }
    }

    @Property(tries = 200)
    void theBallStartsOnTheTrackAndRunsAgainstTheWheel(
            @ForAll long seed, @ForAll @IntRange(min = 10, max = 400) int frames) {
        Spin spin = new Spin(seed, frames);

        assertThat(spin.ballRadius(0)).isEqualTo(Spin.TRACK_RADIUS);
        assertThat(spin.wheelAngleRadians(1)).isGreaterThan(spin.wheelAngleRadians(0));
        assertThat(spin.ballAngleRadians(1)).isLessThan(spin.ballAngleRadians(0));
    }

    @Property(tries = 200)
    void theBallStaysInTheBowlAndNeverJumps(@ForAll long seed) {
        int frames = 3000;
        Spin spin = new Spin(seed, frames);
        for (int frame = 1; frame < frames; frame++) {
            assertThat(spin.ballRadius(frame)).isBetween(Spin.REST_RADIUS, Spin.TRACK_RADIUS);
            assertThat(Math.abs(spin.ballRadius(frame) - spin.ballRadius(frame - 1)))
                    .isLessThan(0.01);
            assertThat(Math.abs(spin.ballAngleRadians(frame) - spin.ballAngleRadians(frame - 1)))
                    .isLessThan(0.2);
            assertThat(spin.wheelAngleRadians(frame)).isGreaterThanOrEqualTo(spin.wheelAngleRadians(frame - 1));
        }
    }

    @Property(tries = 200)
    void theBallHopsBeforeItLiesStill(@ForAll long seed) {
        Spin spin = new Spin(seed, 600);
        int hops = 0;
        for (int frame = 2; frame < 600; frame++) {
            boolean wasRising = spin.ballRadius(frame - 1) > spin.ballRadius(frame - 2);
            if (wasRising && spin.ballRadius(frame) <= spin.ballRadius(frame - 1)) {
                hops++;
            }
        }
        assertThat(hops).isBetween(2, 3);
    }

    @Test
    void neighbouringSeedsGiveAllNumbersAboutEquallyOften() {
        int spins = 37_000;
        int[] counts = new int[EuropeanWheel.POCKETS];
        for (int seed = 0; seed < spins; seed++) {
            counts[new Spin(seed, 1).result()]++;
        }
        double expected = (double) spins / EuropeanWheel.POCKETS;
        double chiSquare = 0;
        for (int count : counts) {
            chiSquare += (count - expected) * (count - expected) / expected;
        }
        // 36 degrees of freedom: a fair wheel exceeds 68 once in a thousand times.
        assertThat(chiSquare).isLessThan(68);
    }

    @Test
    void aSeedMeansTheSameSpinOnEveryJvm() {
        Spin spin = new Spin(7, 120);

        assertThat(spin.result()).isEqualTo(32);
        assertThat(Double.toHexString(spin.wheelAngleRadians(0))).isEqualTo("-0x1.fb6fbdd9a19b9p1");
        assertThat(Double.toHexString(spin.ballAngleRadians(0))).isEqualTo("0x1.6ab1e244c50c6p4");
        assertThat(Double.toHexString(spin.ballAngleRadians(85))).isEqualTo("0x1.720fd568c3414p1");
        assertThat(Double.toHexString(spin.ballRadius(85))).isEqualTo("0x1.2ab3f879b215ep-1");
    }

    @Test
    void aSpinHasAtLeastOneFrame() {
        assertThatThrownBy(() -> new Spin(1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0");
    }

    @Test
    void onlyItsOwnFramesCanBeAskedFor() {
        Spin spin = new Spin(1, 3);

        assertThatThrownBy(() -> spin.ballAngleRadians(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> spin.wheelAngleRadians(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    /** The ball's angle on the rotor, clockwise from the zero, in [0, 2 pi). */
    private static double onRotor(Spin spin, int frame) {
        double angle = spin.ballAngleRadians(frame) - spin.wheelAngleRadians(frame);
        double turn = 2 * Math.PI;
        double reduced = angle - turn * Math.floor(angle / turn);
        // The zero's own pocket lies on both sides of the seam.
        return reduced > turn - EXACT ? 0 : reduced;
    }
}
