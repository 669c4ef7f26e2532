// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;

/** Requests of any thread, with futures. */
final class BlkFuturesTest {
    private static final Features FLUSH = Features.of(BlkFeatureBits.FLUSH, BlkFeatureBits.DISCARD);
    private static final long LOST_SECTOR = 999;

    private static BlkFutures start(Rig rig, BlkRequests disk) {
        return BlkFutures.start(disk, new YieldingIdleStrategy(), rig.driverErrors::add);
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(1, TimeUnit.MINUTES);
    }

    private static Throwable failure(CompletableFuture<?> future) {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        future.orTimeout(1, TimeUnit.MINUTES)
                .handle((value, error) -> {
                    thrown.set(error instanceof CompletionException ? error.getCause() : error);
                    return null;
                })
                .join();
        return thrown.get();
    }

    @Test
    void requestsOfSeveralThreadsAreDoneAndTheirFuturesComplete() throws Exception {
        ScriptedBlk scripted = new ScriptedBlk(FLUSH, request -> BlkStatus.OK);
        DataBlk data = new DataBlk(ScriptedBlk.CAPACITY_SECTORS);
        scripted.data = data::serve;
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open(rig.options().withQueueSize(8))) {
            List<DmaBuffer> sources = new ArrayList<>();
            List<DmaBuffer> destinations = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                sources.add(rig.buffer(Rig.pattern(512, i)));
                destinations.add(rig.buffer(512));
            }
            try (BlkFutures futures = start(rig, disk)) {
                // More than fit into the queue at once, from two threads.
                AtomicReference<CompletableFuture<?>> others = new AtomicReference<>();
                Thread other = new Thread(() -> others.set(ask(futures, sources, destinations, 100)));
                other.start();
                get(ask(futures, sources, destinations, 0));
                other.join();
                get(others.get());
                get(futures.flush());
                assertThat(get(futures.id())).isEmpty();
            }
            for (int i = 0; i < 200; i++) {
                assertThat(rig.bytes(destinations.get(i))).isEqualTo(rig.bytes(sources.get(i)));
            }
            disk.read(150, destinations.get(0));
            assertThat(rig.bytes(destinations.get(0))).isEqualTo(rig.bytes(sources.get(150)));
            assertThat(rig.driverErrors).isEmpty();
        }
    }

    private static CompletableFuture<?> ask(
            BlkFutures futures, List<DmaBuffer> sources, List<DmaBuffer> destinations, int from) {
        List<CompletableFuture<?>> all = new ArrayList<>();
        BlkData list = new BlkData();
        for (int i = from; i < from + 100; i++) {
            BlkData destination = new BlkData().add(destinations.get(i));
            long sector = i;
            // The list is used again at once: the call has copied it.
            all.add(futures.write(sector, list.clear().add(sources.get(i)))
                    .thenCompose(written -> futures.read(sector, destination)));
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    @Test
    void everyKindOfFailureHasItsException() {
        ScriptedBlk scripted = new ScriptedBlk(
                FLUSH, request -> request.type() == BlkRequestType.FLUSH ? BlkStatus.OK : BlkStatus.IOERR);
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open()) {
            BlkData one = new BlkData().add(rig.buffer(1024));
            try (BlkFutures futures = start(rig, disk)) {
                assertThat(failure(futures.read(5, one)))
                        .isInstanceOf(BlkRequestException.class)
                        .hasMessageContaining("READ of 1024 bytes at offset 2560");
                assertThat(failure(futures.write(1000, one))).isInstanceOf(IllegalArgumentException.class);
                assertThat(failure(futures.discard(BlkRanges.of(0, 1))))
                        .isInstanceOf(UnsupportedOperationException.class);
                assertThat(failure(futures.lifetime())).isInstanceOf(UnsupportedOperationException.class);
                assertThat(failure(futures.flush())).isNull();
            }
            assertThat(rig.driverErrors).isEmpty();
        }
    }

    @Test
    void aRequestThatIsLostTimesOutAndARecoveryGivesItsBufferBack() throws Exception {
        ScriptedBlk scripted =
                new ScriptedBlk(FLUSH, request -> request.sector() == LOST_SECTOR ? ScriptedBlk.SILENCE : BlkStatus.OK);
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open(rig.options()
                        .withTimeoutNanos(TimeUnit.MILLISECONDS.toNanos(50))
                        .withQueueSize(4))) {
            DmaBuffer buffer = rig.buffer(512);
            BlkData one = new BlkData().add(buffer);
            try (BlkFutures futures = start(rig, disk)) {
                // More than fit: those that never get room are told so, too.
                List<CompletableFuture<Void>> lost = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    lost.add(futures.read(LOST_SECTOR, one));
                }
                for (CompletableFuture<Void> future : lost) {
                    assertThat(failure(future)).hasMessage(BlkTimeoutException.MESSAGE);
                }
                get(futures.recover());
                assertThat(buffer.isPinned()).isFalse();
                assertThat(rig.driverErrors).hasSize(20).allMatch(error -> error instanceof BlkTimeoutException);
                int tries = 0;
                // A slow machine may take longer than the timeout, now and then.
                while (failure(futures.read(0, one)) != null) {
                    assertThat(++tries).isLessThan(1_000);
                }
            }
        }
    }

    @Test
    void aRecoveryCancelsWhatIsInFlight() throws Exception {
        ScriptedBlk scripted =
                new ScriptedBlk(FLUSH, request -> request.sector() == LOST_SECTOR ? ScriptedBlk.SILENCE : BlkStatus.OK);
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open()) {
            BlkData one = new BlkData().add(rig.buffer(512));
            try (BlkFutures futures = start(rig, disk)) {
                CompletableFuture<Void> lost = futures.read(LOST_SECTOR, one);
                get(futures.read(0, one));
                get(futures.recover());
                assertThat(failure(lost)).isInstanceOf(CancellationException.class);
                get(futures.read(0, one));
            }
        }
    }

    @Test
    void aDeviceThatNeedsAResetFailsAllFuturesAtOnce() throws Exception {
        boolean[] broken = {true};
        ScriptedBlk scripted = new ScriptedBlk(FLUSH, request -> {
            if (broken[0] && request.type() == BlkRequestType.OUT) {
                throw new IllegalStateException("out of order");
            }
            return request.sector() == LOST_SECTOR ? ScriptedBlk.SILENCE : BlkStatus.OK;
        });
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open()) {
            BlkData one = new BlkData().add(rig.buffer(512));
            try (BlkFutures futures = start(rig, disk)) {
                CompletableFuture<Void> before = futures.read(LOST_SECTOR, one);
                assertThat(failure(futures.write(0, one))).isInstanceOf(BlkDeviceException.class);
                assertThat(failure(before)).isInstanceOf(BlkDeviceException.class);
                assertThat(failure(futures.flush())).isInstanceOf(BlkDeviceException.class);
                broken[0] = false;
                get(futures.recover());
                get(futures.write(0, one));
            }
        }
    }

    @Test
    void aCloseWaitsForWhatIsInFlightAndCancelsTheRest() {
        ScriptedBlk scripted =
                new ScriptedBlk(FLUSH, request -> request.sector() == LOST_SECTOR ? ScriptedBlk.SILENCE : BlkStatus.OK);
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open(rig.options()
                        .withTimeoutNanos(TimeUnit.MILLISECONDS.toNanos(50))
                        .withQueueSize(4))) {
            DmaBuffer buffer = rig.buffer(512);
            BlkData one = new BlkData().add(buffer);
            List<CompletableFuture<Void>> lost = new ArrayList<>();
            BlkFutures futures = start(rig, disk);
            for (int i = 0; i < 20; i++) {
                lost.add(futures.read(LOST_SECTOR, one));
            }
            futures.close();
            futures.close();
            assertThat(lost).allMatch(CompletableFuture::isCompletedExceptionally);
            assertThatThrownBy(() -> futures.flush().join()).isInstanceOf(CancellationException.class);
            assertThatThrownBy(() -> futures.id().join()).isInstanceOf(CancellationException.class);
            disk.recover((token, status) -> {});
            assertThat(buffer.isPinned()).isFalse();
        }
    }

    @Test
    void aThreadThatIsInterruptedHasTheQueueToItselfAllTheSameAfterAClose() throws Exception {
        CountDownLatch inFlight = new CountDownLatch(1);
        ScriptedBlk scripted = new ScriptedBlk(FLUSH, request -> {
            inFlight.countDown();
            return ScriptedBlk.SILENCE;
        });
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open(rig.options().withTimeoutNanos(TimeUnit.MILLISECONDS.toNanos(300)))) {
            BlkFutures futures = start(rig, disk);
            CompletableFuture<Void> lost = futures.read(0, new BlkData().add(rig.buffer(512)));
            inFlight.await();
            Thread.currentThread().interrupt();
            try {
                futures.close();
                assertThat(lost).isCompletedExceptionally();
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            } finally {
                Thread.interrupted();
                futures.close();
            }
        }
    }

    @Test
    void nothingHangsWhereWhatDependsOnAFutureEndsTheThread() {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        ScriptedBlk scripted = new ScriptedBlk(FLUSH, request -> {
            ready.join();
            return BlkStatus.OK;
        });
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open();
                BlkFutures futures = start(rig, disk)) {
            CompletableFuture<Void> end =
                    futures.flush().thenRun(() -> Thread.currentThread().interrupt());
            ready.complete(null);
            end.join();
            Throwable failure = null;
            while (failure == null) {
                failure = failure(futures.flush());
            }
            assertThat(failure).isInstanceOf(CancellationException.class);
            assertThat(failure(futures.flush())).isInstanceOf(CancellationException.class);
            assertThat(failure(futures.id())).isInstanceOf(CancellationException.class);
        }
    }
}
