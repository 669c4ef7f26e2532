// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A driver's fences on the way of one buffer there and back, with ORDER_PLATFORM and without. There is one set of fences: what
 * the feature asks for is that they are strong enough, which {@code BarrierStrength} says, and that none is left out.
 */
class PlatformOrderTest {
    private static final List<String> DRIVER_FENCES_OF_A_ROUND = List.of("WMB", "MB", "MB", "RMB");

    /** Offers, asks whether to kick, arms, and takes back; the device's part in between is left out. */
    private static List<String> round(RecordedPair recorded) {
        QueuePair pair = recorded.pair;
        BufferChain chain = pair.writable(4);
        List<String> there = recorded.during(() -> {
            pair.driver.offer(chain, 1);
            pair.driver.kickNeeded();
            pair.driver.enableCallbacks();
        });
        pair.use(4);
        List<String> back = recorded.during(() -> pair.driver.poll((token, written) -> {}, 1));
        return Stream.concat(there.stream(), back.stream()).toList();
    }

    private static List<String> fences(List<String> lines) {
        return lines.stream().filter(List.of("WMB", "RMB", "MB")::contains).toList();
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    @Clause("CORE-DRV-ORDER-STRONG-BARRIERS")
    void withStrongOrderEveryFenceIsIssued(RingFormat format) {
        List<String> strong = round(RecordedPair.of(format, FeatureBits.ORDER_PLATFORM));

        assertThat(fences(strong)).isEqualTo(DRIVER_FENCES_OF_A_ROUND);
        assertThat(strong).isEqualTo(round(RecordedPair.of(format)));
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    @Clause("CORE-DRV-SMP-ORDER-ENOUGH")
    void withoutItTheSameFencesAndNoMoreAreIssued(RingFormat format) {
        assertThat(fences(round(RecordedPair.of(format)))).isEqualTo(DRIVER_FENCES_OF_A_ROUND);
    }
}
