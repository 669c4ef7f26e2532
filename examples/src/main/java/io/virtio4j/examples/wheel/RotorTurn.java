// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

/** How the rotor turns: it starts, runs, and comes to a stand in the last frame. Times in frames. Immutable. */
final class RotorTurn {

    private static final double START_FRAMES = 12;
    private static final double STOP_FRAMES = 60;

    /** The speed of the run. Half a pocket a frame and more would look as if the rotor stood still or ran backwards. */
    private static final double SPEED = 0.073;

    /** From how much of a turn on it becomes a whole one. */
    private static final double LEAST_TURN = 0.75;

    private static final double FULL_TURN = 2 * Math.PI;

    private final double endAngle;
    private final double start;
    private final double stop;
    private final double run;
    private final double speed;

    /**
     * For a spin.
     *
     * @param length from the first frame to the last, at least 1
     * @param haste 1, or less where there is too little time for a whole course
     * @param endAngle where the rotor stands at the end
     */
    RotorTurn(double length, double haste, double endAngle) {
        this.endAngle = endAngle;
        this.start = START_FRAMES * haste;
        this.stop = STOP_FRAMES * haste;
        this.run = length - stop;
        double distance = Ramp.rise(run, start) + stop / 2;
        double turns = SPEED * distance / FULL_TURN;
        this.speed = turns < LEAST_TURN ? SPEED : Math.rint(turns) * FULL_TURN / distance;
    }

    /** Where the zero stands. */
    double angle(double time) {
        double left = Ramp.rise(run, start) - Ramp.rise(Math.min(time, run), start);
        return endAngle - speed * (left + stop / 2 - Ramp.fall(time - run, stop));
    }
}
