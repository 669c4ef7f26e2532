// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Regions at 0x1000 and 0x1100, which touch, and at 0x2000, behind a hole; 0x100 bytes each. */
class GuestMemoryTest {
    private final SharedMemory low = SharedMemory.allocate(0x100, 0x1000);
    private final SharedMemory touching = SharedMemory.allocate(0x100, 0x1100);
    private final SharedMemory high = SharedMemory.allocate(0x100, 0x2000);
    private final GuestMemory guest = GuestMemory.of(high, low, touching);

    @Test
    void regionsAreOrderedByGuestAddress() {
        assertThat(guest.regionCount()).isEqualTo(3);
        assertThat(List.of(guest.region(0), guest.region(1), guest.region(2))).containsExactly(low, touching, high);
    }

    @Test
    void anAddressIsFoundFromTheFirstByteOfItsRegionToTheLast() {
        assertThat(guest.regionIndex(0x1000)).isZero();
        assertThat(guest.regionIndex(0x10FF)).isZero();
        assertThat(guest.regionIndex(0x1100)).isEqualTo(1);
        assertThat(guest.regionIndex(0x11FF)).isEqualTo(1);
        assertThat(guest.regionIndex(0x2000)).isEqualTo(2);
        assertThat(guest.regionIndex(0x20FF)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 0xFFF, 0x1200, 0x1FFF, 0x2100, Long.MAX_VALUE, Long.MIN_VALUE, -1, -0x1000})
    void anAddressInNoRegionIsBad(long address) {
        assertThat(guest.regionIndex(address)).isEqualTo(GuestMemory.BAD_ADDRESS);
        assertThat(guest.regionIndexOfWhole(address, 1)).isEqualTo(GuestMemory.BAD_ADDRESS);
    }

    @Test
    void aPieceEndsWhereItsRegionEnds() {
        assertThat(guest.contiguousBytes(0, 0x10F0, 0x20)).isEqualTo(0x10);
        assertThat(guest.contiguousBytes(0, 0x10F0, 0x10)).isEqualTo(0x10);
        assertThat(guest.contiguousBytes(0, 0x10F0, 0xF)).isEqualTo(0xF);
        assertThat(guest.contiguousBytes(0, 0x10FF, Long.MAX_VALUE)).isEqualTo(1);
    }

    @Test
    void aWholeRangeLiesInOneRegionOrInNone() {
        assertThat(guest.regionIndexOfWhole(0x1000, 0x100)).isZero();
        assertThat(guest.regionIndexOfWhole(0x1001, 0x100)).isEqualTo(GuestMemory.BAD_ADDRESS);
        assertThat(guest.regionIndexOfWhole(0x10FF, 2)).isEqualTo(GuestMemory.BAD_ADDRESS);
        assertThat(guest.regionIndexOfWhole(0x1000, Long.MAX_VALUE)).isEqualTo(GuestMemory.BAD_ADDRESS);
    }

    @Test
    void aRegionMayEndAtTheLastAddressThatIsPossible() {
        SharedMemory last = SharedMemory.allocate(0x100, Long.MAX_VALUE - 0x100);
        GuestMemory top = GuestMemory.of(low, last);

        assertThat(top.regionIndex(Long.MAX_VALUE - 1)).isEqualTo(1);
        assertThat(top.regionIndex(Long.MAX_VALUE)).isEqualTo(GuestMemory.BAD_ADDRESS);
        assertThat(top.regionIndexOfWhole(Long.MAX_VALUE - 1, 2)).isEqualTo(GuestMemory.BAD_ADDRESS);
    }

    @Test
    void regionsThatOverlapAreRefused() {
        SharedMemory overlapping = SharedMemory.allocate(0x100, 0x10FF);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> GuestMemory.of(overlapping, low))
                .withMessageContaining("0x1000")
                .withMessageContaining("0x10ff");
    }

    @Test
    void memoryWithoutARegionIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(GuestMemory::of);
    }

    /** The map as a set of bytes. */
    private static boolean isBacked(List<SharedMemory> regions, long address) {
        return regions.stream()
                .anyMatch(region ->
                        address >= region.guestAddress() && address < region.guestAddress() + region.lengthBytes());
    }

    @Provide
    Arbitrary<List<Integer>> gaps() {
        return Arbitraries.of(0, 0, 1, 16, 100).list().ofMinSize(1).ofMaxSize(12);
    }

    @Property(tries = 300)
    void everyAddressIsFoundExactlyWhenARegionBacksIt(
            @ForAll("gaps") List<Integer> gaps, @ForAll @Size(40) List<@IntRange(max = 900) Integer> probes) {
        List<SharedMemory> regions = new ArrayList<>();
        long address = 10;
        for (int gap : gaps) {
            regions.add(SharedMemory.allocate(40, address + gap));
            address += gap + 40L;
        }
        GuestMemory map = GuestMemory.of(regions.toArray(new SharedMemory[0]));

        for (int probe : probes) {
            int found = map.regionIndex(probe);
            assertThat(found != GuestMemory.BAD_ADDRESS).isEqualTo(isBacked(regions, probe));
            if (found != GuestMemory.BAD_ADDRESS) {
                assertThat(isBacked(List.of(map.region(found)), probe)).isTrue();
                long piece = map.contiguousBytes(found, probe, 1000);
                assertThat(isBacked(List.of(map.region(found)), probe + piece - 1))
                        .isTrue();
                assertThat(isBacked(List.of(map.region(found)), probe + piece)).isFalse();
            }
        }
    }
}
