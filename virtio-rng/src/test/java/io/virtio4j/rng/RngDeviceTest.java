// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.virtio4j.driver.DeviceInitException;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.rng.ScriptedRng.Seen;
import io.virtio4j.sim.rng.SimRng;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the driver asks of a device that works, and what it makes of the answers. VirtIO 1.2, 5.4.6 Device Operation. */
final class RngDeviceTest {
    private static final int SEED = 11;
    private static final int SOURCE_CHUNK_BYTES = 256;
    private static final int MANY_REQUESTS = 70_000;

    /** What a source with the seed gives, as the device asks it. */
    private static byte[] sourceBytes(int lengthBytes) {
        Random source = new Random(SEED);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] chunk = new byte[SOURCE_CHUNK_BYTES];
        while (bytes.size() < lengthBytes) {
            source.nextBytes(chunk);
            bytes.writeBytes(chunk);
        }
        return Arrays.copyOf(bytes.toByteArray(), lengthBytes);
    }

    @ParameterizedTest
    @MethodSource("io.virtio4j.rng.Rig#everyRing")
    @Clause("CORE-VQ-FORMATS")
    void anArrayIsFilledWithWhatTheDeviceGaveOverEveryRing(Features ring) {
        try (Rig rig = new Rig(new SimRng(new Random(SEED)::nextBytes, 64, 2 * SOURCE_CHUNK_BYTES));
                RngDevice rng = rig.open(rig.options().withRingFeatures(ring))) {
            assertThat(rng.features()).isEqualTo(ring.with(FeatureBits.VERSION_1));
            byte[] bytes = new byte[5_000];
            rng.nextBytes(bytes);
            assertThat(bytes).isEqualTo(sourceBytes(5_000));
            assertThat(rig.driverErrors).isEmpty();
            assertThat(rig.deviceErrors).isEmpty();
        }
    }

    @Test
    void aPartOfAnArrayIsFilledAndTheRestLeftAlone() {
        try (Rig rig = new Rig(new SimRng(new Random(SEED)::nextBytes));
                RngDevice rng = rig.open()) {
            byte[] bytes = new byte[100];
            rng.nextBytes(bytes, 10, 80, rig.options().timeoutNanos());
            byte[] expected = new byte[100];
            System.arraycopy(sourceBytes(80), 0, expected, 10, 80);
            assertThat(bytes).isEqualTo(expected);
            rng.nextBytes(bytes, 100, 0, 1);
            assertThat(rng.stats().get(QueueCounter.COMPLETIONS)).isEqualTo(1);
        }
    }

    /** 5.4.6.1: the driver must not place a device-readable buffer into the queue. */
    @Test
    void everyBufferIsWritableOnly() {
        ScriptedRng device = new ScriptedRng(ScriptedRng.FILL);
        try (Rig rig = new Rig(device);
                RngDevice rng = rig.open()) {
            rng.nextBytes(new byte[24]);
            rng.submit(rig.buffer(100), 40, 60, 1);
            rng.await((token, outcome) -> {});
            assertThat(device.seen).containsExactly(new Seen(0, 24), new Seen(0, 60));
        }
    }

    /** 5.4.6.2: the device may use less than the entire buffer. */
    @Test
    void whatTheDeviceLeftEmptyIsAskedForAgain() {
        ScriptedRng device = new ScriptedRng((chain, queue) -> ScriptedRng.fill(chain, 1));
        try (Rig rig = new Rig(device);
                RngDevice rng = rig.open()) {
            byte[] bytes = new byte[4];
            rng.nextBytes(bytes);
            assertThat(bytes).containsOnly(ScriptedRng.NOISE);
            assertThat(device.seen).containsExactly(new Seen(0, 4), new Seen(0, 3), new Seen(0, 2), new Seen(0, 1));
        }
    }

    /** 5.4.6.1: the driver must examine the length that the device has written. */
    @Test
    @Clause({"SPLIT-DRV-NO-TRUST-PAST-LEN", "SPLIT-DRV-IGNORE-PAST-LEN"})
    void whatLiesBehindTheUsedLengthIsNotTakenForRandom() {
        byte[] calls = {0};
        ScriptedRng device = new ScriptedRng((chain, queue) -> {
            ScriptedRng.fill(chain, chain.writableBytes());
            chain.putByte(0, ++calls[0]);
            return 1;
        });
        try (Rig rig = new Rig(device);
                RngDevice rng = rig.open()) {
            byte[] bytes = new byte[3];
            rng.nextBytes(bytes);
            assertThat(bytes).containsExactly(1, 2, 3);
        }
    }

    @Test
    void theMemoryBehindAnArrayIsWiped() {
        try (Rig rig = new Rig(new ScriptedRng((chain, queue) -> {
            ScriptedRng.fill(chain, chain.writableBytes());
            return Math.min(3, chain.writableBytes());
        }))) {
            RngDevice rng = rig.open();
            byte[] bytes = new byte[8];
            rng.nextBytes(bytes);
            assertThat(bytes).containsOnly(ScriptedRng.NOISE);
            assertThat(new String(rig.allMemory(), StandardCharsets.ISO_8859_1)).doesNotContain("ZZ");
            rng.close();
        }
    }

    @ParameterizedTest
    @MethodSource("io.virtio4j.rng.Rig#bothFormats")
    void submittedRequestsComeBackOnceEachWithTheirLengthAndTheirPins(Features ring) {
        ScriptedRng device = new ScriptedRng((chain, queue) -> ScriptedRng.fill(chain, chain.writableBytes() / 2));
        device.hold(true);
        try (Rig rig = new Rig(device);
                RngDevice rng = rig.open(rig.options().withRingFeatures(ring).withQueueSize(8))) {
            List<DmaBuffer> buffers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                buffers.add(rig.buffer(2 * (i + 1)));
                assertThat(rng.submit(buffers.get(i), 0, 2L * (i + 1), i)).isEqualTo(RngDevice.SUBMITTED);
            }
            assertThat(rng.submit(rig.buffer(1), 0, 1, 99)).isEqualTo(RngDevice.FULL);
            assertThat(buffers).allMatch(DmaBuffer::isPinned);
            assertThat(rng.poll((token, outcome) -> {})).isZero();

            device.hold(false);
            List<String> outcomes = new ArrayList<>();
            while (outcomes.size() < 8) {
                assertThat(rng.await((token, outcome) -> outcomes.add(token + ":" + outcome)))
                        .isPositive();
            }
            assertThat(outcomes).containsExactlyInAnyOrder("0:1", "1:2", "2:3", "3:4", "4:5", "5:6", "6:7", "7:8");
            assertThat(buffers).noneMatch(DmaBuffer::isPinned);
            assertThat(rig.bytes(buffers.get(1))).containsExactly(ScriptedRng.NOISE, ScriptedRng.NOISE, 0, 0);
            assertThat(rng.await((token, outcome) -> outcomes.add("another"))).isZero();
            assertThat(outcomes).hasSize(8);
        }
    }

    /** A split ring has a power of two of descriptors. */
    @ParameterizedTest
    @CsvSource({"3, false, 2", "3, true, 3", "1, false, 1", "1000, false, 64", "1000, true, 64"})
    void theQueueIsAsLargeAsWasAskedForAndTheDeviceAndTheRingAllow(int asked, boolean packed, int room) {
        ScriptedRng device = new ScriptedRng(ScriptedRng.FILL);
        device.hold(true);
        Features ring = packed ? Features.of(FeatureBits.RING_PACKED) : Features.NONE;
        try (Rig rig = new Rig(device);
                RngDevice rng = rig.open(rig.options().withRingFeatures(ring).withQueueSize(asked))) {
            DmaBuffer buffer = rig.buffer(8);
            int submitted = 0;
            while (rng.submit(buffer, 0, 8, submitted) == RngDevice.SUBMITTED) {
                submitted++;
            }
            assertThat(submitted).isEqualTo(room);
        }
    }

    @Test
    void aBlockingCallKeepsTheOutcomesOfSubmittedRequests() {
        try (Rig rig = new Rig(new SimRng());
                RngDevice rng = rig.open(rig.options().withQueueSize(1))) {
            DmaBuffer buffer = rig.buffer(16);
            assertThat(rng.submit(buffer, 0, 16, 7)).isEqualTo(RngDevice.SUBMITTED);
            rng.nextBytes(new byte[32]);
            assertThat(rng.submit(buffer, 0, 16, 8)).isEqualTo(RngDevice.FULL);
            List<Long> tokens = new ArrayList<>();
            assertThat(rng.poll((token, outcome) -> tokens.add(token))).isEqualTo(1);
            assertThat(tokens).containsExactly(7L);
            assertThat(rng.submit(buffer, 0, 16, 8)).isEqualTo(RngDevice.SUBMITTED);
        }
    }

    @ParameterizedTest
    @MethodSource("io.virtio4j.rng.Rig#bothFormats")
    void moreRequestsThanTheRingsIndicesCountAreAnswered(Features ring) {
        try (Rig rig = new Rig(new SimRng(destination -> {}));
                RngDevice rng = rig.open(rig.options().withRingFeatures(ring).withQueueSize(64))) {
            DmaBuffer buffer = rig.buffer(8);
            long[] sum = {0};
            int sent = 0;
            int done = 0;
            while (done < MANY_REQUESTS) {
                while (sent < MANY_REQUESTS && rng.submit(buffer, 0, 8, sent) == RngDevice.SUBMITTED) {
                    sent++;
                }
                int taken = rng.await((token, outcome) -> sum[0] += outcome == 8 ? token : -MANY_REQUESTS);
                assertThat(taken).isPositive();
                done += taken;
            }
            assertThat(sum[0]).isEqualTo((long) MANY_REQUESTS * (MANY_REQUESTS - 1) / 2);
        }
    }

    @Test
    void requestsAllocateNothing() {
        try (Rig rig = new Rig(new SimRng(destination -> {}));
                RngDevice rng = rig.open()) {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            DmaBuffer buffer = rig.buffer(8);
            byte[] bytes = new byte[32];
            RngHandler nobody = (token, outcome) -> {};
            long leastBytes = Long.MAX_VALUE;
            for (int repeat = 0; repeat < 8 && leastBytes != 0; repeat++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 500; i++) {
                    rng.nextBytes(bytes);
                    rng.submit(buffer, 0, 8, i);
                    rng.await(nobody);
                }
                leastBytes = Math.min(leastBytes, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(leastBytes).isZero();
        }
    }

    @Test
    @Clause("CORE-DRV-CLEANUP-RESET-FIRST")
    void aClosedDriverHasGivenEverythingBackAndTheDeviceCanBeOpenedAgain() {
        try (Rig rig = new Rig(new SimRng())) {
            long freeBytes = rig.arena.freeBytes();
            for (int i = 0; i < 3; i++) {
                RngDevice rng = rig.open();
                byte[] bytes = new byte[64];
                rng.nextBytes(bytes);
                assertThat(bytes).isNotEqualTo(new byte[64]);
                rng.close();
                rng.close();
                assertThat(rig.arena.freeBytes()).isEqualTo(freeBytes);
                assertThatIllegalStateException()
                        .isThrownBy(() -> rng.nextBytes(bytes))
                        .withMessageContaining("closed");
            }
        }
    }

    @Test
    void anotherDeviceIsRefusedAndNothingStaysCarved() {
        try (Rig rig = new Rig(new ScriptedRng(DeviceId.GPU, ScriptedRng.FILL))) {
            long freeBytes = rig.arena.freeBytes();
            assertThatThrownBy(rig::open).isInstanceOf(DeviceInitException.class);
            assertThat(rig.arena.freeBytes()).isEqualTo(freeBytes);
        }
    }

    @Test
    void anArenaWithoutRoomLeavesNothingCarvedAndTheDeviceReset() {
        try (Rig rig = new Rig(new SimRng())) {
            DmaBuffer most = rig.buffer(Rig.MEMORY_BYTES - 4096 - 256);
            long freeBytes = rig.arena.freeBytes();
            assertThatIllegalStateException().isThrownBy(rig::open);
            assertThat(rig.arena.freeBytes()).isEqualTo(freeBytes);
            assertThat(rig.transport.status()).isZero();
            most.free();
            rig.open().close();
        }
    }

    @Test
    void mistakesOfTheCallerAreToldWithTheirValues() {
        try (Rig rig = new Rig(new SimRng());
                RngDevice rng = rig.open()) {
            DmaBuffer buffer = rig.buffer(16);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> rng.submit(buffer, 1, 16, 0))
                    .withMessageContaining("16 bytes at offset 1");
            assertThatIllegalArgumentException().isThrownBy(() -> rng.submit(buffer, -1, 1, 0));
            assertThatIllegalArgumentException().isThrownBy(() -> rng.submit(buffer, 0, 0, 0));
            assertThatIllegalArgumentException().isThrownBy(() -> rng.submit(buffer, Long.MAX_VALUE, 1, 0));
            assertThatIllegalArgumentException().isThrownBy(() -> rng.nextBytes(new byte[1], 0, 1, 0));
            assertThatThrownBy(() -> rng.nextBytes(new byte[4], 3, 2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatIllegalArgumentException().isThrownBy(() -> rig.options().withQueueSize(0));
            assertThatIllegalArgumentException().isThrownBy(() -> rig.options().withTimeoutNanos(0));
            assertThat(buffer.isPinned()).isFalse();
        }
    }
}
