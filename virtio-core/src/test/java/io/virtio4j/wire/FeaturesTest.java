// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A set of feature bits against a set of numbers. */
class FeaturesTest {

    private static Features of(Set<Integer> bits) {
        return Features.of(bits.stream().mapToInt(bit -> bit).toArray());
    }

    private static Set<Integer> bits(Features features) {
        Set<Integer> bits = new TreeSet<>();
        for (int bit = 0; bit < Features.BITS; bit++) {
            if (features.has(bit)) {
                bits.add(bit);
            }
        }
        return bits;
    }

    @Property
    void aSetHoldsTheBitsItWasMadeOf(@ForAll Set<@IntRange(max = 127) Integer> numbers) {
        assertThat(bits(of(numbers))).isEqualTo(numbers);
        assertThat(of(numbers).isEmpty()).isEqualTo(numbers.isEmpty());
    }

    @Property
    void twoSetsAreJoinedAndCutAsSetsAre(
            @ForAll Set<@IntRange(max = 127) Integer> left, @ForAll Set<@IntRange(max = 127) Integer> right) {
        Set<Integer> both = new TreeSet<>(left);
        both.retainAll(right);
        Set<Integer> either = new TreeSet<>(left);
        either.addAll(right);
        Set<Integer> leftOnly = new TreeSet<>(left);
        leftOnly.removeAll(right);

        assertThat(bits(of(left).and(of(right)))).isEqualTo(both);
        assertThat(bits(of(left).or(of(right)))).isEqualTo(either);
        assertThat(bits(of(left).minus(of(right)))).isEqualTo(leftOnly);
        assertThat(of(left).isSubsetOf(of(right))).isEqualTo(leftOnly.isEmpty());
    }

    @Property
    void aBitIsAddedAndTakenAwayAlone(
            @ForAll Set<@IntRange(max = 127) Integer> numbers, @ForAll @IntRange(max = 127) int bit) {
        Set<Integer> more = new TreeSet<>(numbers);
        more.add(bit);
        Set<Integer> less = new TreeSet<>(numbers);
        less.remove(bit);

        assertThat(bits(of(numbers).with(bit))).isEqualTo(more);
        assertThat(bits(of(numbers).without(bit))).isEqualTo(less);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 128, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void aBitThatNoSetCanHoldIsRefused(int bit) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Features.NONE.has(bit))
                .withMessageContaining("feature bit " + bit);
        assertThatIllegalArgumentException().isThrownBy(() -> Features.NONE.with(bit));
        assertThatIllegalArgumentException().isThrownBy(() -> Features.NONE.without(bit));
        assertThatIllegalArgumentException().isThrownBy(() -> Features.of(1, bit));
    }

    @Test
    void theBitsLieWhereTheTransportsWordsHaveThem() {
        assertThat(Features.of(0, 32, 63)).isEqualTo(new Features(1L | (1L << 32) | (1L << 63), 0));
        assertThat(Features.of(64, 127)).isEqualTo(new Features(0, 1L | (1L << 63)));
        assertThat(Features.of(1, 35, 64)).hasToString("{1, 35, 64}");
    }
}
