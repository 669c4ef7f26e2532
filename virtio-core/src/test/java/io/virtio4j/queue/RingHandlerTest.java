// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.driver.DriverQueue;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A handler may use the queue that calls it. */
@ParameterizedClass
@EnumSource(RingFormat.class)
class RingHandlerTest {
    private final QueuePair pair;
    private final List<Long> tokens = new ArrayList<>();

    RingHandlerTest(RingFormat format) {
        pair = QueuePair.of(format, 4);
    }

    @BeforeEach
    void fourChainsAreUsed() {
        for (int token = 0; token < 4; token++) {
            pair.driver.offer(pair.writable(8), token);
        }
        pair.useAll();
    }

    @Test
    void aHandlerMayOfferToTheFullQueueThatCallsIt() {
        int taken = pair.driver.poll(
                (token, written) -> {
                    tokens.add(token);
                    assertThat(pair.driver.offer(pair.writable(8), token + 10)).isNotNegative();
                },
                4);

        assertThat(taken).isEqualTo(4);
        assertThat(tokens).containsExactly(0L, 1L, 2L, 3L);
        pair.useAll();
        assertThat(pair.poll()).extracting(QueuePair.Used::token).containsExactly(10L, 11L, 12L, 13L);
    }

    @Test
    void aHandlerThatPollsTakesEachBufferOnce() {
        pair.driver.poll(
                (token, written) -> {
                    tokens.add(token);
                    pair.driver.poll((inner, innerWritten) -> tokens.add(inner), 1);
                },
                4);

        assertThat(tokens).containsExactly(0L, 1L, 2L, 3L);
        assertThat(pair.driver.inFlight()).isZero();
    }

    @Test
    void completionsAreCountedOnceHoweverPollsAreNested() {
        pair.driver.poll((token, written) -> pair.driver.poll((inner, innerWritten) -> {}, 4), 4);

        assertThat(pair.driver.counters().get(QueueCounter.COMPLETIONS)).isEqualTo(4);
    }

    @Test
    void aHandlerThatOffersAndPollsSeesWhatTheDeviceUsedMeanwhile() {
        pair.driver.poll(
                (token, written) -> {
                    tokens.add(token);
                    if (token < 3) {
                        pair.driver.offer(pair.writable(8), token + 10);
                        pair.useAll();
                    }
                },
                Integer.MAX_VALUE);
        pair.poll().forEach(used -> tokens.add(used.token()));

        assertThat(tokens).containsExactly(0L, 1L, 2L, 3L, 10L, 11L, 12L);
    }

    @Test
    void aHandlerThatCancelsEndsThePoll() {
        int taken = pair.driver.poll(
                (token, written) -> {
                    tokens.add(token);
                    pair.driver.cancelAll(tokens::add);
                },
                4);

        assertThat(taken).isEqualTo(1);
        assertThat(tokens).hasSize(4).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
        assertThat(pair.driver.poll((token, written) -> {}, 4)).isEqualTo(DriverQueue.BROKEN);
    }

    @Test
    void anExceptionOfAHandlerPassesAndItsBufferCountsAsTaken() {
        assertThatThrownBy(() -> pair.driver.poll(
                        (token, written) -> {
                            tokens.add(token);
                            throw new IllegalStateException("handler " + token);
                        },
                        4))
                .hasMessage("handler 0");

        pair.poll().forEach(used -> tokens.add(used.token()));
        assertThat(tokens).containsExactly(0L, 1L, 2L, 3L);
        assertThat(pair.driver.counters().get(QueueCounter.COMPLETIONS)).isEqualTo(4);
    }
}
