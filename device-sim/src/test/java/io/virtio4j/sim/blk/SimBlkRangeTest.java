// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static io.virtio4j.sim.blk.BlkRig.header;
import static io.virtio4j.sim.blk.BlkRig.join;
import static io.virtio4j.sim.blk.BlkRig.pattern;
import static io.virtio4j.sim.blk.BlkRig.segment;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.sim.blk.BlkRig.Answer;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.Features;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that name ranges of the disk: discard, write zeroes, secure erase. */
final class SimBlkRangeTest {
    private static final int SECTORS = 64;
    private static final int LENGTH = SECTORS * 512;
    private static final int UNMAP = 1;
    private static final BlkRangeLimits LIMITS = new BlkRangeLimits(40, 3, 8);
    private static final SimBlkOptions OPTIONS =
            SimBlkOptions.DEFAULTS.withQueueSize(BlkRig.QUEUE_SIZE).withRanges(new BlkRanges(LIMITS, LIMITS, LIMITS));

    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final SimBlk device = new SimBlk(new MemoryBlockStore(LENGTH), OPTIONS, errors::add);
    private final byte[] disk = pattern(LENGTH, 1);

    private BlkRig rig(boolean packed) {
        BlkRig rig = new BlkRig(device, BlkRig.everything(device, packed));
        assertThat(rig.request(BlkRequestType.OUT, 0, disk, 0).status()).isEqualTo(BlkStatus.OK);
        return rig;
    }

    private void zero(int sector, int sectors) {
        Arrays.fill(disk, sector * 512, (sector + sectors) * 512, (byte) 0);
    }

    private static Stream<Arguments> typesOnBothRings() {
        return Stream.of(BlkRequestType.DISCARD, BlkRequestType.WRITE_ZEROES, BlkRequestType.SECURE_ERASE)
                .flatMap(type -> Stream.of(Arguments.of(type, false), Arguments.of(type, true)));
    }

    @ParameterizedTest
    @MethodSource("typesOnBothRings")
    void itsSegmentsAreZeroAndNothingElseHasChanged(int type, boolean packed) {
        BlkRig rig = rig(packed);
        zero(3, 5);
        zero(20, 40);
        zero(63, 1);

        Answer answer = rig.request(type, 0, join(segment(3, 5, 0), segment(20, 40, 0), segment(SECTORS - 1, 1, 0)), 0);

        assertThat(answer.status()).isEqualTo(BlkStatus.OK);
        assertThat(answer.usedBytes()).isEqualTo(1);
        assertThat(rig.read(0, SECTORS)).isEqualTo(disk);
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, false", "0, true", "1, true"})
    @Clause("BLK-DEV-WZEROES-READ-ZERO")
    void sectorsAreZeroAfterWriteZeroesWithAndWithoutUnmap(int flags, boolean packed) {
        BlkRig rig = rig(packed);
        assertThat(rig.ranges(BlkRequestType.WRITE_ZEROES, segment(8, 16, flags)))
                .isEqualTo(BlkStatus.OK);
        assertThat(rig.read(8, 16)).containsOnly(0);
        assertThat(rig.read(7, 1)).isEqualTo(Arrays.copyOfRange(disk, 7 * 512, 8 * 512));
        assertThat(rig.read(24, 1)).isEqualTo(Arrays.copyOfRange(disk, 24 * 512, 25 * 512));
    }

    @ParameterizedTest
    @MethodSource("typesOnBothRings")
    @Clause("BLK-DEV-UNKNOWN-FLAG-UNSUPP")
    void aFlagThatIsNotDefinedIsUnsupportedInWhicheverSegment(int type, boolean packed) {
        BlkRig rig = rig(packed);
        for (int bit = 1; bit < 32; bit++) {
            assertThat(rig.ranges(type, segment(0, 8, 1 << bit)))
                    .as("bit %d", bit)
                    .isEqualTo(BlkStatus.UNSUPP);
            assertThat(rig.ranges(type, segment(0, 8, 0), segment(8, 8, 1 << bit)))
                    .as("bit %d of the second", bit)
                    .isEqualTo(BlkStatus.UNSUPP);
        }
        assertThat(rig.ranges(type, segment(SECTORS, 1, 0), segment(0, 1, 2)))
                .as("a segment past the end before it")
                .isEqualTo(BlkStatus.UNSUPP);
        assertThat(rig.read(0, SECTORS)).isEqualTo(disk);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Clause("BLK-DEV-DISCARD-UNMAP-UNSUPP")
    void unmapIsUnsupportedInADiscardAndInASecureErase(boolean packed) {
        BlkRig rig = rig(packed);
        for (int type : new int[] {BlkRequestType.DISCARD, BlkRequestType.SECURE_ERASE}) {
            assertThat(rig.ranges(type, segment(0, 8, UNMAP))).isEqualTo(BlkStatus.UNSUPP);
            assertThat(rig.ranges(type, segment(0, 8, 0), segment(8, 8, UNMAP))).isEqualTo(BlkStatus.UNSUPP);
        }
        assertThat(rig.read(0, SECTORS)).isEqualTo(disk);
    }

    @ParameterizedTest
    @MethodSource("typesOnBothRings")
    @Clause("BLK-DEV-STATUS-CODES")
    void aSegmentThatIsNotOnTheDiskFailsTheWholeRequestBeforeItBegins(int type, boolean packed) {
        BlkRig rig = rig(packed);
        for (long sector : new long[] {
            SECTORS - 7, SECTORS, 1L << 54, 1L << 55, (1L << 55) - 1, Long.MAX_VALUE, Long.MIN_VALUE, -1, -8
        }) {
            assertThat(rig.ranges(type, segment(0, 8, 0), segment(sector, 8, 0)))
                    .as("sector %d", sector)
                    .isEqualTo(BlkStatus.IOERR);
        }
        for (int count : new int[] {41, SECTORS, SECTORS + 1, 1 << 23, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
            assertThat(rig.ranges(type, segment(0, count, 0)))
                    .as("%d sectors", count)
                    .isEqualTo(BlkStatus.IOERR);
        }
        assertThat(rig.read(0, SECTORS)).isEqualTo(disk);
        assertThat(errors).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("typesOnBothRings")
    void dataOfNoWholeSegmentsOrOfTooManyIsAnError(int type, boolean packed) {
        BlkRig rig = rig(packed);
        byte[] four = join(segment(0, 1, 0), segment(1, 1, 0), segment(2, 1, 0), segment(3, 1, 0));
        for (int length : new int[] {0, 1, 15, 17, 31, 47, 49, 64}) {
            Answer answer = rig.request(type, 0, Arrays.copyOf(four, length), 0);
            assertThat(answer.status()).as("%d bytes", length).isEqualTo(BlkStatus.IOERR);
        }
        Answer withWritable = rig.request(type, 0, segment(0, 8, 0), 512);
        assertThat(withWritable.status()).isEqualTo(BlkStatus.IOERR);
        assertThat(withWritable.usedBytes()).isZero();
        assertThat(rig.read(0, SECTORS)).isEqualTo(disk);
    }

    @ParameterizedTest
    @MethodSource("typesOnBothRings")
    void segmentsMayBeEmptyAndCutIntoDescriptorsAnywhere(int type, boolean packed) {
        BlkRig rig = rig(packed);
        byte[] all = join(header(type, 0), segment(SECTORS, 0, 0), segment(9, 2, 0), segment(0, 0, 0));
        zero(9, 2);
        List<byte[]> bytes = IntStream.range(0, all.length)
                .mapToObj(i -> Arrays.copyOfRange(all, i, i + 1))
                .toList();
        assertThat(bytes).hasSizeLessThan(BlkRig.QUEUE_SIZE + 1);
        List<byte[]> cut = Stream.concat(bytes.stream().limit(40), Stream.of(Arrays.copyOfRange(all, 40, all.length)))
                .toList();

        assertThat(rig.exchange(cut, List.of(1)).status()).isEqualTo(BlkStatus.OK);
        assertThat(rig.ranges(type, segment(5, 0, 0))).isEqualTo(BlkStatus.OK);

        assertThat(rig.read(0, SECTORS)).isEqualTo(disk);
    }

    @ParameterizedTest
    @CsvSource({"11, 13", "13, 14", "14, 16"})
    void aRequestThatWasNotNegotiatedIsUnsupported(int type, int bit) {
        BlkRig rig = new BlkRig(device, BlkRig.everything(device).without(bit));
        assertThat(rig.ranges(type, segment(0, 8, 0))).isEqualTo(BlkStatus.UNSUPP);
    }

    @Test
    void aStoreThatCannotDoItIsNotAsked() {
        SimBlk plain = new SimBlk(new PlainStore(LENGTH), OPTIONS, errors::add);
        BlkRig rig = new BlkRig(plain);
        for (int type : new int[] {BlkRequestType.DISCARD, BlkRequestType.WRITE_ZEROES, BlkRequestType.SECURE_ERASE}) {
            assertThat(rig.ranges(type, segment(0, 8, 0))).isEqualTo(BlkStatus.UNSUPP);
        }
        assertThat(errors).isEmpty();
    }

    @Test
    @Clause("BLK-DEV-RO-NO-WRITE")
    void aReadOnlyDeviceChangesNothing() {
        MemoryBlockStore store = new MemoryBlockStore(LENGTH);
        BlkRig writer = new BlkRig(new SimBlk(store, OPTIONS, errors::add));
        assertThat(writer.request(BlkRequestType.OUT, 0, disk, 0).status()).isEqualTo(BlkStatus.OK);
        BlkRig rig = new BlkRig(new SimBlk(store, OPTIONS.withReadOnly(true), errors::add));
        for (int type : new int[] {BlkRequestType.DISCARD, BlkRequestType.WRITE_ZEROES, BlkRequestType.SECURE_ERASE}) {
            assertThat(rig.ranges(type, segment(0, 8, 0))).isNotEqualTo(BlkStatus.OK);
        }
        assertThat(rig.read(0, SECTORS)).isEqualTo(disk);
    }

    @ParameterizedTest
    @MethodSource("typesOnBothRings")
    @Clause("BLK-DEV-SEGMENTS-INDETERMINATE")
    void aStoreThatFailsInTheMiddleOfTheListIsOneErrorAndTheDeviceGoesOn(int type, boolean packed) {
        HeldStore held = new HeldStore(LENGTH);
        SimBlk sim = new SimBlk(held, OPTIONS, errors::add);
        BlkRig rig = new BlkRig(sim, BlkRig.everything(sim, packed));
        long write = rig.send(List.of(header(BlkRequestType.OUT, 0), disk), List.of(1));
        rig.serve();
        held.finish(0);
        rig.serve();
        rig.take(write);
        long token = rig.send(
                List.of(header(type, 0), join(segment(0, 2, 0), segment(10, 2, 0), segment(20, 2, 0))), List.of(1));
        rig.serve();
        held.finish(0);
        rig.serve();
        assertThat(rig.isAnswered(token)).isFalse();

        held.held.remove(0).fail(new IOException("worn out"));
        rig.serve();

        assertThat(rig.take(token).status()).isEqualTo(BlkStatus.IOERR);
        assertThat(held.held).as("nothing after the failure").isEmpty();
        assertThat(errors)
                .singleElement()
                .satisfies(error -> assertThat(error)
                        .isInstanceOf(BlockStoreException.class)
                        .hasRootCauseMessage("worn out")
                        .hasMessageContaining("1024 bytes at 5120"));
        // Each segment by itself is as it was or done: here the first is done.
        long read = rig.send(List.of(header(BlkRequestType.IN, 0)), List.of(LENGTH, 1));
        rig.serve();
        held.finish(0);
        rig.serve();
        zero(0, 2);
        assertThat(rig.take(read).data()).isEqualTo(disk);
    }

    @Test
    void manySegmentsThatTheStoreDoesAtOnceDoNotDeepenTheStack() {
        BlkRangeLimits many = new BlkRangeLimits(1, BlkRangeLimits.MAX_SEGMENTS, 1);
        SimBlk sim = new SimBlk(
                new MemoryBlockStore(LENGTH), OPTIONS.withRanges(new BlkRanges(many, many, many)), errors::add);
        BlkRig rig = new BlkRig(sim);
        byte[] segments = new byte[20_000 * 16];
        for (int i = 0; i < 20_000; i++) {
            System.arraycopy(segment(i % SECTORS, 1, 0), 0, segments, 16 * i, 16);
        }
        assertThat(rig.request(BlkRequestType.DISCARD, 0, segments, 0).status()).isEqualTo(BlkStatus.OK);
        assertThat(rig.read(0, SECTORS)).containsOnly(0);
    }

    @Test
    void whatTheDriverChangesAfterTheCheckIsNotLookedAt() {
        HeldStore held = new HeldStore(LENGTH);
        BlkRig rig = new BlkRig(new SimBlk(held, OPTIONS, errors::add));
        long token = rig.send(
                List.of(header(BlkRequestType.DISCARD, 0), join(segment(0, 1, 0), segment(2, 1, 0))), List.of(1));
        rig.serve();
        rig.overwriteReadable(token, 0xFF);
        held.finish(0);
        rig.session.service();
        assertThat(held.held).singleElement().satisfies(second -> {
            assertThat(second.offsetBytes()).isEqualTo(2 * 512);
            assertThat(second.lengthBytes()).isEqualTo(512);
        });
    }

    @Test
    void theFeaturesThatTheseTestsStandOnAreOffered() {
        assertThat(Features.of(BlkFeatureBits.DISCARD, BlkFeatureBits.WRITE_ZEROES, BlkFeatureBits.SECURE_ERASE)
                        .isSubsetOf(device.offeredFeatures()))
                .isTrue();
    }
}
