// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import io.virtio4j.examples.picture.Rgb;

/** Everything that never changes during a spin: the felt in the lamp's light, the bowl of the wheel, the table, the plaque. */
final class Scenery {

    private Scenery() {}

    static int[] draw(Layout layout) {
        Raster raster = new Raster(layout.width(), layout.height());
        felt(raster);
        Stator.paint(raster, layout.wheelX(), layout.wheelY(), layout.wheelRadius());
        if (layout.panel()) {
            panel(raster, layout);
        }
        return raster.pixels;
    }

    private static void felt(Raster raster) {
        double middleX = raster.width / 2.0;
        double middleY = raster.height * 0.46;
        double reach = 0.56 * DistanceField.length(raster.width, raster.height);
        for (int y = 0; y < raster.height; y++) {
            for (int x = 0; x < raster.width; x++) {
                double away = DistanceField.length(x - middleX, (y - middleY) * 1.15) / reach;
                double shade = Math.min(1, away * away * (1.25 - 0.25 * away));
                raster.pixels[y * raster.width + x] = Material.felt(x, y, shade);
            }
        }
    }

    private static void panel(Raster raster, Layout layout) {
        double x = layout.plaqueX();
        double y = layout.plaqueY();
        double radius = layout.plaqueRadius();
        raster.fill(
                DistanceField.circle(x, y + 0.03 * radius, radius),
                x,
                y,
                1.1 * radius,
                1.1 * radius,
                0.12 * radius,
                Ink.of(0x70000000));
        raster.fill(DistanceField.circle(x, y, radius), x, y, radius, (px, py, distance) -> {
            double deep = Math.min(1, -distance / (0.5 * radius));
            return Rgb.mix(0xFF031B12, 0xFF0A3B27, deep);
        });
        Announcement.goldRing(raster, x, y, 0.955 * radius, 0.045 * radius);
        Announcement.goldRing(raster, x, y, 0.84 * radius, 0.008 * radius);
        DistanceField diamond = DistanceField.rhombus(x, y, 0.20 * radius, 0.34 * radius);
        raster.fill(diamond, x, y, 0.4 * radius, Ink.of(0x14FFC45C));
        raster.fill(diamond.outline(Math.max(0.5, 0.008 * radius)), x, y, 0.4 * radius, Ink.of(0x70FFC45C));
        title(raster, layout);
        BettingTable.paint(raster, layout);
    }

    private static void title(Raster raster, Layout layout) {
        double height = layout.titleHeight();
        double y = layout.titleY();
        double reach = 5 * height;
        DistanceField text = Lettering.text("virtio4j", layout.plaqueX(), y, height);
        raster.fill(
                text.moved(0, 0.05 * height), layout.plaqueX(), y, reach, height, 0.14 * height, Ink.of(0xA0000000));
        raster.fill(
                text,
                layout.plaqueX(),
                y,
                reach,
                height,
                1,
                Ink.vertical(y - height / 2, y + height * 0.7, 0xFFFFF0B8, 0xFFC08A2C));
    }
}
