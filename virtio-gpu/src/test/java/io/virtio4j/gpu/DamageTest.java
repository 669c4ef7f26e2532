// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Lists of rectangles, against one bit for each pixel. */
final class DamageTest {
    private static final int SIDE = 32;

    record Rectangle(int x, int y, int width, int height) {
        void addTo(BitSet pixels) {
            for (int row = y; row < y + height; row++) {
                pixels.set(row * SIDE + x, row * SIDE + x + width);
            }
        }
    }

    @Provide
    Arbitrary<Rectangle> rectangles() {
        Arbitrary<Integer> edge = Arbitraries.integers().between(0, SIDE);
        return Combinators.combine(edge, edge, edge, edge)
                .as((x1, y1, x2, y2) ->
                        new Rectangle(Math.min(x1, x2), Math.min(y1, y2), Math.abs(x1 - x2), Math.abs(y1 - y2)));
    }

    private static Damage damage(int max, List<Rectangle> added) {
        Damage damage = new Damage(max);
        added.forEach(each -> damage.add(each.x, each.y, each.width, each.height));
        return damage;
    }

    private static BitSet pixels(List<Rectangle> rectangles) {
        BitSet pixels = new BitSet();
        rectangles.forEach(each -> each.addTo(pixels));
        return pixels;
    }

    private static BitSet pixels(Damage damage) {
        BitSet pixels = new BitSet();
        for (int i = 0; i < damage.count(); i++) {
            new Rectangle(damage.x(i), damage.y(i), damage.width(i), damage.height(i)).addTo(pixels);
        }
        return pixels;
    }

    @Property
    void asLongAsThereIsRoomExactlyWhatWasAddedIsCovered(
            @ForAll @Size(max = 12) List<@From("rectangles") Rectangle> added) {
        Damage damage = damage(12, added);
        assertThat(pixels(damage)).isEqualTo(pixels(added));
        assertThat(damage.isExact()).isTrue();
        assertThat(damage.isEmpty()).isEqualTo(pixels(added).isEmpty());
    }

    @Property
    void whenTheListIsFullEverythingIsStillCoveredAndNothingOutsideOfTheBounds(
            @ForAll @IntRange(min = 1, max = 5) int max,
            @ForAll @Size(min = 1, max = 40) List<@From("rectangles") Rectangle> added) {
        Damage damage = damage(max, added);
        assertThat(damage.count()).isLessThanOrEqualTo(max);
        BitSet missing = pixels(added);
        BitSet covered = pixels(damage);
        if (damage.isExact()) {
            assertThat(covered).isEqualTo(missing);
        }
        missing.andNot(covered);
        assertThat(missing.isEmpty()).as(damage.toString()).isTrue();

        if (!damage.isEmpty()) {
            BitSet outside = covered;
            outside.andNot(pixels(List.of(
                    new Rectangle(damage.boundsX(), damage.boundsY(), damage.boundsWidth(), damage.boundsHeight()))));
            assertThat(outside.isEmpty()).isTrue();
            assertThat(damage.boundsX())
                    .isEqualTo(added.stream()
                            .filter(each -> each.width > 0 && each.height > 0)
                            .mapToInt(Rectangle::x)
                            .min()
                            .orElseThrow());
            assertThat(damage.boundsY() + damage.boundsHeight())
                    .isEqualTo(added.stream()
                            .filter(each -> each.width > 0 && each.height > 0)
                            .mapToInt(each -> each.y + each.height)
                            .max()
                            .orElseThrow());
        }
    }

    @Property
    void noRectangleLiesInAnother(@ForAll @Size(max = 20) List<@From("rectangles") Rectangle> added) {
        Damage damage = damage(6, added);
        for (int i = 0; i < damage.count(); i++) {
            assertThat(damage.width(i)).isPositive();
            assertThat(damage.height(i)).isPositive();
            for (int other = 0; other < damage.count(); other++) {
                boolean within = i != other
                        && damage.x(other) <= damage.x(i)
                        && damage.y(other) <= damage.y(i)
                        && damage.x(i) + damage.width(i) <= damage.x(other) + damage.width(other)
                        && damage.y(i) + damage.height(i) <= damage.y(other) + damage.height(other);
                assertThat(within).as(damage.toString()).isFalse();
            }
        }
    }

    @Property
    void aListOfOneRectangleIsTheBoundsOfAll(
            @ForAll @Size(min = 1, max = 10) List<@From("rectangles") Rectangle> added) {
        Damage one = damage(1, added);
        Damage many = damage(20, added);
        assertThat(one.count()).isEqualTo(many.isEmpty() ? 0 : 1);
        if (!many.isEmpty()) {
            assertThat(one.x(0)).isEqualTo(many.boundsX());
            assertThat(one.y(0)).isEqualTo(many.boundsY());
            assertThat(one.width(0)).isEqualTo(many.boundsWidth());
            assertThat(one.height(0)).isEqualTo(many.boundsHeight());
        }
    }

    @Test
    void tilesThatMakeARectangleBecomeOne() {
        Damage damage = new Damage(16);
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 4; x++) {
                damage.add(8 * x, 8 * y, 8, 8);
            }
        }
        assertThat(damage).hasToString("Damage[32x32 at 0,0]");
        assertThat(damage.pixels()).isEqualTo(1024);
    }

    @Test
    void theCheapestPairIsJoinedWhenTheListIsFull() {
        Damage damage = new Damage(2).add(0, 0, 2, 2).add(100, 0, 2, 2).add(104, 0, 2, 2);
        assertThat(damage).hasToString("Damage[2x2 at 0,0, 6x2 at 100,0]");
        assertThat(damage.pixels()).isEqualTo(16);
        assertThat(damage.isExact()).isFalse();
        damage.clear();
        assertThat(damage.isExact()).isTrue();
        assertThat(damage.isEmpty()).isTrue();
        assertThat(damage.add(5, 5, 0, 9).isEmpty()).isTrue();
    }

    @Test
    void theLargestRectanglesDoNotOverflow() {
        int max = Integer.MAX_VALUE;
        Damage damage = new Damage(2).add(0, 0, max, 1).add(0, max - 1, 1, 1).add(max - 1, max - 1, 1, 1);
        assertThat(damage.count()).isEqualTo(2);
        assertThat(damage.boundsWidth()).isEqualTo(max);
        assertThat(damage.boundsHeight()).isEqualTo(max);
        assertThat(new Damage(1).add(0, 0, max, max).add(1, 1, max - 1, max - 1))
                .hasToString("Damage[" + max + "x" + max + " at 0,0]");
    }

    @Test
    void misuseIsRefused() {
        Damage damage = new Damage(1);
        assertThatThrownBy(() -> new Damage(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> damage.add(-1, 0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> damage.add(0, 0, 1, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> damage.add(Integer.MAX_VALUE, 0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> damage.x(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(damage.isEmpty()).isTrue();
    }
}
