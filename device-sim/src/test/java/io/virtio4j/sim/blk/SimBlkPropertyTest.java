// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static io.virtio4j.sim.blk.BlkRig.header;
import static io.virtio4j.sim.blk.BlkRig.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.sim.blk.BlkRig.Answer;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Whatever requests come, however cut, the disk is the array of bytes that a disk is. */
final class SimBlkPropertyTest {
    private static final int SECTORS = 48;
    private static final int MAX_PIECES = 12;
    private static final int REQUESTS = 60;

    @Property(tries = 40)
    @Clause({"BLK-REQ-LAYOUT", "BLK-DEV-STATUS-CODES"})
    void aDiskInMemoryIsAnArrayOfBytes(@ForAll long seed) {
        matchesAnArray(new MemoryBlockStore(SECTORS * 512), seed);
    }

    @Property(tries = 20)
    @Clause({"BLK-REQ-LAYOUT", "BLK-DEV-STATUS-CODES"})
    void aDiskInAFileIsAnArrayOfBytes(@ForAll long seed) throws IOException {
        Path image = Files.createTempFile("virtio4j", ".img");
        try {
            Files.write(image, new byte[SECTORS * 512]);
            try (BlockStore store = FileBlockStore.open(image, false)) {
                byte[] disk = matchesAnArray(store, seed);
                assertThat(Files.readAllBytes(image)).isEqualTo(disk);
            }
        } finally {
            Files.delete(image);
        }
    }

    @Property(tries = 20)
    @Clause({"BLK-REQ-LAYOUT", "BLK-DEV-STATUS-CODES"})
    void aDiskOverAnotherIsAnArrayOfBytes(@ForAll long seed) throws IOException {
        Path image = Files.write(Files.createTempFile("virtio4j", ".img"), new byte[SECTORS * 512]);
        try (BlockStore store = OverlayBlockStore.openTemporary(image)) {
            matchesAnArray(store, seed);
            assertThat(Files.readAllBytes(image)).containsOnly(0);
        } finally {
            Files.delete(image);
        }
    }

    private static byte[] matchesAnArray(BlockStore store, long seed) {
        Random random = new Random(seed);
        byte[] disk = new byte[SECTORS * 512];
        BlkRig rig = new BlkRig(new SimBlk(store, SimBlkOptions.DEFAULTS.withQueueSize(BlkRig.QUEUE_SIZE), error -> {
            throw new AssertionError(error);
        }));
        for (int i = 0; i < REQUESTS; i++) {
            int sector = random.nextInt(SECTORS + 4);
            int length = random.nextInt(8) * 512 + (random.nextInt(10) == 0 ? 1 + random.nextInt(511) : 0);
            boolean good = length % 512 == 0 && sector <= SECTORS && sector + length / 512 <= SECTORS;
            int at = sector * 512;
            if (random.nextBoolean()) {
                byte[] data = pattern(length, i);
                Answer answer = rig.exchange(cut(random, join(header(BlkRequestType.OUT, sector), data)), List.of(1));
                assertThat(answer.status()).isEqualTo(good ? BlkStatus.OK : BlkStatus.IOERR);
                if (good) {
                    System.arraycopy(data, 0, disk, at, length);
                }
            } else {
                Answer answer =
                        rig.exchange(cut(random, header(BlkRequestType.IN, sector)), cutLength(random, length + 1));
                assertThat(answer.status()).isEqualTo(good ? BlkStatus.OK : BlkStatus.IOERR);
                assertThat(answer.usedBytes()).isEqualTo(good ? length + 1 : length == 0 ? 1 : 0);
                if (good) {
                    assertThat(answer.data()).isEqualTo(Arrays.copyOfRange(disk, at, at + length));
                }
            }
        }
        return disk;
    }

    @Property(tries = 500)
    void aRangeIsOnTheDiskExactlyIfEachOfItsSectorsIs(
            @ForAll @LongRange(min = 0, max = (1L << 54) - 1) long capacitySectors,
            @ForAll long sector,
            @ForAll @IntRange(min = 0, max = 1 << 23) int count) {
        boolean expected = sector >= 0
                && BigInteger.valueOf(sector)
                                .add(BigInteger.valueOf(count))
                                .compareTo(BigInteger.valueOf(capacitySectors))
                        <= 0;
        assertThat(Sectors.isWithin(capacitySectors * 512, sector, count * 512L))
                .isEqualTo(expected);
        assertThat(Sectors.isWithin(capacitySectors * 512, capacitySectors - count, count * 512L))
                .isEqualTo(capacitySectors >= count);
        assertThat(Sectors.isWithin(capacitySectors * 512, capacitySectors - count + 1, count * 512L))
                .isFalse();
    }

    private static byte[] join(byte[] first, byte[] second) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(first);
        bytes.writeBytes(second);
        return bytes.toByteArray();
    }

    private static List<byte[]> cut(Random random, byte[] bytes) {
        List<byte[]> parts = new ArrayList<>();
        int at = 0;
        for (int length : cutLength(random, bytes.length)) {
            parts.add(Arrays.copyOfRange(bytes, at, at + length));
            at += length;
        }
        return parts;
    }

    private static List<Integer> cutLength(Random random, int length) {
        List<Integer> lengths = new ArrayList<>();
        int left = length;
        int pieces = 1 + random.nextInt(MAX_PIECES);
        while (left > 0 && lengths.size() < pieces - 1) {
            int part = 1 + random.nextInt(random.nextBoolean() ? Math.min(left, 20) : left);
            lengths.add(part);
            left -= part;
        }
        if (left > 0) {
            lengths.add(left);
        }
        return lengths;
    }
}
