// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import java.util.Random;

/**
 * The course of the ball as the rotor sees it: it runs on the track, falls, hops, lies still. Times in frames, counted from
 * the end for all but the run, which takes what is left. Immutable.
 */
final class BallCourse {

    static final double TRACK_RADIUS = 0.862;
    static final double REST_RADIUS = 0.522;

    private static final double THROW_FRAMES = 8;
    private static final double FALL_FRAMES = 18;
    private static final double HOP_FRAMES = 24;
    private static final double RIDE_FRAMES = 34;

    // Against the rotor, a frame.
    private static final double SPEED_THROWN = 0.32;
    private static final double SPEED_AT_DROP = 0.18;
    private static final double SPEED_AT_LANDING = 0.11;

    /** While it falls the ball is thrown up a little by what it strikes, between these parts of the fall. */
    private static final double STRIKE = 0.50;

    private static final double STRIKE_END = 0.86;
    private static final double STRIKE_HEIGHT = 0.03;

    // The hops after the landing. A hop lasts as long as the square root of its height, as under gravity.
    private static final double FIRST_HOP_END = 0.50;
    private static final double SECOND_HOP_END = 0.82;
    private static final double SECOND_HOP_HEIGHT = 0.045;
    private static final double LAST_HOP_HEIGHT = 0.012;

    private final double thrown;
    private final double drop;
    private final double landing;
    private final double settled;
    private final double landingOffset;
    private final double secondHopOffset;
    private final double firstHopHeight;

    /**
     * A course.
     *
     * @param length from the first frame to the last, at least 1
     * @param haste 1, or less where there is too little time for a whole course
     * @param random decides the hops
     */
    BallCourse(double length, double haste, Random random) {
        this.thrown = THROW_FRAMES * haste;
        this.settled = length - RIDE_FRAMES * haste;
        this.landing = settled - HOP_FRAMES * haste;
        this.drop = landing - FALL_FRAMES * haste;
        // In haste it hops less far: a hop of many pockets from one frame to the next would be a jump.
        this.landingOffset = haste * EuropeanWheel.POCKET_ANGLE_RADIANS * (3 + random.nextInt(4));
        this.secondHopOffset = haste * EuropeanWheel.POCKET_ANGLE_RADIANS * (random.nextInt(3) == 0 ? -1 : 1);
        this.firstHopHeight = 0.075 + 0.03 * random.nextDouble();
    }

    /** From when on the ball lies still. */
    double settled() {
        return settled;
    }

    /** How far from the wheel's centre. */
    double radius(double time) {
        if (time >= landing) {
            return REST_RADIUS + height(time);
        }
        double fall = Math.max(0, (time - drop) / (landing - drop));
        return TRACK_RADIUS - (TRACK_RADIUS - REST_RADIUS) * fall * fall;
    }

    /** How high above the surface that it rolls on. */
    double height(double time) {
        if (time >= settled || time <= drop) {
            return 0;
        }
        if (time < landing) {
            double fall = (time - drop) / (landing - drop);
            return STRIKE_HEIGHT * Math.max(0, parabola((fall - STRIKE) / (STRIKE_END - STRIKE)));
        }
        double hops = (time - landing) / (settled - landing);
        if (hops < FIRST_HOP_END) {
            return parabola(hops / FIRST_HOP_END) * firstHopHeight;
        }
        if (hops < SECOND_HOP_END) {
            return parabola((hops - FIRST_HOP_END) / (SECOND_HOP_END - FIRST_HOP_END)) * SECOND_HOP_HEIGHT;
        }
        return parabola((hops - SECOND_HOP_END) / (1 - SECOND_HOP_END)) * LAST_HOP_HEIGHT;
    }

    /** The angle on the rotor, counted from the pocket in which it will lie: exactly 0 once it lies there. */
    double offset(double time) {
        if (time >= settled) {
            return 0;
        }
        if (time >= landing) {
            double hops = (time - landing) / (settled - landing);
            if (hops < FIRST_HOP_END) {
                return landingOffset + (secondHopOffset - landingOffset) * hops / FIRST_HOP_END;
            }
            double hop = (hops - FIRST_HOP_END) / (SECOND_HOP_END - FIRST_HOP_END);
            return secondHopOffset * Math.max(0, 1 - hop);
        }
        double falling = landing - drop;
        double beforeLanding = distance(falling, falling, SPEED_AT_DROP, SPEED_AT_LANDING);
        if (time >= drop) {
            return landingOffset + beforeLanding - distance(time - drop, falling, SPEED_AT_DROP, SPEED_AT_LANDING);
        }
        double running = Ramp.rise(drop, thrown);
        double left = distance(running, running, SPEED_THROWN, SPEED_AT_DROP)
                - distance(Ramp.rise(time, thrown), running, SPEED_THROWN, SPEED_AT_DROP);
        return landingOffset + beforeLanding + left;
    }

    /** How far one comes in a time when the speed changes evenly from one value to another within {@code span}. */
    private static double distance(double time, double span, double from, double to) {
        return from * time + (to - from) * time * time / (2 * span);
    }

    private static double parabola(double part) {
        return 4 * part * (1 - part);
    }
}
