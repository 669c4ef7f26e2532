// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import io.virtio4j.examples.picture.PixelRect;
import io.virtio4j.examples.picture.Rgb;
import java.util.ArrayList;
import java.util.List;

/** How the result is shown once the ball lies still: the number on a disc of its colour, and a frame around its cell. */
final class Announcement {

    private Announcement() {}

    /** The pictures to be laid over the scene, those outside of the picture left out. */
    static List<Sprite> draw(Layout layout, int result) {
        List<Sprite> sprites = new ArrayList<>();
        add(
                sprites,
                layout,
                layout.plaqueX(),
                layout.plaqueY(),
                1.06 * layout.plaqueRadius(),
                1.06 * layout.plaqueRadius(),
                (raster, x, y) -> plaque(raster, x, y, layout.plaqueRadius(), result));
        if (layout.panel()) {
            BettingTable.Cell cell = BettingTable.cellOf(layout, result);
            double halo = 0.34 * layout.cell();
            add(
                    sprites,
                    layout,
                    cell.x(),
                    cell.y(),
                    cell.halfWidth() + halo,
                    cell.halfHeight() + halo,
                    (raster, x, y) -> frame(
                            raster, new BettingTable.Cell(x, y, cell.halfWidth(), cell.halfHeight()), layout.cell()));
        }
        return sprites;
    }

    /** Paints something around a point of a raster. */
    private interface Picture {
        void paint(Raster raster, double x, double y);
    }

    private static void add(
            List<Sprite> into, Layout layout, double x, double y, double reachX, double reachY, Picture picture) {
        PixelRect area =
                PixelRect.covering(x - reachX, y - reachY, x + reachX, y + reachY, layout.width(), layout.height());
        if (!area.isEmpty()) {
            Raster raster = new Raster(area.width(), area.height());
            picture.paint(raster, x - area.x(), y - area.y());
            into.add(new Sprite(area, raster.pixels));
        }
    }

    private static void plaque(Raster raster, double x, double y, double radius, int result) {
        int colour = Material.pocket(EuropeanWheel.colourOf(result));
        double ring = 0.045 * radius;
        double disc = radius - 2 * ring;
        raster.fill(DistanceField.circle(x, y, radius - ring), x, y, radius, (px, py, distance) -> {
            double dx = (px - x) / disc;
            double dy = (py - y) / disc;
            double glow = Math.max(0, 1 - DistanceField.length(dx + 0.25, dy + 0.45) / 1.35);
            return Rgb.mix(Rgb.scale(colour, 0.52), Rgb.scale(colour, 1.18), glow);
        });
        goldRing(raster, x, y, radius - ring, ring);
        goldRing(raster, x, y, 0.84 * radius, 0.008 * radius);
        String text = Integer.toString(result);
        double height = 0.86 * radius;
        DistanceField number = Lettering.text(text, x, y, height);
        raster.fill(
                number.moved(0.018 * radius, 0.03 * radius), x, y, radius, radius, 0.10 * radius, Ink.of(0xA0000000));
        raster.fill(number, x, y, radius, Ink.vertical(y - height / 2, y + height / 2, 0xFFFFFFFF, 0xFFF3DFAE));
    }

    /** A gold ring with the light from the upper left. */
    static void goldRing(Raster raster, double x, double y, double radius, double halfWidth) {
        raster.fill(
                DistanceField.circle(x, y, radius).outline(halfWidth), x, y, radius + halfWidth, (px, py, distance) -> {
                    double across = (DistanceField.length(px - x, py - y) - radius) / halfWidth;
                    double toLamp = -((px - x) * 0.6 + (py - y) * 0.8) / radius;
                    double lit =
                            0.66 + 0.36 * toLamp * Math.max(-1, Math.min(1, across)) + 0.16 * (1 - across * across);
                    return Rgb.mix(Rgb.scale(Material.GOLD, lit), 0xFFFFFBEA, (lit - 0.95) * 2.2);
                });
    }

    private static void frame(Raster raster, BettingTable.Cell cell, double unit) {
        DistanceField box = cell.shape(0.10 * unit);
        double reachX = cell.halfWidth() + 0.2 * unit;
        double reachY = cell.halfHeight() + 0.2 * unit;
        raster.fill(box.outline(0.10 * unit), cell.x(), cell.y(), reachX, reachY, 0.36 * unit, Ink.of(0xC0FFD75E));
        raster.fill(box.outline(0.055 * unit), cell.x(), cell.y(), reachX, reachY, 1, Ink.of(0xFFFFF3C4));
    }
}
