// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BrokenQueueException;
import io.virtio4j.queue.PackedLayout;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.SplitLayout;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the driver makes of a device that gives nothing, gives too much, does not answer, or breaks. */
final class RngFailureTest {
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final ScriptedRng.Script SILENT = (chain, queue) -> ScriptedRng.SILENCE;

    /** 5.4.6.2: the device must place one or more random bytes into the buffer. */
    @Test
    void aDeviceThatGivesNoBytesIsAnErrorAndNotALoop() {
        ScriptedRng device = new ScriptedRng((chain, queue) -> 0);
        try (Rig rig = new Rig(device);
                RngDevice rng = rig.open()) {
            DmaBuffer buffer = rig.buffer(8);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> rng.nextBytes(new byte[8]))
                        .isInstanceOf(RngDeviceException.class)
                        .hasMessageContaining("without one random byte");
                assertThat(rng.submit(buffer, 0, 8, i)).isEqualTo(RngDevice.SUBMITTED);
                List<Long> outcomes = new ArrayList<>();
                assertThat(rng.await((token, outcome) -> outcomes.add(outcome))).isEqualTo(1);
                assertThat(outcomes).containsExactly(RngDevice.NO_BYTES);
            }
            assertThat(device.seen).hasSize(6);
            assertThat(rig.driverErrors).singleElement().isInstanceOf(RngDeviceException.class);
        }
    }

    @Test
    void anOutcomeWithoutBytesIsToldOfOnceThoughNobodyBlocks() {
        try (Rig rig = new Rig(new ScriptedRng((chain, queue) -> 0));
                RngDevice rng = rig.open()) {
            DmaBuffer buffer = rig.buffer(8);
            for (int i = 0; i < 3; i++) {
                rng.submit(buffer, 0, 8, i);
                assertThat(rng.await((token, outcome) -> {})).isEqualTo(1);
            }
            assertThat(rig.driverErrors).singleElement().isInstanceOf(RngDeviceException.class);
        }
    }

    @Test
    void anErrorHandlerThatThrowsDoesNotKeepTheBufferWithTheDevice() {
        ScriptedRng device = new ScriptedRng((chain, queue) -> 0);
        try (Rig rig = new Rig(device)) {
            RngOptions options = RngOptions.defaults(error -> {
                throw new IllegalStateException("told", error);
            });
            RngDevice rng = rig.open(options);
            DmaBuffer buffer = rig.buffer(8);
            assertThat(rng.submit(buffer, 0, 8, 1)).isEqualTo(RngDevice.SUBMITTED);
            assertThatThrownBy(() -> rng.await((token, outcome) -> {})).hasMessage("told");
            assertThat(buffer.isPinned()).isFalse();
            rng.close();
        }
    }

    @ParameterizedTest
    @MethodSource("io.virtio4j.rng.Rig#bothFormats")
    void aDeviceThatClaimsMoreThanTheBufferHoldsBreaksTheQueue(Features ring) {
        Rig[] made = new Rig[1];
        ScriptedRng device = new ScriptedRng((chain, queue) -> claim(made[0].memory, queue, 9));
        try (Rig rig = new Rig(device)) {
            made[0] = rig;
            RngDevice rng = rig.open(rig.options().withRingFeatures(ring));
            assertThatThrownBy(() -> rng.nextBytes(new byte[8]))
                    .isInstanceOf(RngDeviceException.class)
                    .hasMessageContaining("broke a queue")
                    .hasCauseInstanceOf(BrokenQueueException.class);
            assertThat(rng.submit(rig.buffer(8), 0, 8, 1)).isEqualTo(RngDevice.BROKEN);
            assertThat(rng.poll((token, outcome) -> {})).isEqualTo(RngDevice.BROKEN);
            assertThat(rng.await((token, outcome) -> {})).isEqualTo(RngDevice.BROKEN);
            assertThat(rig.driverErrors).singleElement().isInstanceOf(BrokenQueueException.class);
            long carved = rig.arena.freeBytes();
            rng.close();
            assertThat(rig.arena.freeBytes()).isGreaterThan(carved);
        }
    }

    /** Writes the first used element of a ring by hand, as {@code DeviceQueue} would not. */
    private static long claim(SharedMemory memory, QueueConfig queue, int lengthBytes) {
        if (queue.features().has(FeatureBits.RING_PACKED)) {
            long slot = queue.addresses().descriptorArea() - memory.guestAddress();
            int id = memory.getLe16(slot + PackedLayout.DESC_ID);
            memory.putLe32(slot + PackedLayout.DESC_LEN, lengthBytes);
            memory.putLe16(slot + PackedLayout.DESC_ID, id);
            memory.putLe16Opaque(memory.wmb(), slot + PackedLayout.DESC_FLAGS, 0x8082);
        } else {
            long used = queue.addresses().deviceArea() - memory.guestAddress();
            memory.putLe32(used + SplitLayout.USED_RING, 0);
            memory.putLe32(used + SplitLayout.USED_RING + SplitLayout.USED_ELEM_LEN, lengthBytes);
            memory.putLe16Opaque(memory.wmb(), used + SplitLayout.USED_IDX, 1);
        }
        return ScriptedRng.WRITTEN_BY_HAND;
    }

    @Test
    @Clause("CORE-DRV-CLEANUP-RESET-FIRST")
    void anArrayThatIsNotFilledInTimeIsToldOfOnceAndTheDeviceKeepsTheMemory() {
        ScriptedRng device = new ScriptedRng(SILENT);
        try (Rig rig = new Rig(device)) {
            long freeBytes = rig.arena.freeBytes();
            RngDevice rng = rig.open(rig.options().withTimeoutNanos(SHORT_NANOS));
            assertThatThrownBy(() -> rng.nextBytes(new byte[8]))
                    .isInstanceOf(RngTimeoutException.class)
                    .hasMessage("virtio-rng: request timeout");
            assertThat(rig.driverErrors).hasSize(1);
            assertThatThrownBy(() -> rng.nextBytes(new byte[8])).isInstanceOf(RngTimeoutException.class);
            assertThat(rig.driverErrors).hasSize(2);
            assertThat(device.seen)
                    .as("the buffer is the device's until it answers")
                    .hasSize(1);
            rng.close();
            assertThat(rig.arena.freeBytes()).isEqualTo(freeBytes);
        }
    }

    /** The time is for all of the array, so a device that trickles cannot hold its driver for ever. */
    @Test
    void theDeadlineIsForTheWholeArrayHoweverLittleComesAtATime() {
        try (Rig rig = new Rig(new ScriptedRng((chain, queue) -> ScriptedRng.fill(chain, 1)));
                RngDevice rng = rig.open()) {
            assertThatThrownBy(() -> rng.nextBytes(new byte[1 << 24], 0, 1 << 24, SHORT_NANOS))
                    .isInstanceOf(RngTimeoutException.class);
            rng.nextBytes(new byte[4]);
        }
    }

    @Test
    void submittedRequestsTimeOutOnceEachAndTheRestIsCancelledByTheClose() {
        try (Rig rig = new Rig(new ScriptedRng(SILENT))) {
            RngDevice rng = rig.open(rig.options().withTimeoutNanos(SHORT_NANOS));
            DmaBuffer buffer = rig.buffer(8);
            for (int i = 0; i < 3; i++) {
                assertThat(rng.submit(buffer, 0, 8, i)).isEqualTo(RngDevice.SUBMITTED);
            }
            List<String> outcomes = new ArrayList<>();
            RngHandler handler = (token, outcome) -> outcomes.add(token + ":" + outcome);
            while (rng.await(handler) > 0) {
                assertThat(outcomes).hasSizeLessThanOrEqualTo(3);
            }
            assertThat(outcomes).containsExactlyInAnyOrder("0:-1", "1:-1", "2:-1");
            assertThat(rig.driverErrors).hasSize(3).allMatch(RngTimeoutException.class::isInstance);
            assertThat(buffer.isPinned()).isTrue();

            assertThat(rng.submit(buffer, 0, 8, 100)).isEqualTo(RngDevice.SUBMITTED);
            outcomes.clear();
            rng.close(handler);
            assertThat(outcomes).containsExactly("100:" + RngDevice.CANCELLED);
            assertThat(buffer.isPinned()).isFalse();
            assertThat(rig.driverErrors).hasSize(3);
        }
    }

    @Test
    void whenAllRoomIsTakenByRequestsThatAreNotAnsweredABlockingCallTimesOutToo() {
        try (Rig rig = new Rig(new ScriptedRng(SILENT))) {
            RngDevice rng = rig.open(rig.options().withTimeoutNanos(SHORT_NANOS).withQueueSize(2));
            DmaBuffer buffer = rig.buffer(8);
            rng.submit(buffer, 0, 8, 0);
            rng.submit(buffer, 0, 8, 1);
            assertThatThrownBy(() -> rng.nextBytes(new byte[8])).isInstanceOf(RngTimeoutException.class);
            rng.close();
            assertThat(buffer.isPinned()).isFalse();
        }
    }

    @Test
    void aLateAnswerFreesTheBuffersAndIsNoOutcome() {
        ScriptedRng device = new ScriptedRng(ScriptedRng.FILL);
        device.hold(true);
        try (Rig rig = new Rig(device)) {
            RngDevice rng = rig.open(rig.options().withTimeoutNanos(SHORT_NANOS));
            DmaBuffer buffer = rig.buffer(8);
            rng.submit(buffer, 0, 8, 1);
            assertThat(rng.await((token, outcome) -> assertThat(outcome).isEqualTo(RngDevice.TIMED_OUT)))
                    .isEqualTo(1);
            assertThatThrownBy(() -> rng.nextBytes(new byte[8])).isInstanceOf(RngTimeoutException.class);

            device.hold(false);
            byte[] bytes = new byte[8];
            rng.nextBytes(bytes, 0, 8, rig.options().timeoutNanos());
            assertThat(bytes).containsOnly(ScriptedRng.NOISE);
            assertThat(buffer.isPinned()).isFalse();
            assertThat(rng.poll((token, outcome) -> assertThat(token).isNull())).isZero();
            assertThat(rig.driverErrors).hasSize(2);
        }
    }

    @Test
    void bytesThatCameTooLateAreWipedByTheClose() {
        ScriptedRng device = new ScriptedRng((chain, queue) -> {
            ScriptedRng.fill(chain, chain.writableBytes());
            return ScriptedRng.SILENCE;
        });
        try (Rig rig = new Rig(device)) {
            RngDevice rng = rig.open();
            assertThatThrownBy(() -> rng.nextBytes(new byte[8], 0, 8, SHORT_NANOS))
                    .isInstanceOf(RngTimeoutException.class);
            assertThat(new String(rig.allMemory(), StandardCharsets.ISO_8859_1)).contains("ZZZZZZZZ");
            rng.close();
            assertThat(new String(rig.allMemory(), StandardCharsets.ISO_8859_1)).doesNotContain("ZZ");
        }
    }

    @Test
    @Clause("CORE-DRV-NEEDS-RESET-DISTRUST")
    void aDeviceThatNeedsAResetIsToldOfAndAResetHelps() {
        boolean[] broken = {true};
        ScriptedRng device = new ScriptedRng((chain, queue) -> {
            if (broken[0]) {
                throw new IllegalStateException("out of noise");
            }
            return ScriptedRng.fill(chain, chain.writableBytes());
        });
        try (Rig rig = new Rig(device)) {
            RngDevice rng = rig.open();
            assertThatThrownBy(() -> rng.nextBytes(new byte[8]))
                    .isInstanceOf(RngDeviceException.class)
                    .hasMessageContaining("needs a reset");
            DmaBuffer buffer = rig.buffer(8);
            assertThat(rng.submit(buffer, 0, 8, 1)).isEqualTo(RngDevice.BROKEN);
            assertThat(rng.await((token, outcome) -> {})).isEqualTo(RngDevice.BROKEN);
            assertThat(buffer.isPinned()).isFalse();
            rng.close();

            broken[0] = false;
            try (RngDevice again = rig.open()) {
                again.nextBytes(new byte[8]);
            }
        }
    }

    @Test
    void aDriverThatOnlyPollsHearsOfAResetThatIsNeededToo() throws InterruptedException {
        try (Rig rig = new Rig(new ScriptedRng((chain, queue) -> {
            throw new IllegalStateException("out of noise");
        }))) {
            RngDevice rng = rig.open();
            rng.submit(rig.buffer(8), 0, 8, 1);
            int polled = 0;
            for (int i = 0; i < 3_000 && polled == 0; i++) {
                Thread.sleep(10);
                polled = rng.poll((token, outcome) -> {});
            }
            assertThat(polled).isEqualTo(RngDevice.BROKEN);
        }
    }

    @Test
    @Clause("CORE-DRV-RESET-WAIT-ZERO")
    void memoryThatADeviceDoesNotLetGoOfStaysPinnedAndTheCloseCanBeTriedAgain() {
        ScriptedRng device = new ScriptedRng(SILENT);
        try (Rig rig = new Rig(device)) {
            RngDevice rng = rig.open();
            DmaBuffer buffer = rig.buffer(8);
            rng.submit(buffer, 0, 8, 5);
            device.cling(true);
            assertThatThrownBy(rng::close).isInstanceOf(TransportException.class);
            assertThat(buffer.isPinned()).isTrue();
            assertThat(rng.submit(buffer, 0, 8, 6)).isEqualTo(RngDevice.BROKEN);
            assertThatThrownBy(() -> rng.nextBytes(new byte[8])).isInstanceOf(RngDeviceException.class);

            device.cling(false);
            List<Long> tokens = new ArrayList<>();
            rng.close((token, outcome) -> tokens.add(token));
            assertThat(tokens).containsExactly(5L);
            assertThat(buffer.isPinned()).isFalse();
        }
    }

    @Test
    void aDeviceWhoseThreadDiesEndsTheWaitAtOnce() {
        ScriptedRng device = new ScriptedRng((chain, queue) -> {
            throw new AssertionError("dead");
        });
        try (Rig rig = new Rig(device)) {
            RngDevice rng = rig.open();
            DmaBuffer buffer = rig.buffer(8);
            rng.submit(buffer, 0, 8, 1);
            assertThat(rng.await((token, outcome) -> {})).isEqualTo(RngDevice.BROKEN);
            assertThatThrownBy(() -> rng.nextBytes(new byte[8])).isInstanceOf(RngDeviceException.class);
            assertThat(buffer.isPinned()).isTrue();
        }
    }

    @Test
    void anInterruptEndsTheWaitAndTheDriverWorksOn() {
        ScriptedRng device = new ScriptedRng(ScriptedRng.FILL);
        device.hold(true);
        try (Rig rig = new Rig(device);
                RngDevice rng = rig.open()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> rng.nextBytes(new byte[8])).isInstanceOf(RngInterruptedException.class);
            rng.submit(rig.buffer(8), 0, 8, 1);
            assertThat(rng.await((token, outcome) -> {})).isZero();
            assertThat(Thread.interrupted()).isTrue();
            device.hold(false);
            rng.nextBytes(new byte[8]);
            assertThat(rig.driverErrors).isEmpty();
        } finally {
            assertThat(Thread.interrupted()).isFalse();
        }
    }
}
