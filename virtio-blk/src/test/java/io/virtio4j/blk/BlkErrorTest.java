// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.blk.ScriptedBlk.Seen;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.BrokenQueueException;
import io.virtio4j.queue.SplitLayout;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the driver makes of a device that fails, does not answer, or breaks. */
final class BlkErrorTest {
    private static final Features FLUSH = Features.of(BlkFeatureBits.FLUSH);
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    @ParameterizedTest
    @ValueSource(ints = {BlkStatus.IOERR, BlkStatus.UNSUPP, 3, 77, 255})
    @Clause("BLK-DEV-STATUS-CODES")
    void anErrorSaysWhatFailedWhereAndHow(int status) {
        try (Rig rig = new Rig(new ScriptedBlk(FLUSH, request -> status));
                BlkDevice device = rig.open()) {
            DmaBuffer buffer = rig.buffer(1024);
            assertThatThrownBy(() -> device.write(3, buffer))
                    .isInstanceOfSatisfying(BlkRequestException.class, e -> {
                        assertThat(e.operation()).isEqualTo(BlkOperation.WRITE);
                        assertThat(e.offsetBytes()).isEqualTo(1536);
                        assertThat(e.lengthBytes()).isEqualTo(1024);
                        assertThat(e.status()).isEqualTo(status);
                    })
                    .hasMessageContaining("WRITE of 1024 bytes at offset 1536");
            assertThatThrownBy(() -> device.read(0, buffer)).isInstanceOf(BlkRequestException.class);
            assertThatThrownBy(device::flush).isInstanceOf(BlkRequestException.class);
            assertThatThrownBy(device::id).isInstanceOf(BlkRequestException.class);
            assertThat(buffer.isPinned()).isFalse();

            assertThat(device.submitRead(0, new BlkData().add(buffer), 5)).isEqualTo(BlkDevice.SUBMITTED);
            List<Integer> outcomes = new ArrayList<>();
            assertThat(device.await((token, outcome) -> outcomes.add(outcome))).isEqualTo(1);
            assertThat(outcomes).containsExactly(status);
            assertThat(rig.driverErrors).isEmpty();
        }
    }

    /** A queue of four descriptors takes one request of three: the second part waits until the first has failed. */
    @Test
    void theRestOfAnOperationIsNotSentWhenAPartHasFailed() {
        ScriptedBlk scripted = new ScriptedBlk(
                        Features.of(BlkFeatureBits.SIZE_MAX, BlkFeatureBits.SEG_MAX), request -> BlkStatus.IOERR)
                .with(BlkConfigLayout.SIZE_MAX, 512)
                .with(BlkConfigLayout.SEG_MAX, 1);
        try (Rig rig = new Rig(scripted);
                BlkDevice device = rig.open(rig.options()
                        .withRingFeatures(DriverSpec.RING_FEATURES.without(FeatureBits.INDIRECT_DESC))
                        .withQueueSize(4))) {
            DmaBuffer buffer = rig.buffer(4 * 512);
            assertThatThrownBy(() -> device.write(0, buffer)).isInstanceOf(BlkRequestException.class);
            assertThat(scripted.seen).hasSize(1);
            assertThat(buffer.isPinned()).isFalse();
        }
    }

    @Test
    void aDeviceThatNeverWritesItsStatusIsNotTakenForOneThatSucceeded() {
        try (Rig rig = new Rig(new ScriptedBlk(FLUSH, request -> ScriptedBlk.NOTHING_WRITTEN));
                BlkDevice device = rig.open()) {
            DmaBuffer buffer = rig.buffer(512);
            assertThatThrownBy(() -> device.read(0, buffer)).isInstanceOf(BlkRequestException.class);
            assertThatThrownBy(() -> device.read(0, buffer)).isInstanceOf(BlkRequestException.class);
        }
    }

    @Test
    @Clause("CORE-DRV-CLEANUP-RESET-FIRST")
    void aRequestThatIsNotAnsweredTimesOutOnceAndKeepsItsBuffers() {
        try (Rig rig = new Rig(new ScriptedBlk(FLUSH, request -> ScriptedBlk.SILENCE))) {
            BlkDevice device = rig.open(rig.options().withTimeoutNanos(SHORT_NANOS));
            DmaBuffer buffer = rig.buffer(512);
            assertThatThrownBy(() -> device.read(1, buffer)).isInstanceOfSatisfying(BlkTimeoutException.class, e -> {
                assertThat(e).hasMessage("virtio-blk: request timeout");
                assertThat(e.operation()).isEqualTo(BlkOperation.READ);
                assertThat(e.offsetBytes()).isEqualTo(512);
                assertThat(e.lengthBytes()).isEqualTo(512);
            });
            assertThat(buffer.isPinned()).isTrue();
            assertThatThrownBy(buffer::free).isInstanceOf(IllegalStateException.class);
            assertThat(device.await((token, status) -> {})).isZero();
            assertThat(rig.driverErrors)
                    .singleElement()
                    .satisfies(error -> assertThat(error).hasMessage("virtio-blk: request timeout"));

            device.close();
            assertThat(buffer.isPinned()).isFalse();
            buffer.free();
            assertThat(rig.driverErrors).hasSize(1);
        }
    }

    @Test
    void submittedRequestsTimeOutOnceEachAndTheRestIsCancelledByTheClose() {
        try (Rig rig = new Rig(
                new ScriptedBlk(FLUSH, request -> request.sector() < 10 ? ScriptedBlk.SILENCE : BlkStatus.OK))) {
            BlkDevice device = rig.open(rig.options().withTimeoutNanos(SHORT_NANOS));
            DmaBuffer buffer = rig.buffer(512);
            BlkData data = new BlkData().add(buffer);
            for (int i = 0; i < 20; i++) {
                assertThat(device.submitRead(i, data, i)).isEqualTo(BlkDevice.SUBMITTED);
            }
            List<Long> done = new ArrayList<>();
            List<Long> timedOut = new ArrayList<>();
            BlkHandler handler = (token, status) -> (status == BlkDevice.TIMED_OUT ? timedOut : done).add(token);
            while (device.await(handler) > 0) {
                assertThat(done.size() + timedOut.size()).isLessThanOrEqualTo(20);
            }
            assertThat(done).hasSize(10).allMatch(token -> token >= 10);
            assertThat(timedOut).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
            assertThat(rig.driverErrors).hasSize(10);
            assertThat(device.poll(handler)).isZero();
            assertThat(buffer.isPinned()).isTrue();

            assertThat(device.submitRead(0, data, 100)).isEqualTo(BlkDevice.SUBMITTED);
            List<String> last = new ArrayList<>();
            device.close((token, status) -> last.add(token + ":" + status));
            assertThat(last).containsExactly("100:" + BlkDevice.CANCELLED);
            assertThat(buffer.isPinned()).isFalse();
            assertThat(rig.driverErrors).hasSize(10);
        }
    }

    @Test
    void aLateAnswerFreesTheBuffersAndIsNoOutcome() throws InterruptedException {
        ScriptedBlk late = new ScriptedBlk(FLUSH, request -> BlkStatus.OK);
        late.hold(true);
        try (Rig rig = new Rig(late);
                BlkDevice device = rig.open(rig.options().withTimeoutNanos(SHORT_NANOS))) {
            DmaBuffer buffer = rig.buffer(512);
            assertThatThrownBy(() -> device.read(0, buffer)).isInstanceOf(BlkTimeoutException.class);
            assertThat(buffer.isPinned()).isTrue();
            late.hold(false);
            for (int i = 0; i < 3_000 && buffer.isPinned(); i++) {
                assertThat(device.poll((token, status) -> Rig.fail(new AssertionError("an outcome"))))
                        .isZero();
                Thread.sleep(10);
            }
            assertThat(buffer.isPinned()).isFalse();
            assertThat(rig.driverErrors).hasSize(1);
            device.read(0, buffer);
        }
    }

    @Test
    void whenAllRoomIsTakenByRequestsThatAreNotAnsweredTheNextOneTimesOutToo() {
        try (Rig rig = new Rig(new ScriptedBlk(FLUSH, request -> ScriptedBlk.SILENCE))) {
            BlkDevice device =
                    rig.open(rig.options().withTimeoutNanos(SHORT_NANOS).withQueueSize(4));
            DmaBuffer buffer = rig.buffer(512);
            BlkData data = new BlkData().add(buffer);
            int submitted = 0;
            while (device.submitRead(0, data, submitted) == BlkDevice.SUBMITTED) {
                submitted++;
            }
            assertThat(submitted).isBetween(1, 5);
            while (device.await((token, status) -> {}) > 0) {
                assertThat(rig.driverErrors).hasSizeLessThanOrEqualTo(submitted);
            }
            for (int i = 0; i < 10; i++) {
                assertThatThrownBy(() -> device.read(0, buffer)).isInstanceOf(BlkTimeoutException.class);
            }
            assertThat(rig.driverErrors).hasSize(submitted + 10);
            device.close();
            assertThat(buffer.isPinned()).isFalse();
        }
    }

    @Test
    @Clause("CORE-DRV-NEEDS-RESET-DISTRUST")
    void aDeviceThatNeedsAResetIsToldOfAndAResetHelps() {
        boolean[] broken = {true};
        ScriptedBlk scripted = new ScriptedBlk(FLUSH, request -> {
            if (broken[0] && request.type() == BlkRequestType.OUT) {
                throw new IllegalStateException("out of order");
            }
            return BlkStatus.OK;
        });
        try (Rig rig = new Rig(scripted)) {
            BlkDevice device = rig.open();
            DmaBuffer buffer = rig.buffer(512);
            assertThatThrownBy(() -> device.write(0, buffer))
                    .isInstanceOf(BlkDeviceException.class)
                    .hasMessageContaining("needs a reset");
            assertThat(buffer.isPinned()).isTrue();
            assertThatThrownBy(() -> device.read(0, buffer)).isInstanceOf(BlkDeviceException.class);
            assertThat(device.submitRead(0, new BlkData().add(buffer), 1)).isEqualTo(BlkDevice.BROKEN);
            assertThat(device.poll((token, status) -> {})).isEqualTo(BlkDevice.BROKEN);
            assertThat(device.await((token, status) -> {})).isEqualTo(BlkDevice.BROKEN);
            device.close();
            assertThat(buffer.isPinned()).isFalse();
            assertThat(rig.driverErrors).isEmpty();

            broken[0] = false;
            try (BlkDevice again = rig.open()) {
                again.write(0, buffer);
            }
        }
    }

    @Test
    void aDeviceThatBreaksTheRingIsToldOfOnce() {
        AtomicReference<Consumer<Seen>> breakRing = new AtomicReference<>();
        ScriptedBlk scripted = new ScriptedBlk(FLUSH, request -> {
            breakRing.get().accept(request);
            return ScriptedBlk.SILENCE;
        });
        try (Rig rig = new Rig(scripted)) {
            // Split: there is an index to break.
            BlkDevice device =
                    rig.open(rig.options().withRingFeatures(DriverSpec.RING_FEATURES.without(FeatureBits.RING_PACKED)));
            long usedIdx = SplitLayout.USED_IDX;
            breakRing.set(request -> rig.memory.putLe16(scripted.deviceArea - rig.memory.guestAddress() + usedIdx, 77));
            DmaBuffer buffer = rig.buffer(512);
            assertThatThrownBy(() -> device.read(0, buffer))
                    .isInstanceOf(BlkDeviceException.class)
                    .hasMessageContaining("broke a queue")
                    .hasCauseInstanceOf(BrokenQueueException.class);
            assertThat(device.submitFlush(1)).isEqualTo(BlkDevice.BROKEN);
            assertThat(rig.driverErrors).singleElement().isInstanceOf(BrokenQueueException.class);
            device.close();
            assertThat(buffer.isPinned()).isFalse();
        }
    }
}
