// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import io.virtio4j.examples.picture.Rgb;

/** The cloth on which one bets: the 37 numbers, and the even chances below them. */
final class BettingTable {

    /** Below this cell width the numbers cannot be read, and lines are all that is drawn. */
    private static final double READABLE_CELL = 9;

    private static final String[] CHANCES = {"1-18", "EVEN", "", "", "ODD", "19-36"};

    private BettingTable() {}

    /** A cell of the table, by its middle and its half extents, in pixels. */
    record Cell(double x, double y, double halfWidth, double halfHeight) {

        DistanceField shape(double corner) {
            return DistanceField.box(x, y, halfWidth, halfHeight, corner);
        }
    }

    /** The cell of a number. */
    static Cell cellOf(Layout layout, int number) {
        double cell = layout.cell();
        double tall = cell * Layout.CELL_HEIGHT;
        if (number == 0) {
            return new Cell(layout.tableX() + cell / 2, layout.tableY() + 1.5 * tall, cell / 2, 1.5 * tall);
        }
        int column = (number + 2) / 3;
        int rowFromBottom = (number - 1) % 3;
        return new Cell(
                layout.tableX() + (column + 0.5) * cell,
                layout.tableY() + (2.5 - rowFromBottom) * tall,
                cell / 2,
                tall / 2);
    }

    static void paint(Raster raster, Layout layout) {
        double cell = layout.cell();
        for (int number = 0; number < EuropeanWheel.POCKETS; number++) {
            Cell place = cellOf(layout, number);
            int colour = Rgb.withAlpha(Material.table(EuropeanWheel.colourOf(number)), 0.88);
            field(raster, place, cell, Ink.of(colour));
            if (cell >= READABLE_CELL) {
                raster.fill(
                        Lettering.text(Integer.toString(number), place.x(), place.y(), 0.46 * cell),
                        place.x(),
                        place.y(),
                        cell / 2,
                        Ink.of(Material.IVORY));
            }
        }
        for (int i = 0; i < CHANCES.length; i++) {
            chance(raster, layout, i);
        }
    }

    private static void chance(Raster raster, Layout layout, int index) {
        double cell = layout.cell();
        double y = layout.tableY() + 3 * Layout.CELL_HEIGHT * cell + 0.5 * cell + 0.05 * cell;
        Cell place = new Cell(layout.tableX() + (2 + 2 * index) * cell, y, cell, cell / 2);
        field(raster, place, cell, Ink.of(0x30000000));
        if (index == 2 || index == 3) {
            int colour = Material.table(index == 2 ? PocketColour.RED : PocketColour.BLACK);
            DistanceField diamond = DistanceField.rhombus(place.x(), y, 0.62 * cell, 0.30 * cell);
            raster.fill(diamond, place.x(), y, cell, Ink.of(colour));
            raster.fill(diamond.outline(0.018 * cell), place.x(), y, cell, Ink.of(0xC0FBF3DF));
        } else if (cell >= READABLE_CELL) {
            raster.fill(
                    Lettering.text(CHANCES[index], place.x(), y, 0.36 * cell), place.x(), y, cell, Ink.of(0xE6FBF3DF));
        }
    }

    private static void field(Raster raster, Cell place, double cell, Ink ink) {
        double gap = 0.035 * cell;
        DistanceField box =
                DistanceField.box(place.x(), place.y(), place.halfWidth() - gap, place.halfHeight() - gap, 0.09 * cell);
        raster.fill(box, place.x(), place.y(), place.halfWidth(), place.halfHeight(), 1, ink);
        raster.fill(
                box.outline(Math.max(0.5, 0.018 * cell)),
                place.x(),
                place.y(),
                place.halfWidth(),
                place.halfHeight(),
                1,
                Ink.of(0xB0E9CF8A));
    }
}
