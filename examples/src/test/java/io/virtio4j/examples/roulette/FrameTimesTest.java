// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is told of the times of many frames. */
final class FrameTimesTest {
    @Test
    void theCopyRatioIsThatOfTheFrameInTheMiddleAndNotThatOfTheSums() {
        FrameTimes times = new FrameTimes();
        times.addPath(120, 100);
        times.addPath(1_000_000, 100);
        times.addPath(110, 100);
        assertThat(times.copyRatio()).isEqualTo(1.2);
        assertThat(times.framePathNanos).isEqualTo(1_000_230);
    }
}
