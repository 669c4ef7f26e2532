// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

/**
 * The European wheel: 37 pockets with a single zero, in the order in which they stand on the rotor. Positions run clockwise,
 * seen from above, and position 0 is the zero. Immutable; any thread may call.
 */
public final class EuropeanWheel {

    /** How many pockets the wheel has. */
    public static final int POCKETS = 37;

    /** The angle from one pocket's centre to the next, in radians. */
    public static final double POCKET_ANGLE_RADIANS = 2 * Math.PI / POCKETS;

    private static final int[] NUMBERS = {
        0, 32, 15, 19, 4, 21, 2, 25, 17, 34, 6, 27, 13, 36, 11, 30, 8, 23, 10, 5, 24, 16, 33, 1, 20, 14, 31, 9, 22, 18,
        29, 7, 28, 12, 35, 3, 26
    };

    private static final int[] POSITIONS = positions();

    private EuropeanWheel() {}

    /**
     * The number at a position.
     *
     * @param position 0 to 36, clockwise from the zero
     * @return the number of that pocket, 0 to 36
     * @throws IndexOutOfBoundsException if there is no such position
     */
    public static int numberAt(int position) {
        return NUMBERS[position];
    }

    /**
     * The position of a number.
     *
     * @param number 0 to 36
     * @return its position on the rotor, 0 to 36, clockwise from the zero
     * @throws IndexOutOfBoundsException if there is no such number
     */
    public static int positionOf(int number) {
        return POSITIONS[number];
    }

    /**
     * The colour of a number. Zero is green; from there on red and black take turns around the rotor.
     *
     * @param number 0 to 36
     * @return its colour
     * @throws IndexOutOfBoundsException if there is no such number
     */
    public static PocketColour colourOf(int number) {
        int position = positionOf(number);
        if (position == 0) {
            return PocketColour.GREEN;
        }
        return position % 2 == 1 ? PocketColour.RED : PocketColour.BLACK;
    }

    /**
     * Where a number's pocket lies on the rotor.
     *
     * @param number 0 to 36
     * @return the angle of the pocket's centre in radians, clockwise from the centre of the zero, in [0, 2 pi)
     * @throws IndexOutOfBoundsException if there is no such number
     */
    public static double angleOfRadians(int number) {
        return positionOf(number) * POCKET_ANGLE_RADIANS;
    }

    private static int[] positions() {
        int[] positions = new int[POCKETS];
        for (int position = 0; position < POCKETS; position++) {
            positions[NUMBERS[position]] = position;
        }
        return positions;
    }
}
