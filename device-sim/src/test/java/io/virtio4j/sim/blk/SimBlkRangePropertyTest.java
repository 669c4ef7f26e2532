// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static io.virtio4j.sim.blk.BlkRig.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever segments come, the disk does all of them or says why not, and is the array of bytes that it should be. */
final class SimBlkRangePropertyTest {
    private static final int SECTORS = 48;
    private static final int MAX_SECTORS = 20;
    private static final int MAX_SEGMENTS = 4;
    private static final int REQUESTS = 60;
    private static final BlkRangeLimits LIMITS = new BlkRangeLimits(MAX_SECTORS, MAX_SEGMENTS, 1);

    private record Segment(long sector, int count, int flags) {
        boolean isOnDisk() {
            BigInteger end = BigInteger.valueOf(sector).add(BigInteger.valueOf(Integer.toUnsignedLong(count)));
            return sector >= 0 && end.compareTo(BigInteger.valueOf(SECTORS)) <= 0;
        }
    }

    @Property(tries = 60)
    @Clause({"BLK-DEV-UNKNOWN-FLAG-UNSUPP", "BLK-DEV-DISCARD-UNMAP-UNSUPP", "BLK-DEV-WZEROES-READ-ZERO"})
    void segmentsOnADiskInMemory(@ForAll long seed, @ForAll boolean packed) {
        matchesAnArray(new MemoryBlockStore(SECTORS * 512), seed, packed);
    }

    @Property(tries = 30)
    @Clause({"BLK-DEV-UNKNOWN-FLAG-UNSUPP", "BLK-DEV-DISCARD-UNMAP-UNSUPP", "BLK-DEV-WZEROES-READ-ZERO"})
    void segmentsOnADiskInAFile(@ForAll long seed, @ForAll boolean packed) throws IOException {
        Path image = Files.write(Files.createTempFile("virtio4j", ".img"), new byte[SECTORS * 512]);
        try (BlockStore store = FileBlockStore.open(image, false)) {
            byte[] disk = matchesAnArray(store, seed, packed);
            assertThat(Files.readAllBytes(image)).isEqualTo(disk);
        } finally {
            Files.delete(image);
        }
    }

    @Property(tries = 30)
    @Clause({"BLK-DEV-UNKNOWN-FLAG-UNSUPP", "BLK-DEV-DISCARD-UNMAP-UNSUPP", "BLK-DEV-WZEROES-READ-ZERO"})
    void segmentsOnADiskOverAnother(@ForAll long seed, @ForAll boolean packed) throws IOException {
        byte[] before = pattern(SECTORS * 512, 77);
        Path image = Files.write(Files.createTempFile("virtio4j", ".img"), before);
        try (BlockStore store = OverlayBlockStore.openTemporary(image)) {
            matchesAnArray(store, seed, packed);
            assertThat(Files.readAllBytes(image)).isEqualTo(before);
        } finally {
            Files.delete(image);
        }
    }

    private static byte[] matchesAnArray(BlockStore store, long seed, boolean packed) {
        Random random = new Random(seed);
        byte[] disk = pattern(SECTORS * 512, (int) seed);
        SimBlkOptions options = SimBlkOptions.DEFAULTS
                .withQueueSize(BlkRig.QUEUE_SIZE)
                .withRanges(new BlkRanges(LIMITS, LIMITS, LIMITS));
        SimBlk device = new SimBlk(store, options, error -> {
            throw new AssertionError(error);
        });
        BlkRig rig = new BlkRig(device, BlkRig.everything(device, packed));
        assertThat(rig.request(BlkRequestType.OUT, 0, disk, 0).status()).isEqualTo(BlkStatus.OK);
        for (int i = 0; i < REQUESTS; i++) {
            int type = random.nextBoolean() ? BlkRequestType.DISCARD : BlkRequestType.WRITE_ZEROES;
            Segment[] segments = new Segment[random.nextInt(MAX_SEGMENTS + 2)];
            Arrays.setAll(segments, at -> segment(random));
            byte[][] bytes = Arrays.stream(segments)
                    .map(each -> BlkRig.segment(each.sector, each.count, each.flags))
                    .toArray(byte[][]::new);
            int expected = expected(type, segments);
            assertThat(rig.ranges(type, bytes))
                    .as("%s", Arrays.toString(segments))
                    .isEqualTo(expected);
            if (expected == BlkStatus.OK) {
                for (Segment each : segments) {
                    int from = (int) each.sector * 512;
                    Arrays.fill(disk, from, from + each.count * 512, (byte) 0);
                }
            } else {
                int at = random.nextInt(SECTORS);
                byte[] data = pattern(512, i);
                rig.request(BlkRequestType.OUT, at, data, 0);
                System.arraycopy(data, 0, disk, at * 512, 512);
            }
            if (i % 8 == 0 || i == REQUESTS - 1) {
                assertThat(rig.read(0, SECTORS)).isEqualTo(disk);
            }
        }
        return disk;
    }

    private static Segment segment(Random random) {
        boolean wild = random.nextInt(12) == 0;
        return new Segment(
                wild ? random.nextLong() : random.nextInt(SECTORS - MAX_SECTORS / 2),
                wild && random.nextBoolean() ? random.nextInt() : random.nextInt(MAX_SECTORS / 2 + 1),
                random.nextInt(12) == 0 ? 1 << random.nextInt(32) : random.nextInt(8) == 0 ? 1 : 0);
    }

    private static int expected(int type, Segment[] segments) {
        if (segments.length == 0 || segments.length > MAX_SEGMENTS) {
            return BlkStatus.IOERR;
        }
        int defined = type == BlkRequestType.WRITE_ZEROES ? 1 : 0;
        if (Arrays.stream(segments).anyMatch(each -> (each.flags & ~defined) != 0)) {
            return BlkStatus.UNSUPP;
        }
        boolean fits = Arrays.stream(segments)
                .allMatch(each -> each.isOnDisk() && Integer.toUnsignedLong(each.count) <= MAX_SECTORS);
        return fits ? BlkStatus.OK : BlkStatus.IOERR;
    }
}
