// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.wheel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EuropeanWheelTest {

    // The reds as they stand on every betting table; the wheel itself derives them from the order of its pockets.
    private static final Set<Integer> RED = Set.of(1, 3, 5, 7, 9, 12, 14, 16, 18, 19, 21, 23, 25, 27, 30, 32, 34, 36);

    @Test
    void everyNumberHasOnePocket() {
        assertThat(IntStream.range(0, EuropeanWheel.POCKETS).map(EuropeanWheel::numberAt))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(0, 36).boxed().toList());
    }

    @Test
    void positionsAndNumbersAreInverse() {
        for (int number = 0; number <= 36; number++) {
            assertThat(EuropeanWheel.numberAt(EuropeanWheel.positionOf(number))).isEqualTo(number);
        }
    }

    @Test
    void zeroIsGreenAndTheRestIsAsOnTheTable() {
        assertThat(EuropeanWheel.colourOf(0)).isEqualTo(PocketColour.GREEN);
        for (int number = 1; number <= 36; number++) {
            assertThat(EuropeanWheel.colourOf(number))
                    .as("number %d", number)
                    .isEqualTo(RED.contains(number) ? PocketColour.RED : PocketColour.BLACK);
        }
    }

    @Test
    void thereIsNoThirtySeven() {
        assertThatThrownBy(() -> EuropeanWheel.positionOf(37)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> EuropeanWheel.colourOf(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> EuropeanWheel.numberAt(37)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
