// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EndedRequestsTest {
    private static final int THREADS = 4;
    private static final int EACH = 5_000;

    private final EndedRequests ended = new EndedRequests();

    /** Only the handle is looked at; no queue ever sees it. */
    @SuppressWarnings("NullAway")
    private static StoreRequest request(int handle) {
        return new StoreRequest(handle, done -> {});
    }

    @Test
    void requestsComeOutInTheOrderInWhichTheyWereAdded() {
        ended.add(request(1));
        ended.add(request(2));
        assertThat(ended.poll().handle).isEqualTo(1);
        ended.add(request(3));

        assertThat(ended.poll().handle).isEqualTo(2);
        assertThat(ended.poll().handle).isEqualTo(3);
        assertThat(ended.poll()).isNull();
    }

    @Test
    void aRequestThatWasTakenCanBeAddedAgain() {
        StoreRequest again = request(1);
        for (int round = 0; round < 3; round++) {
            ended.add(again);
            ended.add(request(2));

            assertThat(ended.poll()).isSameAs(again);
            assertThat(ended.poll().handle).isEqualTo(2);
            assertThat(ended.poll()).isNull();
        }
    }

    @Test
    void nothingIsLostOrDoubledBetweenThreadsAndEachThreadsOrderIsKept() {
        List<Thread> adders = IntStream.range(0, THREADS)
                .mapToObj(thread ->
                        new Thread(() -> IntStream.range(0, EACH).forEach(i -> ended.add(request(thread * EACH + i)))))
                .toList();
        adders.forEach(Thread::start);
        List<List<Integer>> taken = new ArrayList<>();
        IntStream.range(0, THREADS).forEach(thread -> taken.add(new ArrayList<>()));

        for (int count = 0; count < THREADS * EACH; ) {
            StoreRequest request = ended.poll();
            if (request == null) {
                Thread.onSpinWait();
            } else {
                taken.get(request.handle / EACH).add(request.handle);
                count++;
            }
        }

        for (int thread = 0; thread < THREADS; thread++) {
            assertThat(taken.get(thread))
                    .isEqualTo(IntStream.range(thread * EACH, (thread + 1) * EACH)
                            .boxed()
                            .toList());
        }
        assertThat(ended.poll()).isNull();
    }
}
