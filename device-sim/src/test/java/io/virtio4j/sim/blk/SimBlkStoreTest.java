// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static io.virtio4j.sim.blk.BlkRig.header;
import static io.virtio4j.sim.blk.BlkRig.pattern;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.sim.blk.BlkRig.Answer;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a block device and its store share a request: late, on another thread, failed, or never ended. */
final class SimBlkStoreTest {
    private static final int LENGTH = 64 * 512;
    private static final byte[] NO_DATA = {};
    private static final SimBlkOptions OPTIONS = SimBlkOptions.DEFAULTS.withQueueSize(BlkRig.QUEUE_SIZE);

    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final HeldStore held = new HeldStore(LENGTH);

    private BlkRig rig(BlockStore store) {
        return new BlkRig(new SimBlk(store, OPTIONS, errors::add));
    }

    private static long sendRead(BlkRig rig, long sector, int lengthBytes) {
        return rig.send(List.of(header(BlkRequestType.IN, sector)), List.of(lengthBytes, 1));
    }

    private static long sendWrite(BlkRig rig, long sector, byte[] data) {
        return rig.send(List.of(header(BlkRequestType.OUT, sector), data), List.of(1));
    }

    @Test
    @Clause("CORE-DRV-OUT-OF-ORDER")
    void requestsThatTheStoreEndsLateAreAnsweredInTheOrderInWhichTheyEnd() {
        BlkRig rig = rig(held);
        byte[] data = pattern(1024, 1);
        long write = sendWrite(rig, 4, data);
        long flush = rig.send(List.of(header(BlkRequestType.FLUSH, 0)), List.of(1));
        long read = sendRead(rig, 4, 1024);
        rig.serve();
        assertThat(held.ops).containsExactly(BlockOp.WRITE, BlockOp.FLUSH, BlockOp.READ);
        assertThat(rig.isAnswered(write)).isFalse();

        held.finish(0);
        held.finish(1);
        rig.serve();
        assertThat(rig.take(write).status()).isEqualTo(BlkStatus.OK);
        assertThat(rig.take(read).data()).isEqualTo(data);
        assertThat(rig.isAnswered(flush)).isFalse();

        held.finish(0);
        rig.serve();
        assertThat(rig.take(flush).status()).isEqualTo(BlkStatus.OK);
    }

    @Test
    void requestsThatOtherThreadsEndAllComeBack() throws InterruptedException {
        MemoryBlockStore memory = new MemoryBlockStore(LENGTH);
        BlkRig rig = rig(new Wrapped(memory, request -> {
            Thread thread = new Thread(() -> {
                if (request.claim()) {
                    memory.submit(request);
                }
            });
            thread.setDaemon(true);
            thread.start();
        }));
        for (int round = 0; round < 20; round++) {
            List<Long> tokens = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                tokens.add(sendWrite(rig, i, pattern(512, round * 100 + i)));
            }
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!tokens.stream().allMatch(rig::isAnswered)) {
                assertThat(System.nanoTime() - deadlineNanos).isNegative();
                rig.serve();
                Thread.sleep(1);
            }
            for (long token : tokens) {
                assertThat(rig.take(token).status()).isEqualTo(BlkStatus.OK);
            }
        }
        assertThat(errors).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStoreThatFailsOrThrowsIsAnIoErrorWithItsCause(boolean throwing) {
        BlkRig rig = rig(new Wrapped(new MemoryBlockStore(LENGTH), request -> {
            if (throwing) {
                throw new UnsupportedOperationException("worn out");
            }
            request.fail(new IOException("worn out"));
        }));

        Answer read = rig.request(BlkRequestType.IN, 0, NO_DATA, 512);
        assertThat(read.status()).isEqualTo(BlkStatus.IOERR);
        assertThat(read.usedBytes()).isZero();
        assertThat(rig.request(BlkRequestType.OUT, 0, pattern(512, 1), 0).status())
                .isEqualTo(BlkStatus.IOERR);
        assertThat(rig.request(BlkRequestType.FLUSH, 0, NO_DATA, 0).status()).isEqualTo(BlkStatus.IOERR);

        assertThat(errors)
                .hasSize(3)
                .allSatisfy(error -> assertThat(error)
                        .isInstanceOf(BlockStoreException.class)
                        .hasRootCauseMessage("worn out"));
        assertThat(rig.request(BlkRequestType.GET_ID, 0, NO_DATA, 20).status()).isEqualTo(BlkStatus.OK);
    }

    @Test
    @Clause("BLK-DEV-STABLE-NO-FLUSH-ACK")
    void withoutFlushNegotiatedAWriteIsDurableBeforeItCompletes() {
        SimBlk device = new SimBlk(held, OPTIONS, errors::add);
        BlkRig rig = new BlkRig(
                device, BlkRig.everything(device).minus(Features.of(BlkFeatureBits.FLUSH, BlkFeatureBits.CONFIG_WCE)));
        long write = sendWrite(rig, 0, pattern(512, 1));
        rig.serve();
        held.finish(0);
        rig.serve();
        assertThat(rig.isAnswered(write)).isFalse();
        assertThat(held.ops).containsExactly(BlockOp.WRITE, BlockOp.FLUSH);

        held.finish(0);
        rig.serve();
        assertThat(rig.take(write).status()).isEqualTo(BlkStatus.OK);
    }

    @Test
    @Clause("BLK-DEV-STABLE-NO-FLUSH-ACK")
    void withoutFlushNegotiatedAWriteFailsIfItCannotBeMadeDurable() {
        SimBlk device = new SimBlk(held, OPTIONS, errors::add);
        BlkRig rig = new BlkRig(
                device, BlkRig.everything(device).minus(Features.of(BlkFeatureBits.FLUSH, BlkFeatureBits.CONFIG_WCE)));
        long write = sendWrite(rig, 0, pattern(512, 1));
        rig.serve();
        held.finish(0);
        rig.serve();
        held.held.remove(0).fail(new IOException("no"));
        rig.serve();
        assertThat(rig.take(write).status()).isEqualTo(BlkStatus.IOERR);
    }

    @Test
    @Clause("BLK-DEV-STABLE-FLUSH")
    void aFlushReachesTheStoreAfterEveryWriteThatWasCompletedBefore() {
        CrashStore store = new CrashStore(LENGTH);
        BlkRig rig = rig(store);
        byte[] data = pattern(LENGTH, 2);
        for (int sector = 0; sector < 64; sector++) {
            rig.request(BlkRequestType.OUT, sector, Arrays.copyOfRange(data, sector * 512, sector * 512 + 512), 0);
        }
        assertThat(store.durable()).isEqualTo(new byte[LENGTH]);
        assertThat(rig.request(BlkRequestType.FLUSH, 0, NO_DATA, 0).status()).isEqualTo(BlkStatus.OK);
        assertThat(store.durable()).isEqualTo(data);
    }

    @Test
    @Clause({"CORE-DEV-RESET-QUIET", "CORE-DEV-RESET-STATUS-ZERO"})
    void afterAResetTheStoreCannotReachTheDriversMemory() {
        BlkRig rig = rig(held);
        long read = sendRead(rig, 0, 512);
        rig.serve();
        BlockRequest request = held.held.get(0);
        assertThatThrownBy(() -> request.pieceMemory(0)).isInstanceOf(IllegalStateException.class);

        assertThat(rig.session.writeStatus(DeviceStatus.RESET)).isZero();

        assertThat(request.claim()).isFalse();
        assertThatThrownBy(() -> request.pieceBuffer(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> request.pieceMemory(0)).isInstanceOf(IllegalStateException.class);
        byte[] before = rig.writableNow(read);
        request.complete();
        request.fail(new IOException("late"));
        rig.session.service();
        assertThat(rig.writableNow(read)).isEqualTo(before).containsOnly(BlkRig.POISON);
        assertThat(rig.queue.poll((token, written) -> {}, 1)).isZero();
        assertThat(errors).isEmpty();
    }

    @Test
    void aRequestOfBeforeTheResetDoesNotAnswerOneOfAfterIt() {
        BlkRig rig = rig(held);
        sendRead(rig, 0, 512);
        rig.serve();
        BlockRequest old = held.held.remove(0);
        rig.session.writeStatus(DeviceStatus.RESET);
        rig.start(BlkRig.everything(rig.device));
        long read = sendRead(rig, 0, 512);
        rig.serve();
        old.complete();
        rig.serve();
        assertThat(rig.isAnswered(read)).isFalse();
        held.finish(0);
        rig.serve();
        assertThat(rig.take(read).status()).isEqualTo(BlkStatus.OK);
    }

    @Test
    void aRequestThatEndedBeforeTheResetAndWasNotAnsweredIsDropped() {
        BlkRig rig = rig(held);
        sendRead(rig, 0, 512);
        rig.serve();
        held.finish(0);
        rig.session.writeStatus(DeviceStatus.RESET);
        rig.start(BlkRig.everything(rig.device));
        rig.serve();
        assertThat(rig.queue.inFlight()).isZero();
        assertThat(rig.errors).isEmpty();
    }

    @Test
    void aResetWaitsForAStoreThatIsUsingTheDriversMemory() throws InterruptedException {
        BlkRig rig = rig(held);
        sendRead(rig, 0, 512);
        rig.serve();
        BlockRequest request = held.held.remove(0);
        assertThat(request.claim()).isTrue();
        CountDownLatch asked = new CountDownLatch(1);
        Thread store = new Thread(() -> {
            try {
                asked.await();
                // The reset has begun or is about to: either way the memory is still ours.
                Thread.sleep(50);
                request.pieceMemory(0).putByte(request.pieceOffset(0), 1);
                request.complete();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        store.start();
        asked.countDown();
        assertThat(rig.session.writeStatus(DeviceStatus.RESET)).isZero();
        assertThatThrownBy(() -> request.pieceMemory(0)).isInstanceOf(IllegalStateException.class);
        store.join();
    }

    @Test
    void aResetThatAStoreHoldsUpIsNotComplete() {
        BlkRig rig = new BlkRig(new SimBlk(held, OPTIONS, errors::add, TimeUnit.MILLISECONDS.toNanos(20)));
        sendRead(rig, 0, 512);
        rig.serve();
        BlockRequest request = held.held.remove(0);
        assertThat(request.claim()).isTrue();
        assertThat(rig.session.writeStatus(DeviceStatus.RESET) & DeviceStatus.DEVICE_NEEDS_RESET)
                .isNotZero();
        assertThat(rig.errors).singleElement().asString().contains("still uses the driver's memory");
        request.complete();
        assertThat(rig.session.writeStatus(DeviceStatus.RESET)).isZero();
    }

    @Test
    void endingARequestTwiceIsAMistakeOfTheStore() {
        BlkRig rig = rig(new Wrapped(new MemoryBlockStore(LENGTH), request -> {
            request.complete();
            assertThatThrownBy(request::complete).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> request.fail(new IOException())).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(request::claim).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> request.pieceMemory(0)).isInstanceOf(IllegalStateException.class);
        }));
        assertThat(rig.request(BlkRequestType.IN, 0, NO_DATA, 512).status()).isEqualTo(BlkStatus.OK);
        assertThat(errors).isEmpty();
    }

    @Test
    void aStoreThatEndsARequestAndThenThrowsFailsIt() {
        BlkRig rig = rig(new Wrapped(new MemoryBlockStore(LENGTH), request -> {
            request.complete();
            throw new IllegalStateException("after the end");
        }));
        assertThat(rig.request(BlkRequestType.IN, 0, NO_DATA, 512).status()).isEqualTo(BlkStatus.IOERR);
        assertThat(errors).singleElement().satisfies(error -> assertThat(error).hasRootCauseMessage("after the end"));
    }

    /** A store with another store's size whose requests go to a test. */
    private record Wrapped(BlockStore delegate, Consumer<BlockRequest> handler) implements BlockStore {
        @Override
        public long lengthBytes() {
            return delegate.lengthBytes();
        }

        @Override
        public boolean isReadOnly() {
            return delegate.isReadOnly();
        }

        @Override
        public void submit(BlockRequest request) {
            handler.accept(request);
        }

        @Override
        public void close() {}
    }
}
