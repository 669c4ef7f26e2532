// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import java.util.Objects;
import java.util.Random;

/**
 * One spin of the wheel as a pure function of the frame: the same seed and the same number of frames give the same numbers on
 * every JVM, whatever the clock, the locale or the processor.
 *
 * <p>The spin spans all frames. The rotor turns clockwise and slows down to a stand. The ball is thrown against it on the outer
 * track, loses speed, falls inward, hops over a few pockets, comes to rest in the pocket of {@link #result()} and from then on
 * turns with the rotor. In the last frame it lies exactly in the middle of that pocket, also when there is only one frame.
 *
 * <p>Angles are in radians, clockwise from twelve o'clock, and are not reduced to one turn. Radii and heights are fractions of
 * the wheel's outer radius.
 *
 * <p>Immutable; any thread may call.
 */
public final class Spin {

    /** Where the ball runs before it falls. */
    static final double TRACK_RADIUS = 0.862;

    /** Where the ball lies in a pocket. */
    static final double REST_RADIUS = 0.522;

    // The course of the ball, as parts of the whole spin: it leaves the track, touches the rotor, lies still.
    private static final double DROP = 0.50;
    private static final double LANDING = 0.655;
    private static final double SETTLED = 0.815;
    private static final double ANNOUNCE = 0.835;
    private static final double ANNOUNCED = 0.90;

    // The ball's speed against the rotor at these moments; only the proportions matter.
    private static final double SPEED_AT_START = 1.0;
    private static final double SPEED_AT_DROP = 0.47;
    private static final double SPEED_AT_LANDING = 0.24;
    private static final double DISTANCE_TO_DROP = DROP * (SPEED_AT_START + SPEED_AT_DROP) / 2;
    private static final double DISTANCE_TO_LANDING =
            DISTANCE_TO_DROP + (LANDING - DROP) * (SPEED_AT_DROP + SPEED_AT_LANDING) / 2;

    // The hops after the landing. A hop lasts as long as the square root of its height, as under gravity.
    private static final double FIRST_HOP_END = 0.50;
    private static final double SECOND_HOP_END = 0.82;
    private static final double SECOND_HOP_HEIGHT = 0.045;
    private static final double LAST_HOP_HEIGHT = 0.012;

    private static final double FULL_TURN = 2 * Math.PI;

    private final long seed;
    private final int frames;
    private final int result;
    private final double restAngle;
    private final double wheelEnd;
    private final double wheelTravel;
    private final double ballTravel;
    private final int landingOffset;
    private final int secondHopOffset;
    private final double firstHopHeight;

    /**
     * A spin.
     *
     * @param seed what the result and the course are drawn from
     * @param frames how many frames the spin spans, at least 1
     * @throws IllegalArgumentException if {@code frames} is less than 1
     */
    public Spin(long seed, int frames) {
        if (frames < 1) {
            throw new IllegalArgumentException("a spin has at least 1 frame, not " + frames);
        }
        this.seed = seed;
        this.frames = frames;
        // java.util.Random is the generator whose algorithm is part of its specification. Neighbouring seeds give it
        // similar first draws, so they are spread over all 64 bits first.
        Random random = new Random(spread(seed));
        this.result = random.nextInt(EuropeanWheel.POCKETS);
        this.restAngle = EuropeanWheel.angleOfRadians(result);
        this.wheelEnd = random.nextDouble() * FULL_TURN;
        // A longer spin has more turns, so that it neither crawls nor rattles; the cap keeps a very long one calm.
        this.wheelTravel = FULL_TURN * Math.min(12.0, 0.35 + frames / 160.0) * (0.9 + 0.2 * random.nextDouble());
        this.ballTravel = FULL_TURN * Math.min(32.0, 1.6 + frames / 50.0) * (0.9 + 0.2 * random.nextDouble());
        this.landingOffset = 3 + random.nextInt(4);
        this.secondHopOffset = random.nextInt(3) == 0 ? -1 : 1;
        this.firstHopHeight = 0.075 + 0.03 * random.nextDouble();
    }

    /**
     * What everything was drawn from.
     *
     * @return the seed
     */
    public long seed() {
        return seed;
    }

    /**
     * How many frames the spin spans.
     *
     * @return at least 1
     */
    public int frames() {
        return frames;
    }

    /**
     * The number on which the ball comes to rest.
     *
     * @return 0 to 36
     */
    public int result() {
        return result;
    }

    /**
     * The colour of the number on which the ball comes to rest.
     *
     * @return the colour
     */
    public PocketColour colour() {
        return EuropeanWheel.colourOf(result);
    }

    /**
     * How far the rotor has turned: the angle at which the centre of the zero stands.
     *
     * @param frame 0 to {@code frames() - 1}
     * @return radians, clockwise from twelve o'clock
     * @throws IndexOutOfBoundsException if there is no such frame
     */
    public double wheelAngleRadians(int frame) {
        return wheelAngle(progress(frame));
    }

    /**
     * Where the ball is around the wheel's centre.
     *
     * @param frame 0 to {@code frames() - 1}
     * @return radians, clockwise from twelve o'clock
     * @throws IndexOutOfBoundsException if there is no such frame
     */
    public double ballAngleRadians(int frame) {
        return ballAngle(progress(frame));
    }

    /**
     * How far the ball's centre is from the wheel's centre.
     *
     * @param frame 0 to {@code frames() - 1}
     * @return a fraction of the wheel's outer radius
     * @throws IndexOutOfBoundsException if there is no such frame
     */
    public double ballRadius(int frame) {
        return ballRadius(progress(frame));
    }

    /**
     * How strongly the result is shown.
     *
     * @param frame 0 to {@code frames() - 1}
     * @return 0 while the ball moves, 1 once the result stands, between them while it fades in; 1 in the last frame
     * @throws IndexOutOfBoundsException if there is no such frame
     */
    public double announcement(int frame) {
        double progress = progress(frame);
        return smooth((progress - ANNOUNCE) / (ANNOUNCED - ANNOUNCE));
    }

    /** The part of the spin that is over at a frame: 0 in the first, 1 in the last. */
    double progress(int frame) {
        Objects.checkIndex(frame, frames);
        return frames == 1 ? 1.0 : (double) frame / (frames - 1);
    }

    double wheelAngle(double progress) {
        double left = 1 - progress;
        return wheelEnd - wheelTravel * left * left;
    }

    double ballAngle(double progress) {
        return wheelAngle(progress) + restAngle + offset(progress);
    }

    double ballRadius(double progress) {
        if (progress <= DROP) {
            return TRACK_RADIUS;
        }
        if (progress <= LANDING) {
            double fall = (progress - DROP) / (LANDING - DROP);
            return TRACK_RADIUS - (TRACK_RADIUS - REST_RADIUS) * fall * fall;
        }
        return REST_RADIUS + ballHeight(progress);
    }

    /** How high the ball flies above the surface that it rolls on. */
    double ballHeight(double progress) {
        if (progress <= LANDING || progress >= SETTLED) {
            return 0;
        }
        double hops = (progress - LANDING) / (SETTLED - LANDING);
        if (hops < FIRST_HOP_END) {
            return parabola(hops / FIRST_HOP_END) * firstHopHeight;
        }
        if (hops < SECOND_HOP_END) {
            return parabola((hops - FIRST_HOP_END) / (SECOND_HOP_END - FIRST_HOP_END)) * SECOND_HOP_HEIGHT;
        }
        return parabola((hops - SECOND_HOP_END) / (1 - SECOND_HOP_END)) * LAST_HOP_HEIGHT;
    }

    /** The ball's angle on the rotor, counted from the pocket in which it will lie: exactly 0 once it lies there. */
    private double offset(double progress) {
        double pocket = EuropeanWheel.POCKET_ANGLE_RADIANS;
        if (progress >= SETTLED) {
            return 0;
        }
        if (progress > LANDING) {
            double hops = (progress - LANDING) / (SETTLED - LANDING);
            if (hops < FIRST_HOP_END) {
                double hop = hops / FIRST_HOP_END;
                return pocket * (landingOffset + (secondHopOffset - landingOffset) * hop);
            }
            if (hops < SECOND_HOP_END) {
                double hop = (hops - FIRST_HOP_END) / (SECOND_HOP_END - FIRST_HOP_END);
                return pocket * secondHopOffset * (1 - hop);
            }
            return 0;
        }
        double distance;
        if (progress <= DROP) {
            distance = run(progress, DROP, SPEED_AT_START, SPEED_AT_DROP);
        } else {
            distance = DISTANCE_TO_DROP + run(progress - DROP, LANDING - DROP, SPEED_AT_DROP, SPEED_AT_LANDING);
        }
        return pocket * landingOffset + ballTravel * (1 - distance / DISTANCE_TO_LANDING);
    }

    /** The distance run after {@code time} when the speed changes evenly from one value to another within {@code span}. */
    private static double run(double time, double span, double from, double to) {
        return from * time + (to - from) * time * time / (2 * span);
    }

    private static double parabola(double part) {
        return 4 * part * (1 - part);
    }

    private static double smooth(double part) {
        double clamped = Math.max(0, Math.min(1, part));
        return clamped * clamped * (3 - 2 * clamped);
    }

    /** The finalizer of SplitMix64: every bit of the seed changes about half of the bits of the answer. */
    private static long spread(long seed) {
        long mixed = seed + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
