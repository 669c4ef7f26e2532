// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PixelRectTest {

    @Property
    void aUnionHoldsEveryPixelOfBothAndIsNoLargerThanNeeded(
            @ForAll @IntRange(min = 0, max = 9) int x0,
            @ForAll @IntRange(min = 0, max = 9) int y0,
            @ForAll @IntRange(min = 0, max = 5) int size0,
            @ForAll @IntRange(min = 0, max = 9) int x1,
            @ForAll @IntRange(min = 0, max = 9) int y1,
            @ForAll @IntRange(min = 0, max = 5) int size1) {
        PixelRect one = new PixelRect(x0, y0, size0, size0 / 2);
        PixelRect other = new PixelRect(x1, y1, size1, size1);
        PixelRect union = one.union(other);
        int left = 99;
        int right = -1;
        boolean common = false;
        for (int y = 0; y < 20; y++) {
            for (int x = 0; x < 20; x++) {
                if (one.contains(x, y) || other.contains(x, y)) {
                    assertThat(union.contains(x, y)).isTrue();
                    left = Math.min(left, x);
                    right = Math.max(right, x);
                }
                common |= one.contains(x, y) && other.contains(x, y);
            }
        }
        assertThat(one.intersects(other)).isEqualTo(common);
        assertThat(union.isEmpty()).isEqualTo(right < 0);
        if (right >= 0) {
            assertThat(union.x()).isEqualTo(left);
            assertThat(union.width()).isEqualTo(right - left + 1);
        }
    }

    @Test
    void aBoxOfRealCoordinatesIsRoundedOutwardsAndCut() {
        assertThat(PixelRect.covering(1.2, 2.9, 3.1, 4.0, 10, 10)).isEqualTo(new PixelRect(1, 2, 3, 2));
        assertThat(PixelRect.covering(-5, -5, 50, 50, 10, 8)).isEqualTo(new PixelRect(0, 0, 10, 8));
        assertThat(PixelRect.covering(11, 0, 12, 5, 10, 8).isEmpty()).isTrue();
    }

    @Test
    void aNegativeSizeIsRefused() {
        assertThatThrownBy(() -> new PixelRect(0, 0, -1, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1x4");
    }
}
