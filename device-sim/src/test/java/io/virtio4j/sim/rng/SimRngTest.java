// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.rng;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.SplitLayout;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an entropy device does with what a driver offers. VirtIO 1.2, 5.4 Entropy Device. */
final class SimRngTest {
    private static final int SEED = 4;
    private static final Features SPLIT = Features.of(FeatureBits.VERSION_1);
    private static final int MANY_REQUESTS = 70_000;
    private static final UsedHandler IGNORE = (token, written) -> {};

    private static SimRng seeded() {
        return new SimRng(new Random(SEED)::nextBytes);
    }

    @Test
    void isDeviceFourWithOneQueueNoFeaturesAndNoConfiguration() {
        SimRng device = new SimRng();
        assertThat(device.deviceId()).isEqualTo(4);
        assertThat(device.queueCount()).isEqualTo(1);
        assertThat(device.offeredFeatures()).isEqualTo(Features.NONE);
        assertThat(device.config().lengthBytes()).isZero();
    }

    @ParameterizedTest
    @MethodSource("io.virtio4j.sim.rng.RngRig#everyRing")
    @Clause("CORE-DEV-USED-LENGTH")
    void fillsTheBufferAndSaysHowFar(Features ring) {
        RngRig rig = new RngRig(seeded(), ring);
        DmaBuffer buffer = rig.poisoned(100);
        rig.offer(new BufferChain(1).addWritable(buffer));
        assertThat(rig.serve()).isEqualTo(100);
        byte[] expected = new byte[256];
        new Random(SEED).nextBytes(expected);
        assertThat(rig.bytes(buffer)).isEqualTo(Arrays.copyOf(expected, 100));
    }

    @Test
    void whatNobodySeededDiffersFromRequestToRequest() {
        RngRig rig = new RngRig(new SimRng(), SPLIT);
        DmaBuffer first = rig.poisoned(32);
        DmaBuffer second = rig.poisoned(32);
        rig.offer(new BufferChain(1).addWritable(first));
        rig.offer(new BufferChain(1).addWritable(second));
        rig.serve();
        assertThat(rig.taken).isEqualTo(2);
        assertThat(rig.bytes(first)).isNotEqualTo(rig.bytes(second)).isNotEqualTo(new byte[32]);
    }

    @ParameterizedTest
    @MethodSource("io.virtio4j.sim.rng.RngRig#bothFormats")
    @Clause({"SPLIT-DEV-NO-WRITE-READABLE", "PACKED-DEV-NO-WRITE-READABLE"})
    void leavesReadablePartsAlone(Features ring) {
        RngRig rig = new RngRig(seeded(), ring);
        DmaBuffer readable = rig.poisoned(64);
        byte[] before = rig.bytes(readable);
        DmaBuffer writable = rig.poisoned(64);
        rig.offer(new BufferChain(2).addReadable(readable).addWritable(writable));
        assertThat(rig.serve()).isEqualTo(64);
        assertThat(rig.bytes(readable)).isEqualTo(before);
        assertThat(rig.bytes(writable)).isNotEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("io.virtio4j.sim.rng.RngRig#bothFormats")
    void givesBackWhatHasNoRoomForAByteAndGoesOn(Features ring) {
        RngRig rig = new RngRig(seeded(), ring);
        DmaBuffer readable = rig.poisoned(64);
        byte[] before = rig.bytes(readable);
        rig.offer(new BufferChain(1).addReadable(readable));
        assertThat(rig.serve()).isZero();
        assertThat(rig.bytes(readable)).isEqualTo(before);
        rig.offer(new BufferChain(1).addWritable(readable));
        assertThat(rig.serve()).isEqualTo(64);
        assertThat(rig.errors).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 255, 256, 257, 1000})
    void givesAtMostAsManyBytesAsItWasMadeFor(int maxRequestBytes) {
        RngRig rig = new RngRig(new SimRng(new Random(SEED)::nextBytes, RngRig.QUEUE_SIZE, maxRequestBytes), SPLIT);
        DmaBuffer buffer = rig.poisoned(2000);
        rig.offer(new BufferChain(1).addWritable(buffer));
        assertThat(rig.serve()).isEqualTo(maxRequestBytes);
        byte[] rest = Arrays.copyOfRange(rig.bytes(buffer), maxRequestBytes, 2000);
        assertThat(rest).containsOnly(RngRig.POISON);
    }

    @Test
    void givesSixtyFourKibibytesAtATimeHoweverMuchIsAskedFor() {
        RngRig rig = new RngRig(seeded(), SPLIT);
        rig.offer(new BufferChain(1).addWritable(rig.poisoned(100_000)));
        assertThat(rig.serve()).isEqualTo(65_536);
    }

    @Test
    void aSourceThatFailsMeansNoAnswerAndAReset() {
        boolean[] works = {false};
        EntropySource source = destination -> {
            if (!works[0]) {
                throw new IllegalStateException("the noise has stopped");
            }
            new Random(SEED).nextBytes(destination);
        };
        RngRig rig = new RngRig(new SimRng(source), SPLIT);
        rig.offer(new BufferChain(1).addWritable(rig.poisoned(16)));
        assertThat(rig.serve()).isEqualTo(RngRig.NOTHING_USED);
        assertThat(rig.session.status() & DeviceStatus.DEVICE_NEEDS_RESET).isNotZero();
        assertThat(rig.errors).singleElement().asString().contains("the noise has stopped");

        works[0] = true;
        rig.session.writeStatus(DeviceStatus.RESET);
        rig.start(SPLIT);
        rig.offer(new BufferChain(1).addWritable(rig.poisoned(16)));
        assertThat(rig.serve()).isEqualTo(16);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keepsNoCopyOfWhatItGave(boolean fails) {
        byte[][] copy = new byte[1][];
        EntropySource source = destination -> {
            boolean second = copy[0] != null;
            copy[0] = destination;
            Arrays.fill(destination, (byte) 0x5A);
            if (fails && second) {
                throw new IllegalStateException("half way");
            }
        };
        RngRig rig = new RngRig(new SimRng(source), SPLIT);
        DmaBuffer buffer = rig.poisoned(1000);
        rig.offer(new BufferChain(1).addWritable(buffer));
        rig.serve();
        assertThat(rig.bytes(buffer)).startsWith(0x5A, 0x5A);
        assertThat(copy[0]).containsOnly(0);
    }

    /** A driver that writes its ring while the device reads it: otherwise the device's thread would never get to a reset. */
    @Test
    void looksUpAfterAQueueFullOfRequestsThoughThereIsAlwaysAnother() {
        RngRig[] rig = new RngRig[1];
        int[] asked = {0};
        EntropySource oneMoreEachTime = destination -> {
            asked[0]++;
            assertThat(asked[0]).isLessThan(1000);
            long availIdx = rig[0].queue.config().addresses().driverArea() + SplitLayout.AVAIL_IDX;
            rig[0].memory.putLe16(availIdx - rig[0].memory.guestAddress(), asked[0] + 1);
        };
        rig[0] = new RngRig(new SimRng(oneMoreEachTime), SPLIT);
        rig[0].offer(new BufferChain(1).addWritable(rig[0].poisoned(1)));
        assertThat(rig[0].session.service()).isEqualTo(RngRig.QUEUE_SIZE);
        assertThat(asked[0]).isEqualTo(RngRig.QUEUE_SIZE);
    }

    @ParameterizedTest
    @MethodSource("io.virtio4j.sim.rng.RngRig#bothFormats")
    void answersMoreRequestsThanTheRingsIndicesCount(Features ring) {
        RngRig rig = new RngRig(new SimRng(destination -> {}), ring);
        BufferChain chain = new BufferChain(1).addWritable(rig.poisoned(8));
        for (int i = 0; i < MANY_REQUESTS; i++) {
            rig.offer(chain);
            rig.serve();
        }
        assertThat(rig.taken).isEqualTo(MANY_REQUESTS);
        assertThat(rig.errors).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("io.virtio4j.sim.rng.RngRig#bothFormats")
    void allocatesNothingForARequest(Features ring) {
        RngRig rig = new RngRig(new SimRng(destination -> {}), ring);
        BufferChain chain = new BufferChain(1).addWritable(rig.poisoned(600));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long leastBytes = Long.MAX_VALUE;
        for (int repeat = 0; repeat < 8 && leastBytes != 0; repeat++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 2_000; i++) {
                rig.queue.offer(chain, 0);
                rig.session.service();
                rig.queue.poll(IGNORE, 1);
            }
            leastBytes = Math.min(leastBytes, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(leastBytes).isZero();
    }

    @Test
    void isNotMadeToGiveNothing() {
        EntropySource source = destination -> {};
        assertThatIllegalArgumentException().isThrownBy(() -> new SimRng(source, 16, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new SimRng(source, 3, 1));
    }
}
