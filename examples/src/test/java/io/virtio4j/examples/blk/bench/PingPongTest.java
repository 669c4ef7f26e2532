// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The yardstick of the machine. How long a reading is says nothing here: only that there is one, and that it ends. */
final class PingPongTest {
    private static List<Thread> partners() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("blk-bench-ping-pong"))
                .toList();
    }

    @Test
    void aReadingIsATime() {
        try (PingPong pingPong = new PingPong(TimeUnit.SECONDS.toNanos(30))) {
            for (int i = 0; i < 3; i++) {
                assertThat(pingPong.readNanos()).isPositive();
            }
        }
    }

    @Test
    void aReadingThatNobodyAnswersIsGivenUpAndNoNumber() {
        PingPong pingPong = new PingPong(1);
        pingPong.close();
        assertThat(pingPong.readNanos()).isNaN();
        assertThat(pingPong.readNanos()).isNaN();
    }

    @Test
    void closingEndsThePartner() {
        PingPong pingPong = new PingPong();
        assertThat(partners()).isNotEmpty();
        pingPong.close();
        assertThat(partners()).isEmpty();
    }
}
