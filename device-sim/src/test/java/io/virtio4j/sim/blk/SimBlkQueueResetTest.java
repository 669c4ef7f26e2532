// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static io.virtio4j.sim.blk.BlkRig.header;
import static io.virtio4j.sim.blk.BlkRig.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A block device whose queue is reset while an asynchronous store has its requests. */
@Clause("CORE-DEV-VQRESET-STOP")
class SimBlkQueueResetTest {
    private static final long LENGTH = 1 << 20;

    private final HeldStore held = new HeldStore(LENGTH);
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final SimBlk device = new SimBlk(held, SimBlkOptions.DEFAULTS, errors::add);

    private BlkRig rig(boolean packed) {
        Features everything = BlkRig.everything(device);
        return new BlkRig(device, packed ? everything.with(FeatureBits.RING_PACKED) : everything);
    }

    private static long sendRead(BlkRig rig, long sector) {
        return rig.send(List.of(header(BlkRequestType.IN, sector)), List.of(512, 1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void requestsThatTheStoreHasNotBegunAreMadeVoid(boolean packed) {
        BlkRig rig = rig(packed);
        long read = sendRead(rig, 0);
        rig.serve();

        rig.session.resetQueue(0);

        assertThat(rig.session.isQueueReset(0)).isTrue();
        assertThat(held.finish(0)).isFalse();
        rig.session.service();
        assertThat(rig.writableNow(read)).containsOnly(BlkRig.POISON);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theResetIsCompleteWhenTheStoreIsDoneWithTheDriversMemory(boolean packed) {
        BlkRig rig = rig(packed);
        long read = sendRead(rig, 0);
        rig.serve();
        BlockRequest claimed = held.held.get(0);
        assertThat(claimed.claim()).isTrue();

        rig.session.resetQueue(0);
        rig.session.service();
        assertThat(rig.session.isQueueReset(0)).isFalse();
        claimed.complete();
        rig.session.service();

        assertThat(rig.session.isQueueReset(0)).isTrue();
        // No status byte: the answer to a request of a queue that was reset is nobody's business.
        assertThat(rig.writableNow(read)).containsOnly(BlkRig.POISON);
        assertThat(rig.queue.poll((token, written) -> {}, 1)).isZero();
    }

    @Test
    void aWriteWhoseFlushIsStillToComeIsNotGoneOnWith() {
        BlkRig rig = new BlkRig(device, BlkRig.everything(device).without(BlkFeatureBits.FLUSH));
        rig.send(List.of(header(BlkRequestType.OUT, 0), pattern(512, 1)), List.of(1));
        rig.serve();
        BlockRequest claimed = held.held.get(0);
        assertThat(claimed.claim()).isTrue();

        rig.session.resetQueue(0);
        claimed.complete();
        rig.session.service();

        assertThat(rig.session.isQueueReset(0)).isTrue();
        assertThat(held.ops).containsExactly(BlockOp.WRITE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Clause("CORE-DEV-VQENABLE-OBSERVE")
    void aQueueSetUpAgainWorksAndHearsNothingOfWhatWasBefore(boolean packed) {
        BlkRig rig = rig(packed);
        sendRead(rig, 0);
        rig.serve();
        rig.session.resetQueue(0);
        DriverQueue before = rig.queue;
        rig.enableQueue(16);

        byte[] data = pattern(512, 3);
        long write = rig.send(List.of(header(BlkRequestType.OUT, 5), data), List.of(1));
        rig.serve();
        held.finish(0);
        held.finish(0);
        rig.serve();

        assertThat(rig.take(write).status()).isEqualTo(BlkStatus.OK);
        assertThat(before.inFlight()).isEqualTo(1);
        assertThat(errors).isEmpty();
        assertThat(rig.errors).isEmpty();
    }
}
