// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.picture;

/**
 * Up to 255 colours that stand for all colours of some pictures. One palette serves every picture of an animation: with one for
 * each the still parts would flicker, and each would carry its own table. One thread at a time.
 */
public final class Palette {

    /** GIF allows 256 colours; one is kept for "as in the picture before". */
    static final int MAX_COLOURS = 255;

    private final int[] colours;
    // The index of the nearest colour plus one for each cell of the colour cube; 0 where nobody has asked yet.
    private final short[] nearest = new short[ColourCube.CELLS];

    private Palette(int[] colours) {
        this.colours = colours;
    }

    /**
     * The palette that stands best for some pictures.
     *
     * @param pictures samples of what is to be shown, 0xAARRGGBB; alpha is ignored
     * @return the palette
     * @throws IllegalArgumentException if there is not a single pixel
     */
    public static Palette of(int[]... pictures) {
        ColourCube cube = new ColourCube();
        for (int[] picture : pictures) {
            cube.add(picture);
        }
        return new Palette(cube.reduce(MAX_COLOURS));
    }

    /** How many colours there are, 1 to {@link #MAX_COLOURS}. */
    int size() {
        return colours.length;
    }

    /** A colour, 0xFFRRGGBB. */
    int colour(int index) {
        return colours[index];
    }

    /** The index of the colour that is nearest to a given one. */
    int indexOf(int colour) {
        int cell = ColourCube.cellOf(colour);
        int known = nearest[cell];
        if (known == 0) {
            // All colours of a cell get the answer for its middle, so that the answer does not depend on who asked
            // first.
            known = ColourCube.nearest(colours, ColourCube.middleOf(cell)) + 1;
            nearest[cell] = (short) known;
        }
        return known - 1;
    }
}
