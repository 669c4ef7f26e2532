// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.QueuePair.Used;
import io.virtio4j.queue.RawPackedRing;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.testkit.Clause;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the driver's half writes into a packed ring, byte for byte, and what it makes of a device's bytes. */
class PackedDriverBytesTest {
    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int AVAIL = RawPackedRing.AVAIL;
    private static final int USED = RawPackedRing.USED;
    private static final long DATA = QueuePair.GUEST_BASE;

    private final QueuePair pair = QueuePair.of(RingFormat.PACKED, 8);
    private final RawPackedRing raw = pair.rawPacked();

    /** A list on its way: where it starts, how long it is, and its id. */
    private record Sent(long token, int slots, int id) {}

    @Test
    @Clause({"PACKED-AVAIL-BITS", "PACKED-DRV-ID-IN-LAST", "PACKED-DRV-ALL-FLAGS-VALID"})
    void aListIsItsPartsOneSlotAfterTheOtherWithOneId() {
        BufferChain chain = new BufferChain(3)
                .addReadable(DATA, 16)
                .addReadable(DATA + 0x100, 0xFFFF_FFFFL - 100)
                .addWritable(DATA + 0x200, 1);

        int id = pair.driver.offer(chain, 7);

        assertThat(raw.address(0)).isEqualTo(DATA);
        assertThat(raw.address(1)).isEqualTo(DATA + 0x100);
        assertThat(raw.address(2)).isEqualTo(DATA + 0x200);
        assertThat(new int[] {raw.length(0), raw.length(1), raw.length(2)}).containsExactly(16, -101, 1);
        assertThat(new int[] {raw.flags(0), raw.flags(1), raw.flags(2)})
                .containsExactly(AVAIL | NEXT, AVAIL | NEXT, AVAIL | WRITE);
        assertThat(new int[] {raw.id(0), raw.id(1), raw.id(2)}).containsOnly(id);
        assertThat(Arrays.copyOfRange(raw.descriptorArea(), 48, 128)).containsOnly(0);
    }

    /** Lists of any length over a small ring, used in order: every descriptor's bits, across every wrap. */
    @Property(tries = 300)
    @Clause({
        "PACKED-WRAP-INIT",
        "PACKED-AVAIL-BITS",
        "PACKED-DRV-ALL-FLAGS-VALID",
        "PACKED-DRV-ID-IN-LAST",
        "PACKED-DRV-SKIP-BY-LIST"
    })
    void everyDescriptorOfAListHasTheBitsOfItsOwnLap(
            @ForAll @IntRange(min = 1, max = 7) int size,
            @ForAll @Size(max = 60) List<@IntRange(min = 1, max = 7) Integer> lengths) {
        QueuePair queue = QueuePair.of(RingFormat.PACKED, size);
        RawPackedRing ring = queue.rawPacked();
        Deque<Sent> sent = new ArrayDeque<>();
        List<Long> home = new ArrayList<>();
        long descriptors = 0;
        for (int i = 0; i < lengths.size(); i++) {
            int slots = Math.min(lengths.get(i), size);
            BufferChain chain = new BufferChain(slots);
            for (int part = 0; part < slots; part++) {
                chain.addWritable(DATA + part, 1 + part);
            }
            int id;
            while ((id = queue.driver.offer(chain, i)) == DriverQueue.FULL) {
                Sent first = sent.remove();
                ring.use(first.id, 0, 0, first.slots);
                assertThat(queue.driver.poll((token, written) -> home.add(token), 1))
                        .isEqualTo(1);
            }
            for (int part = 0; part < slots; part++) {
                int slot = ring.slotOf(descriptors + part);
                int next = part < slots - 1 ? NEXT : 0;
                assertThat(ring.flags(slot)).isEqualTo(ring.availBits(descriptors + part) | WRITE | next);
                assertThat(ring.id(slot)).isEqualTo(id);
                assertThat(ring.address(slot)).isEqualTo(DATA + part);
                assertThat(ring.length(slot)).isEqualTo(1 + part);
            }
            sent.add(new Sent(i, slots, id));
            descriptors += slots;
        }
        assertThat(queue.driver.isBroken()).isFalse();
        for (int i = 0; i < home.size(); i++) {
            assertThat(home.get(i)).isEqualTo(i);
        }
    }

    @Test
    @Clause({"PACKED-DRV-BATCH", "PACKED-DRV-HEAD-LAST"})
    void nothingOfABatchIsAvailableBeforeItsFirstDescriptorIs() {
        pair.driver.add(pair.parts(2), 1);
        pair.driver.add(pair.parts(1), 2);

        assertThat(raw.isAvail(0)).isFalse();

        pair.driver.publish();
        assertThat(raw.isAvail(0)).isTrue();
        assertThat(raw.isAvail(1)).isTrue();
        assertThat(raw.isAvail(2)).isTrue();
        assertThat(raw.isAvail(3)).isFalse();
    }

    @Test
    @Clause({"PACKED-DRV-NO-CHANGE-AFTER-AVAIL", "PACKED-DRV-NO-CHANGE-BEFORE-USED"})
    void whatIsInFlightKeepsItsBytes() {
        pair.driver.offer(pair.parts(3), 1);
        byte[] before = Arrays.copyOf(raw.descriptorArea(), 48);

        pair.driver.offer(pair.parts(2), 2);
        pair.driver.add(pair.parts(3), 3);
        pair.driver.publish();
        pair.driver.kickNeeded();
        pair.driver.poll((token, written) -> {}, 8);
        pair.driver.enableCallbacks();
        pair.driver.disableCallbacks();

        assertThat(Arrays.copyOf(raw.descriptorArea(), 48)).isEqualTo(before);
    }

    @Test
    @Clause({"PACKED-DRV-SPACE-FIRST", "PACKED-DRV-NO-DEPEND-ON-PROGRESS"})
    void aListThatDoesNotFitLeavesTheRingAsItWasThoughTheDeviceIsAboutToMakeRoom() {
        pair.driver.offer(pair.parts(3), 1);
        int second = pair.driver.offer(pair.parts(3), 2);
        raw.use(second, 0, 0, 3);
        byte[] before = raw.descriptorArea();

        assertThat(pair.driver.offer(pair.parts(3), 3)).isEqualTo(DriverQueue.FULL);

        assertThat(raw.descriptorArea()).isEqualTo(before);
    }

    @Test
    @Clause("PACKED-DRV-SKIP-BY-LIST")
    void theNextUsedDescriptorIsLookedForBehindAllSlotsOfTheListWhicheverComesFirst() {
        pair.driver.offer(pair.parts(1), 1);
        int three = pair.driver.offer(pair.parts(3), 2);
        int two = pair.driver.offer(pair.parts(2), 3);
        raw.use(three, 0, 0, 3);
        raw.use(two, 0, 0, 2);

        assertThat(pair.poll()).containsExactly(new Used(2, 0), new Used(3, 0));
        assertThat(pair.driver.inFlight()).isEqualTo(1);
        assertThat(pair.driver.freeDescriptors()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, NEXT, 4, NEXT | 4 | 0x7F78})
    @Clause("PACKED-DRV-IGNORE-USED-NEXT")
    void ofTheFlagsOfAUsedDescriptorOnlyWriteMeansSomething(int flags) {
        int first = pair.driver.offer(pair.writable(50), 1);
        int second = pair.driver.offer(pair.writable(50), 2);
        raw.use(first, 30, flags | WRITE, 1);
        raw.use(second, 30, flags | WRITE, 1);

        assertThat(pair.poll()).containsExactly(new Used(1, 30), new Used(2, 30));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 51, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    @Clause("PACKED-DRV-IGNORE-LEN-NO-WRITE")
    void theLengthMeansNothingWithoutWrite(int length) {
        int id = pair.driver.offer(pair.writable(50), 1);

        raw.use(id, length, 0, 1);

        assertThat(pair.poll()).containsExactly(new Used(1, 0));
    }

    @Test
    @Clause("PACKED-DEV-REORDER-WRITES")
    void aLaterSlotThatIsUsedFirstWaitsForTheOneBeforeIt() {
        int first = pair.driver.offer(pair.parts(1), 1);
        int second = pair.driver.offer(pair.parts(1), 2);
        raw.descriptor(1, 0, 0, second, AVAIL | USED);

        assertThat(pair.poll()).isEmpty();

        raw.descriptor(0, 0, 0, first, AVAIL | USED);
        assertThat(pair.poll()).containsExactly(new Used(1, 0), new Used(2, 0));
    }

    @Test
    @Clause("PACKED-USED-BITS")
    void onlyBothBitsAtTheWrapCounterMeanUsed() {
        int id = pair.driver.offer(pair.parts(1), 1);
        for (int bits : new int[] {0, AVAIL, USED}) {
            raw.descriptor(0, 0, 0, id, bits);
            assertThat(pair.poll()).isEmpty();
        }

        raw.descriptor(0, 0, 0, id, AVAIL | USED);

        assertThat(pair.poll()).hasSize(1);
    }

    /** In the second lap the bits of the first mean that nothing has happened yet. */
    @Test
    @Clause("PACKED-USED-BITS")
    void inTheSecondLapBothBitsAtZeroMeanUsed() {
        pair.runTo(8);
        raw.startAt(8);
        int id = pair.driver.offer(pair.parts(1), 1);
        for (int bits : new int[] {AVAIL | USED, AVAIL, USED}) {
            raw.descriptor(0, 0, 0, id, bits);
            assertThat(pair.poll()).isEmpty();
        }

        raw.use(id, 0, 0, 1);

        assertThat(pair.poll()).hasSize(1);
    }
}
