// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LayoutTest {

    private static final double ROUNDING = 1e-6;

    @Property
    void everythingLiesInThePictureAndNothingOverlaps(
            @ForAll @IntRange(min = 1, max = 9000) int width, @ForAll @IntRange(min = 1, max = 9000) int height) {
        Layout layout = Layout.of(width, height);
        double radius = layout.wheelRadius();

        assertInside(layout, layout.wheelX(), layout.wheelY(), radius, radius);
        assertInside(layout, layout.plaqueX(), layout.plaqueY(), layout.plaqueRadius(), layout.plaqueRadius());
        if (!layout.panel()) {
            assertThat(layout.plaqueRadius()).isLessThan(WheelProfile.CONE * radius);
            return;
        }
        double tableWidth = Layout.TABLE_COLUMNS * layout.cell();
        double tableHeight = Layout.TABLE_HEIGHT * layout.cell();
        assertInside(
                layout,
                layout.tableX() + tableWidth / 2,
                layout.tableY() + tableHeight / 2,
                tableWidth / 2,
                tableHeight / 2);
        boolean beside = width > height;
        double wheelEnd = (beside ? layout.wheelX() : layout.wheelY()) + radius;
        double plaqueBegin = (beside ? layout.plaqueX() : layout.plaqueY()) - layout.plaqueRadius();
        assertThat(plaqueBegin).isGreaterThanOrEqualTo(wheelEnd - ROUNDING);
        assertThat(beside ? layout.tableX() : layout.tableY()).isGreaterThanOrEqualTo(wheelEnd - ROUNDING);
        assertThat(layout.plaqueY() + layout.plaqueRadius()).isLessThanOrEqualTo(layout.tableY() + ROUNDING);
        assertThat(layout.titleY() + layout.titleHeight() / 2)
                .isLessThanOrEqualTo(layout.plaqueY() - layout.plaqueRadius() + ROUNDING);
    }

    @Property
    void theCellsOfTheTableDoNotOverlap(
            @ForAll @IntRange(min = 0, max = 36) int one, @ForAll @IntRange(min = 0, max = 36) int other) {
        Layout layout = Layout.of(1280, 720);
        BettingTable.Cell first = BettingTable.cellOf(layout, one);
        BettingTable.Cell second = BettingTable.cellOf(layout, other);
        boolean apart = Math.abs(first.x() - second.x()) > first.halfWidth() + second.halfWidth() - ROUNDING
                || Math.abs(first.y() - second.y()) > first.halfHeight() + second.halfHeight() - ROUNDING;

        assertThat(apart).isEqualTo(one != other);
    }

    private static void assertInside(Layout layout, double x, double y, double reachX, double reachY) {
        assertThat(x - reachX).isGreaterThanOrEqualTo(-ROUNDING);
        assertThat(y - reachY).isGreaterThanOrEqualTo(-ROUNDING);
        assertThat(x + reachX).isLessThanOrEqualTo(layout.width() + ROUNDING);
        assertThat(y + reachY).isLessThanOrEqualTo(layout.height() + ROUNDING);
    }
}
