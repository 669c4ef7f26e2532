// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import java.util.stream.Stream;

/**
 * A rectangle of a command, of any four numbers.
 *
 * @param x unsigned
 * @param y unsigned
 * @param width unsigned
 * @param height unsigned
 */
record Area(int x, int y, int width, int height) {
    /** All of the scene's picture. */
    static final Area WHOLE = new Area(0, 0, GpuScene.WIDTH, GpuScene.HEIGHT);

    static final Area PIXEL = new Area(0, 0, 1, 1);

    /**
     * A rectangle that does not lie in the scene's picture.
     *
     * @param name for ids
     * @param words for sentences
     */
    record Outside(String name, String words, Area area) {}

    /** Each edge passed by one, and each sum of two fields made to overflow. */
    static Stream<Outside> outside() {
        int w = GpuScene.WIDTH;
        int h = GpuScene.HEIGHT;
        int top = Integer.MIN_VALUE;
        return Stream.of(
                new Outside("too-wide", "one pixel too wide", new Area(0, 0, w + 1, h)),
                new Outside("too-high", "one pixel too high", new Area(0, 0, w, h + 1)),
                new Outside("right-edge", "at the right edge", new Area(w, 0, 1, 1)),
                new Outside("bottom-edge", "at the bottom edge", new Area(0, h, 1, 1)),
                new Outside("x-overflow", "whose x and width sum up to 2^32", new Area(-1, 0, 1, 1)),
                new Outside("y-overflow", "whose y and height sum up to 2^32", new Area(0, -1, 1, 1)),
                new Outside("x-wraps-inside", "whose right edge wraps to 1", new Area(-1, 0, 2, 1)),
                new Outside("y-wraps-inside", "whose lower edge wraps to 1", new Area(0, -1, 1, 2)),
                new Outside("x-halves", "whose x and width are 2^31 both", new Area(top, 0, top, 1)),
                new Outside("y-halves", "whose y and height are 2^31 both", new Area(0, top, 1, top)),
                new Outside("most", "of 2^32-1 by 2^32-1 pixels", new Area(0, 0, -1, -1)),
                new Outside("signs", "whose fields are all 2^32-1", new Area(-1, -1, -1, -1)));
    }
}
