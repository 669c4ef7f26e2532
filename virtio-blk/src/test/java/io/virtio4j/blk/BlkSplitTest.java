// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever the device's limits, the queue's size and the parts of the data, the disk is an array of bytes. */
final class BlkSplitTest {
    private static final int SECTORS = 200;

    @Property(tries = 60)
    @Clause({"BLK-REQ-LAYOUT", "BLK-DRV-DATA-512"})
    void readsAndWritesOfAnyLengthKeepWithinTheLimits(
            @ForAll @IntRange(min = 3, max = 9) int queueSizeExp,
            @ForAll @IntRange(min = 0, max = 12) int segMax,
            @ForAll @IntRange(min = 0, max = 5) int sizeChoice,
            @ForAll boolean packed,
            @ForAll boolean inOrder,
            @ForAll long seed) {
        int queueSize = 1 << queueSizeExp;
        // 0 is no limit; 300 and 512 make a sector take two segments or one, 1000 is no multiple of a sector.
        int sizeMax = new int[] {0, 300, 512, 1000, 4096, 100_000}[sizeChoice];
        int segments = sizeMax == 300 && segMax == 1 ? 2 : segMax;
        Features ring = DriverSpec.RING_FEATURES;
        ring = packed ? ring : ring.without(FeatureBits.RING_PACKED);
        ring = inOrder ? ring.with(FeatureBits.IN_ORDER) : ring;
        LimitStore store = new LimitStore(
                segments == 0 ? queueSize - 2 : Math.min(segments, queueSize - 2),
                sizeMax == 0 ? Integer.MAX_VALUE : sizeMax);
        SimBlkOptions options = SimBlkOptions.DEFAULTS.withQueueSize(queueSize).withLimits(segments, sizeMax);
        try (Rig rig = new Rig(new SimBlk(store, options, Rig::fail), DeviceIdle.NOTIFIED);
                BlkDevice device = rig.open(rig.options().withRingFeatures(ring).withQueueSize(queueSize))) {
            assertThat(device.features().has(FeatureBits.RING_PACKED)).isEqualTo(packed);
            matchesAnArray(rig, device, new Random(seed));
            assertThat(rig.driverErrors).isEmpty();
            assertThat(store.wrong).isNull();
        }
    }

    private static void matchesAnArray(Rig rig, BlkDevice device, Random random) {
        byte[] disk = new byte[SECTORS * 512];
        DmaBuffer memory = rig.buffer(2 * disk.length);
        BlkData data = new BlkData();
        for (int i = 0; i < 12; i++) {
            int sector = random.nextInt(SECTORS);
            int count = 1 + random.nextInt(SECTORS - sector);
            long[] places = cut(random, count, data.clear(), memory);
            byte[] bytes = Rig.pattern(count * 512, i);
            if (i % 2 == 0) {
                scatter(rig, memory, places, bytes);
                device.write(sector, data);
                System.arraycopy(bytes, 0, disk, sector * 512, bytes.length);
            } else {
                device.read(sector, data);
                assertThat(gather(rig, memory, places, count * 512))
                        .isEqualTo(Arrays.copyOfRange(disk, sector * 512, (sector + count) * 512));
            }
        }
    }

    /** Parts of random lengths, with a hole after each. Returns offset and length of each, by turns. */
    private static long[] cut(Random random, int sectors, BlkData data, DmaBuffer memory) {
        long[] places = new long[2 * sectors];
        int used = 0;
        long at = 0;
        int left = sectors;
        while (left > 0) {
            int part = 1 + random.nextInt(random.nextBoolean() ? 1 : left);
            data.add(memory, at, part * 512L);
            places[used++] = at;
            places[used++] = part * 512L;
            at += part * 512L + (at + (part + left) * 512L + 512 < memory.lengthBytes() ? 512 : 0);
            left -= part;
        }
        return Arrays.copyOf(places, used);
    }

    private static void scatter(Rig rig, DmaBuffer memory, long[] places, byte[] bytes) {
        int at = 0;
        for (int i = 0; i < places.length; i += 2) {
            rig.memory.putBytes(memory.offset() + places[i], bytes, at, (int) places[i + 1]);
            at += (int) places[i + 1];
        }
    }

    private static byte[] gather(Rig rig, DmaBuffer memory, long[] places, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        int at = 0;
        for (int i = 0; i < places.length; i += 2) {
            rig.memory.getBytes(memory.offset() + places[i], bytes, at, (int) places[i + 1]);
            at += (int) places[i + 1];
        }
        return bytes;
    }

    @Example
    void aLongOperationGoesOnWhileOthersWaitForRoom() {
        SimBlkOptions options = SimBlkOptions.DEFAULTS.withQueueSize(8).withLimits(1, 512);
        try (Rig rig = new Rig(new SimBlk(new MemoryBlockStore(SECTORS * 512), options, Rig::fail));
                BlkDevice device = rig.open()) {
            byte[] bytes = Rig.pattern(SECTORS * 512, 1);
            DmaBuffer whole = rig.buffer(bytes);
            int[] outcomes = {0};
            BlkHandler count = (token, status) -> {
                assertThat(status).isEqualTo(BlkStatus.OK);
                outcomes[0]++;
            };
            assertThat(device.submitWrite(0, new BlkData().add(whole), 1)).isEqualTo(BlkDevice.SUBMITTED);
            // Two hundred requests through a queue of eight: the first call cannot have sent them all.
            DmaBuffer one = rig.buffer(512);
            int tries = 0;
            while (device.submitRead(5, new BlkData().add(one), 2) == BlkDevice.FULL) {
                device.poll(count);
                tries++;
            }
            assertThat(tries).isPositive();
            while (outcomes[0] < 2) {
                assertThat(device.await(count)).isPositive();
            }
            DmaBuffer read = rig.buffer(bytes.length);
            device.read(0, read);
            assertThat(rig.bytes(read)).isEqualTo(bytes);
        }
    }

    /** A disk that notes the first request beyond the limits it was told of. */
    private static final class LimitStore implements BlockStore {
        private final MemoryBlockStore memory = new MemoryBlockStore(SECTORS * 512L);
        private final int segments;
        private final int segmentBytes;
        volatile String wrong;

        LimitStore(int segments, int segmentBytes) {
            this.segments = segments;
            this.segmentBytes = segmentBytes;
        }

        @Override
        public long lengthBytes() {
            return memory.lengthBytes();
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public void submit(BlockRequest request) {
            if (request.pieces() > segments) {
                wrong = request.pieces() + " segments";
            }
            for (int piece = 0; piece < request.pieces(); piece++) {
                if (request.pieceLengthBytes(piece) > segmentBytes) {
                    wrong = "a segment of " + request.pieceLengthBytes(piece) + " bytes";
                }
            }
            memory.submit(request);
        }

        @Override
        public void close() {}
    }
}
