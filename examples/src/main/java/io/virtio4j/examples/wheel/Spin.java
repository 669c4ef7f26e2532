// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import java.util.Objects;
import java.util.Random;

/**
 * One spin of the wheel as a pure function of the frame: the same seed and the same number of frames give the same numbers on
 * every JVM, whatever the clock, the locale or the processor.
 *
 * <p>The spin spans all frames, shown {@value #FRAMES_PER_SECOND} a second. The rotor starts to turn clockwise, runs, and slows
 * down to a stand. The ball is thrown against it on the outer track, loses speed, falls inward, hops over a few frets, comes to
 * rest in the pocket of {@link #result()} and rides along. In the last frame it lies exactly in the middle of that pocket, also
 * when there is only one frame.
 *
 * <p>Nothing jumps: from frame to frame the rotor turns by at most {@value #MOST_WHEEL_STEP_RADIANS} and the ball by at most
 * {@value #MOST_BALL_STEP_RADIANS} radians, however many frames there are. More frames are more turns, not slower ones; fewer
 * than {@value #WHOLE_COURSE_FRAMES} are fewer turns, and the course is run through in less time. A rotor that has time for it
 * makes whole turns, so that the last frame leads back to the first.
 *
 * <p>Angles are in radians, clockwise from twelve o'clock, and are not reduced to one turn. Radii and heights are fractions of
 * the wheel's outer radius.
 *
 * <p>Immutable; any thread may call.
 */
public final class Spin {

    /** How many frames a second the spin is meant to be shown at. */
    public static final int FRAMES_PER_SECOND = 30;

    /** How many frames let the ball's whole course be seen at its natural speed. */
    static final int WHOLE_COURSE_FRAMES = 120;

    static final double MOST_WHEEL_STEP_RADIANS = 0.10;
    static final double MOST_BALL_STEP_RADIANS = 0.28;

    /** Where the ball runs before it falls. */
    static final double TRACK_RADIUS = BallCourse.TRACK_RADIUS;

    /** Where the ball lies in a pocket. */
    static final double REST_RADIUS = BallCourse.REST_RADIUS;

    // Frames after the ball lies still, in a whole course.
    private static final double ANNOUNCE_FRAMES = 2;
    private static final double ANNOUNCED_FRAMES = 10;

    private final long seed;
    private final int frames;
    private final int result;
    private final double length;
    private final double announce;
    private final double announced;
    private final double restAngle;
    private final RotorTurn rotor;
    private final BallCourse ball;

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
        this.length = Math.max(1, frames - 1);
        double haste = Math.min(1, length / (WHOLE_COURSE_FRAMES - 1));
        this.rotor = new RotorTurn(length, haste, random.nextDouble() * 2 * Math.PI);
        this.ball = new BallCourse(length, haste, random);
        this.announce = ball.settled() + ANNOUNCE_FRAMES * haste;
        this.announced = ball.settled() + ANNOUNCED_FRAMES * haste;
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
        return smooth((progress(frame) * length - announce) / (announced - announce));
    }

    /** The part of the spin that is over at a frame: 0 in the first, 1 in the last. */
    double progress(int frame) {
        Objects.checkIndex(frame, frames);
        return frames == 1 ? 1.0 : (double) frame / (frames - 1);
    }

    double wheelAngle(double progress) {
        return rotor.angle(progress * length);
    }

    double ballAngle(double progress) {
        return wheelAngle(progress) + restAngle + ball.offset(progress * length);
    }

    double ballRadius(double progress) {
        return ball.radius(progress * length);
    }

    /** How high the ball flies above the surface that it rolls on. */
    double ballHeight(double progress) {
        return ball.height(progress * length);
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
