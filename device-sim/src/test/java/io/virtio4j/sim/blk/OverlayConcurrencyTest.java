// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.testkit.Clause;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An overlay that several threads change at once. They share its blocks, of 8 sectors, but no sector: sector s is the one of
 * thread s / 3 % 4. They meet before each strip, and so compete for copying up a block that nobody has written to.
 */
final class OverlayConcurrencyTest {
    private static final int THREADS = 4;
    private static final int STRIP = 3;
    private static final int PERIOD = THREADS * STRIP;
    private static final int ROUNDS = 200;
    private static final int SECTORS = ROUNDS * PERIOD + 5;
    private static final int SECTOR_BYTES = 512;
    private static final int FLUSH_EVERY = 50;
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final byte[] bytes = BlkRig.pattern(SECTORS * SECTOR_BYTES, 1);
    private Path base;
    private Path top;

    @BeforeEach
    void makeBase() throws IOException {
        base = Files.write(folder.resolve("base.img"), bytes);
        top = folder.resolve("top.overlay");
    }

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @Test
    @Clause("BLK-DEV-STABLE-FLUSH")
    void whatThreadsWriteIntoTheSameBlocksAtOnceIsAllThereAlsoWhenTheTopIsOpenedAgain() throws Exception {
        byte[] model = bytes.clone();
        try (OverlayBlockStore store = OverlayBlockStore.open(base, top)) {
            runInThreads(store, model);
            assertHolds(store, model);
            DirectRequest.run(store, BlockOp.FLUSH, 0, new byte[0]);
        }
        try (OverlayBlockStore again = OverlayBlockStore.open(base, top)) {
            assertHolds(again, model);
            runInThreads(again, model);
            assertHolds(again, model);
        }
        assertThat(Files.readAllBytes(base)).isEqualTo(bytes);
    }

    @Test
    void whatThreadsWriteIntoTheSameBlocksOfATemporaryOverlayIsAllThere() throws Exception {
        byte[] model = bytes.clone();
        try (OverlayBlockStore store = OverlayBlockStore.openTemporary(base)) {
            runInThreads(store, model);
            assertHolds(store, model);
        }
    }

    /** Were the second to write its sector while the first copies the block up, that copy would undo it. */
    @Test
    void aBlockIsCopiedUpBeforeAnybodyElseWritesToIt() throws Exception {
        byte[] model = bytes.clone();
        CountDownLatch copying = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        OverlayBlockStore.open(base, top).close();
        RecordingChannel channel =
                new RecordingChannel(FileChannel.open(top, StandardOpenOption.READ, StandardOpenOption.WRITE));
        ImageFile topFile = new ImageFile(new ImageChannel(top, () -> channel, false));
        try (OverlayBlockStore store = new OverlayBlockStore(ImageFile.open(base, false), topFile, false)) {
            channel.beforeWrite = () -> {
                if (first.getAndSet(false)) {
                    copying.countDown();
                    await(goOn);
                }
            };
            Future<?> one = threads.submit(() -> change(store, model, 1, 7));
            await(copying);
            Thread two = new Thread(() -> change(store, model, 5, 8));
            two.setDaemon(true);
            two.start();
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (two.isAlive() && two.getState() != Thread.State.WAITING) {
                assertThat(System.nanoTime() - deadlineNanos).isNegative();
                Thread.sleep(1);
            }
            goOn.countDown();
            one.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            two.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            assertHolds(store, model);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody came");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void change(BlockStore store, byte[] model, int sector, int seed) {
        byte[] data = BlkRig.pattern(SECTOR_BYTES, seed);
        DirectRequest.run(store, BlockOp.WRITE, (long) sector * SECTOR_BYTES, data);
        System.arraycopy(data, 0, model, sector * SECTOR_BYTES, data.length);
    }

    /** Each thread changes its strips, and those alone, in the model too. */
    private void runInThreads(BlockStore store, byte[] model) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int own = thread;
            running.add(threads.submit(() -> changeStrips(store, model, own, start)));
        }
        for (Future<?> each : running) {
            each.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static void changeStrips(BlockStore store, byte[] model, int own, CyclicBarrier start) {
        Random random = new Random(own);
        for (int round = 0; round < ROUNDS; round++) {
            meet(start);
            int strip = round * PERIOD + own * STRIP;
            int sectors = 1 + random.nextInt(STRIP);
            long at = (long) strip * SECTOR_BYTES;
            byte[] data = new byte[sectors * SECTOR_BYTES];
            int kind = random.nextInt(4);
            if (kind < 2) {
                random.nextBytes(data);
            }
            BlockOp op = kind < 2 ? BlockOp.WRITE : kind == 2 ? BlockOp.DISCARD : BlockOp.WRITE_ZEROES;
            DirectRequest.run(store, op, at, data);
            System.arraycopy(data, 0, model, (int) at, data.length);

            byte[] back = DirectRequest.run(store, BlockOp.READ, at, new byte[STRIP * SECTOR_BYTES]);
            assertThat(back).isEqualTo(Arrays.copyOfRange(model, (int) at, (int) at + back.length));
            if (random.nextInt(FLUSH_EVERY) == 0) {
                DirectRequest.run(store, BlockOp.FLUSH, 0, new byte[0]);
            }
        }
    }

    private static void meet(CyclicBarrier start) {
        try {
            start.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertHolds(BlockStore store, byte[] model) {
        byte[] disk = DirectRequest.run(store, BlockOp.READ, 0, new byte[model.length]);
        assertThat(Arrays.mismatch(disk, model)).as("first byte that differs").isEqualTo(-1);
    }
}
