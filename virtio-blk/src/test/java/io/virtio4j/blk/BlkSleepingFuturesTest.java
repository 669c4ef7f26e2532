// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.Features;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Futures whose thread sleeps while there is nothing to do. */
final class BlkSleepingFuturesTest {
    private static final Features FLUSH = Features.of(BlkFeatureBits.FLUSH);
    private static final String THREAD_NAME = "virtio-blk futures of queue 0";

    /** Many times the longest sleep: a sleep that nobody ends shows. */
    private static final int ROUNDS = 200;

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(1, TimeUnit.MINUTES);
    }

    private static void awaitAsleep() throws InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread ->
                        thread.getName().equals(THREAD_NAME) && thread.getState() == Thread.State.TIMED_WAITING)) {
            assertThat(System.nanoTime() - deadlineNanos).as("no sleep").isNegative();
            Thread.sleep(1);
        }
    }

    @Test
    @Timeout(60)
    void whoeverAsksEndsTheSleepAndSoDoesTheDevicesAnswer() throws Exception {
        ScriptedBlk late = new ScriptedBlk(FLUSH, request -> BlkStatus.OK);
        try (Rig rig = new Rig(late);
                BlkDevice disk = rig.open(rig.options().withSleep(true));
                BlkFutures futures = BlkFutures.start(disk, rig.driverErrors::add)) {
            DmaBuffer buffer = rig.buffer(512);
            for (int round = 0; round < ROUNDS; round++) {
                if (round % 20 == 0) {
                    awaitAsleep();
                }
                get(futures.read(round, new BlkData().add(buffer)));
                get(futures.flush());
            }
            late.holdNow();
            CompletableFuture<Void> last = futures.write(0, new BlkData().add(buffer));
            awaitAsleep();
            assertThat(last).isNotDone();
            late.hold(false);
            get(last);
            assertThat(disk.counters().get(QueueCounter.SPINS)).isZero();
            assertThat(rig.driverErrors).isEmpty();
        }
    }

    @Test
    void theThreadSleepsWhileTheQueueIsFullAndGoesOnWhenThereIsRoom() throws Exception {
        ScriptedBlk late = new ScriptedBlk(FLUSH, request -> BlkStatus.OK);
        try (Rig rig = new Rig(late);
                BlkDevice disk = rig.open(rig.options().withSleep(true).withQueueSize(4));
                BlkFutures futures = BlkFutures.start(disk, rig.driverErrors::add)) {
            late.holdNow();
            CompletableFuture<?>[] all = new CompletableFuture<?>[50];
            for (int i = 0; i < all.length; i++) {
                all[i] = futures.read(i, new BlkData().add(rig.buffer(512)));
            }
            awaitAsleep();
            late.hold(false);
            get(CompletableFuture.allOf(all));
        }
    }

    @Test
    void aDeviceThatFailsEndsTheSleepAndRecoveryIsTakenUp() throws Exception {
        boolean[] broken = {true};
        ScriptedBlk failing = new ScriptedBlk(FLUSH, request -> {
            if (broken[0]) {
                throw new IllegalStateException("out of order");
            }
            return BlkStatus.OK;
        });
        try (Rig rig = new Rig(failing);
                BlkDevice disk = rig.open(rig.options().withSleep(true));
                BlkFutures futures = BlkFutures.start(disk, rig.driverErrors::add)) {
            failing.holdNow();
            CompletableFuture<Void> lost = futures.read(0, new BlkData().add(rig.buffer(512)));
            awaitAsleep();
            failing.hold(false);
            assertThatThrownBy(() -> get(lost)).hasCauseInstanceOf(BlkDeviceException.class);
            broken[0] = false;
            get(futures.recover());
            for (int i = 0; i < 5; i++) {
                awaitAsleep();
                get(futures.read(0, new BlkData().add(rig.buffer(512))));
            }
        }
    }

    @Test
    void aDeviceWhoseWaitsDoNotSleepHasNoSuchFutures() {
        try (Rig rig = new Rig(new ScriptedBlk(FLUSH, request -> BlkStatus.OK));
                BlkDevice disk = rig.open()) {
            assertThatThrownBy(() -> BlkFutures.start(disk, rig.driverErrors::add))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("withSleep");
        }
    }
}
