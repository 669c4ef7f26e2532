// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.blk.ScriptedBlk.Seen;
import io.virtio4j.blk.ScriptedBlk.Segment;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkLifetimeLayout;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that name ranges of sectors, and the one for the lifetime. */
final class BlkRangeTest {
    private static final Features RANGES = Features.of(
            BlkFeatureBits.DISCARD, BlkFeatureBits.WRITE_ZEROES, BlkFeatureBits.SECURE_ERASE, BlkFeatureBits.LIFETIME);

    static ScriptedBlk device(int maxSectors, int maxSegments, ToIntFunction<Seen> script) {
        ScriptedBlk scripted = new ScriptedBlk(RANGES, script);
        for (int offset : new int[] {
            BlkConfigLayout.MAX_DISCARD_SECTORS,
            BlkConfigLayout.MAX_WRITE_ZEROES_SECTORS,
            BlkConfigLayout.MAX_SECURE_ERASE_SECTORS
        }) {
            scripted.with(offset, maxSectors).with(offset + Integer.BYTES, maxSegments);
        }
        return scripted;
    }

    static void run(BlkRequests disk, BlkOperation operation, BlkRanges ranges) {
        switch (operation) {
            case DISCARD -> disk.discard(ranges);
            case WRITE_ZEROES -> disk.writeZeroes(ranges, false);
            default -> disk.secureErase(ranges);
        }
    }

    private static int submit(BlkRequests disk, BlkOperation operation, BlkRanges ranges, long token) {
        return switch (operation) {
            case DISCARD -> disk.submitDiscard(ranges, token);
            case WRITE_ZEROES -> disk.submitWriteZeroes(ranges, false, token);
            default -> disk.submitSecureErase(ranges, token);
        };
    }

    @Test
    @Clause({"BLK-DRV-RANGE-DATA-SIZE", "BLK-DRV-DISCARD-NO-UNMAP", "BLK-REQ-SECTOR-UNUSED-ZERO"})
    void rangesAreSegmentsOf16BytesAndOnlyWriteZeroesMayUnmap() {
        ScriptedBlk scripted = device(1000, 4, request -> BlkStatus.OK);
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open()) {
            BlkRanges ranges = BlkRanges.of(5, 10).add(100, 1);
            disk.discard(ranges);
            disk.writeZeroes(ranges, false);
            disk.writeZeroes(ranges, true);
            disk.secureErase(ranges);
        }
        assertThat(scripted.seen)
                .containsExactly(
                        new Seen(BlkRequestType.DISCARD, 0, 0, 16 + 32, 1),
                        new Seen(BlkRequestType.WRITE_ZEROES, 0, 0, 16 + 32, 1),
                        new Seen(BlkRequestType.WRITE_ZEROES, 0, 0, 16 + 32, 1),
                        new Seen(BlkRequestType.SECURE_ERASE, 0, 0, 16 + 32, 1));
        assertThat(scripted.segments)
                .containsExactly(
                        List.of(new Segment(5, 10, 0), new Segment(100, 1, 0)),
                        List.of(new Segment(5, 10, 0), new Segment(100, 1, 0)),
                        List.of(new Segment(5, 10, 1), new Segment(100, 1, 1)),
                        List.of(new Segment(5, 10, 0), new Segment(100, 1, 0)));
    }

    @ParameterizedTest
    @EnumSource(names = {"DISCARD", "WRITE_ZEROES", "SECURE_ERASE"})
    @Clause({"BLK-DRV-DISCARD-SEGS", "BLK-DRV-WZEROES-SEGS", "BLK-DRV-SECERASE-SEGS"})
    void asManySegmentsAsAllowedGoIntoARequestAndOneMoreMakesTwo(BlkOperation operation) {
        for (int allowed : new int[] {1, 3, 16}) {
            ScriptedBlk scripted = device(1000, allowed, request -> BlkStatus.OK);
            try (Rig rig = new Rig(scripted);
                    BlkDevice disk = rig.open()) {
                BlkRanges ranges = new BlkRanges();
                for (int i = 0; i < allowed; i++) {
                    ranges.add(2L * i, 1);
                }
                run(disk, operation, ranges);
                assertThat(scripted.segments).extracting(List::size).containsExactly(allowed);
                run(disk, operation, ranges.add(999, 1));
                assertThat(scripted.segments).extracting(List::size).containsExactly(allowed, allowed, 1);
                assertThat(scripted.segments.get(2)).containsExactly(new Segment(999, 1, 0));
            }
        }
    }

    @Test
    void aRangeThatIsTooLongIsCutBetweenAlignedSectors() {
        ScriptedBlk scripted = device(100, 2, request -> BlkStatus.OK)
                .with(BlkConfigLayout.DISCARD_SECTOR_ALIGNMENT, 64)
                .with(BlkConfigLayout.SECURE_ERASE_SECTOR_ALIGNMENT, 300);
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open()) {
            disk.discard(BlkRanges.of(10, 300));
            disk.secureErase(BlkRanges.of(250, 200));
            disk.writeZeroes(BlkRanges.of(10, 101), false);
        }
        assertThat(scripted.segments)
                .containsExactly(
                        List.of(new Segment(10, 54, 0), new Segment(64, 64, 0)),
                        List.of(new Segment(128, 64, 0), new Segment(192, 64, 0)),
                        List.of(new Segment(256, 54, 0)),
                        List.of(new Segment(250, 50, 0), new Segment(300, 100, 0)),
                        List.of(new Segment(400, 50, 0)),
                        List.of(new Segment(10, 100, 0), new Segment(110, 1, 0)));
    }

    @ParameterizedTest
    @EnumSource(names = {"DISCARD", "WRITE_ZEROES", "SECURE_ERASE"})
    void whatCannotBeDoneIsRefusedBeforeAnythingIsSent(BlkOperation operation) {
        ScriptedBlk scripted = device(1000, 4, request -> BlkStatus.OK);
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open()) {
            assertThat(disk.supports(operation)).isTrue();
            assertThatThrownBy(() -> run(disk, operation, BlkRanges.of(999, 2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("2 sectors at sector 999: the disk has 1000 sectors");
            assertThatThrownBy(() -> submit(disk, operation, BlkRanges.of(0, 1).add(1000, 1), 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> run(disk, operation, new BlkRanges()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        ScriptedBlk none = device(0, 4, request -> BlkStatus.OK);
        ScriptedBlk noSegments = device(1000, 0, request -> BlkStatus.OK);
        ScriptedBlk unknown = new ScriptedBlk(Features.NONE, request -> BlkStatus.OK);
        for (ScriptedBlk device : List.of(none, noSegments, unknown)) {
            try (Rig rig = new Rig(device);
                    BlkDevice disk = rig.open()) {
                assertThat(disk.supports(operation)).isFalse();
                assertThatThrownBy(() -> run(disk, operation, BlkRanges.of(0, 1)))
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining(operation.name());
                assertThatThrownBy(() -> submit(disk, operation, BlkRanges.of(0, 1), 1))
                        .isInstanceOf(UnsupportedOperationException.class);
            }
        }
        ScriptedBlk readOnly = new ScriptedBlk(RANGES.with(BlkFeatureBits.RO), request -> BlkStatus.OK);
        try (Rig rig = new Rig(readOnly);
                BlkDevice disk = rig.open()) {
            assertThat(disk.supports(operation)).isFalse();
            assertThatThrownBy(() -> run(disk, operation, BlkRanges.of(0, 1)))
                    .isInstanceOf(IllegalStateException.class);
        }
        for (ScriptedBlk device : List.of(scripted, none, noSegments, unknown, readOnly)) {
            assertThat(device.seen).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {BlkStatus.IOERR, BlkStatus.UNSUPP})
    @Clause("BLK-DRV-SEGMENT-OUTCOME-UNKNOWN")
    void ofSeveralRangesTheFailureIsOneOfTheWholeRequest(int status) {
        ScriptedBlk scripted = device(1000, 2, request -> status);
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open()) {
            BlkRanges ranges = BlkRanges.of(3, 4).add(100, 1).add(200, 5);
            assertThatThrownBy(() -> disk.discard(ranges))
                    .isInstanceOfSatisfying(BlkRequestException.class, e -> {
                        assertThat(e.operation()).isEqualTo(BlkOperation.DISCARD);
                        assertThat(e.offsetBytes()).isEqualTo(3 * 512);
                        assertThat(e.lengthBytes()).isEqualTo(10 * 512);
                        assertThat(e.status()).isEqualTo(status);
                    })
                    .hasMessageContaining("DISCARD of 5120 bytes in 3 ranges, the first at offset 1536");
            List<String> outcomes = new ArrayList<>();
            assertThat(disk.submitWriteZeroes(ranges, true, 7)).isEqualTo(BlkDevice.SUBMITTED);
            assertThat(disk.await((token, outcome) -> outcomes.add(token + ":" + outcome)))
                    .isEqualTo(1);
            assertThat(outcomes).containsExactly("7:" + status);
        }
    }

    @Test
    @Clause("BLK-DRV-DISCARD-DATA-UNDEFINED")
    void whateverIsReadOfDiscardedSectorsIsTakenAsItIs() {
        ScriptedBlk scripted = device(1000, 2, request -> BlkStatus.OK);
        int[] noise = {0};
        scripted.data = (request, chain) -> {
            if (request.type() == BlkRequestType.IN) {
                chain.putByte(0, ++noise[0]);
            }
        };
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open()) {
            DmaBuffer buffer = rig.buffer(512);
            disk.write(0, buffer);
            disk.discard(BlkRanges.of(0, 1));
            for (int i = 1; i <= 3; i++) {
                disk.read(0, buffer);
                assertThat(rig.bytes(buffer)[0]).isEqualTo((byte) i);
            }
            assertThat(rig.driverErrors).isEmpty();
        }
    }

    @Test
    @Clause("BLK-DEV-LIFETIME-FORMAT")
    void theLifetimeIsThreeNumbersOf6Bytes() {
        ScriptedBlk scripted = device(1000, 2, request -> BlkStatus.OK);
        byte[] said = {2, 0, 3, 0, 11, 0};
        scripted.data = (request, chain) -> chain.putBytes(0, said, 0, said.length);
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open()) {
            assertThat(disk.lifetime()).isEqualTo(new BlkLifetime(2, 3, 11));
            DmaBuffer answer = rig.buffer(BlkLifetimeLayout.LENGTH_BYTES);
            assertThat(disk.submitGetLifetime(answer, 1)).isEqualTo(BlkDevice.SUBMITTED);
            assertThat(disk.await((token, status) -> assertThat(status).isZero()))
                    .isEqualTo(1);
            assertThat(BlkLifetime.read(answer.memory(), answer.offset())).isEqualTo(new BlkLifetime(2, 3, 11));
        }
        assertThat(scripted.seen.get(0)).isEqualTo(new Seen(BlkRequestType.GET_LIFETIME, 0, 0, 16, 7));
        try (Rig rig = new Rig(new ScriptedBlk(Features.NONE, request -> BlkStatus.OK));
                BlkDevice disk = rig.open()) {
            assertThatThrownBy(disk::lifetime).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void rangesThatNoDiskHasAreRefused() {
        assertThatThrownBy(() -> BlkRanges.of(-1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BlkRanges.of(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BlkRanges.of(1, Long.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BlkRanges.of(1, Long.MAX_VALUE - 1).add(0, 2))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
