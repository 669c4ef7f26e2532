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

    @Property(tries = 300)
    void nothingJumpsHoweverManyFramesThereAre(@ForAll long seed, @ForAll @IntRange(min = 2, max = 4000) int frames) {
        Spin spin = new Spin(seed, frames);
        double wheelStep = 0;
        double ballStep = 0;
        double ballStepOnRotor = 0;
        double radiusStep = 0;
        for (int frame = 1; frame < frames; frame++) {
            double wheel = spin.wheelAngleRadians(frame) - spin.wheelAngleRadians(frame - 1);
            double ball = spin.ballAngleRadians(frame) - spin.ballAngleRadians(frame - 1);
            assertThat(wheel).isNotNegative();
            assertThat(spin.ballRadius(frame)).isBetween(Spin.REST_RADIUS, Spin.TRACK_RADIUS);
            wheelStep = Math.max(wheelStep, wheel);
            ballStep = Math.max(ballStep, Math.abs(ball));
            ballStepOnRotor = Math.max(ballStepOnRotor, Math.abs(ball - wheel));
            radiusStep = Math.max(radiusStep, Math.abs(spin.ballRadius(frame) - spin.ballRadius(frame - 1)));
        }
        assertThat(wheelStep).isLessThan(Spin.MOST_WHEEL_STEP_RADIANS);
        assertThat(ballStep).isLessThan(Spin.MOST_BALL_STEP_RADIANS);
        assertThat(ballStepOnRotor).isLessThan(0.33);
        if (frames >= Spin.WHOLE_COURSE_FRAMES) {
            assertThat(radiusStep).isLessThan(0.05); // a twentieth of the wheel, when the ball lands
        }
    }

    @Property(tries = 200)
    void theRotorIsWhereItBeganWhenItStops(@ForAll long seed, @ForAll @IntRange(min = 120, max = 4000) int frames) {
        Spin spin = new Spin(seed, frames);
        double turns = (spin.wheelAngleRadians(frames - 1) - spin.wheelAngleRadians(0)) / (2 * Math.PI);

        assertThat(turns).isCloseTo(Math.rint(turns), within(EXACT)).isGreaterThan(0.5);
        assertThat(spin.wheelAngleRadians(frames - 1) - spin.wheelAngleRadians(frames - 2))
                .isLessThan(0.001);
        assertThat(spin.wheelAngleRadians(1) - spin.wheelAngleRadians(0)).isLessThan(0.001);
    }

    @Property(tries = 200)
    void theBallRidesAlongOnceItLiesInItsPocket(
            @ForAll long seed, @ForAll @IntRange(min = 120, max = 1000) int frames) {
        Spin spin = new Spin(seed, frames);
        int settled = frames - 1;
        while (spin.ballRadius(settled - 1) == Spin.REST_RADIUS
                && Math.abs(onRotor(spin, settled - 1) - onRotor(spin, frames - 1)) < EXACT) {
            settled--;
        }
        double ride = spin.ballAngleRadians(frames - 1) - spin.ballAngleRadians(settled);

        assertThat(frames - settled).isBetween(20, 40);
        assertThat(ride).isGreaterThan(0.3);
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
        assertThat(Double.toHexString(spin.wheelAngleRadians(0))).isEqualTo("-0x1.9fc7b13c3a7a5p1");
        assertThat(Double.toHexString(spin.ballAngleRadians(0))).isEqualTo("0x1.442dfbeb568e6p3");
        assertThat(Double.toHexString(spin.ballAngleRadians(75))).isEqualTo("0x1.f1d5967752172p0");
        assertThat(Double.toHexString(spin.ballRadius(75))).isEqualTo("0x1.1d0395810624ep-1");
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
