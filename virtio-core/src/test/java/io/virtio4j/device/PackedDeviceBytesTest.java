// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.RawPackedRing;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.testkit.Clause;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What the device's half takes from a driver's bytes, and what it writes back, byte for byte. */
class PackedDeviceBytesTest {
    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int AVAIL = RawPackedRing.AVAIL;
    private static final int USED = RawPackedRing.USED;
    private static final long DATA = QueuePair.GUEST_BASE;

    private final QueuePair pair = QueuePair.of(RingFormat.PACKED, 8);
    private final RawPackedRing raw = pair.rawPacked();
    private final DeviceQueue device = pair.device;

    private void list(int slots, int id) {
        for (int part = 0; part < slots; part++) {
            raw.makeAvailable(DATA + part, 10, id, WRITE | (part < slots - 1 ? NEXT : 0));
        }
    }

    private record Taken(int handle, int slots, int id) {}

    /** The driver's lists in any sizes, completed in any order: each used descriptor, across every wrap. */
    @Property(tries = 300)
    @Clause({
        "PACKED-WRAP-INIT",
        "PACKED-USED-BITS",
        "PACKED-DEV-ONE-USED-PER-LIST",
        "PACKED-DEV-USED-LEN",
        "PACKED-DEV-WRITE-IN-COMPLETION-ORDER",
        "PACKED-DEV-START-IN-ORDER"
    })
    void usedDescriptorsFollowEachOtherInTheOrderOfCompletion(
            @ForAll @IntRange(min = 1, max = 9) int size,
            @ForAll @Size(max = 60) List<@IntRange(min = 1, max = 9) Integer> lengths,
            @ForAll long seed) {
        QueuePair queue = QueuePair.of(RingFormat.PACKED, size);
        RawPackedRing ring = queue.rawPacked();
        Random random = new Random(seed);
        long used = 0;
        int next = 0;
        while (next < lengths.size()) {
            List<Taken> taken = new ArrayList<>();
            int free = size;
            while (next < lengths.size() && Math.min(lengths.get(next), size) <= free) {
                int slots = Math.min(lengths.get(next), size);
                int id = 0xFFFF - next;
                for (int part = 0; part < slots; part++) {
                    ring.makeAvailable(DATA + next, 1, id, WRITE | (part < slots - 1 ? NEXT : 0));
                }
                int handle = queue.device.next();
                // Ring order: what comes out is what went in last, and not yet the one behind it.
                assertThat(queue.device.chain(handle).writableBytes()).isEqualTo(slots);
                assertThat(queue.device.chain(handle).pieceOffset(0)).isEqualTo(next);
                taken.add(new Taken(handle, slots, id));
                free -= slots;
                next++;
            }
            Collections.shuffle(taken, random);
            for (Taken chain : taken) {
                byte[] before = ring.descriptorArea();
                int written = random.nextInt(chain.slots + 1);
                queue.device.complete(chain.handle, written);
                queue.device.publish();

                int slot = ring.slotOf(used);
                assertThat(ring.id(slot)).isEqualTo(chain.id);
                assertThat(ring.length(slot)).isEqualTo(written);
                assertThat(ring.flags(slot)).isEqualTo(ring.usedBits(used) | (written > 0 ? WRITE : 0));
                byte[] after = ring.descriptorArea();
                Arrays.fill(before, 16 * slot + 8, 16 * slot + 16, (byte) 0);
                Arrays.fill(after, 16 * slot + 8, 16 * slot + 16, (byte) 0);
                assertThat(after).isEqualTo(before);
                used += chain.slots;
            }
        }
        assertThat(queue.device.isBroken()).isFalse();
    }

    @Test
    @Clause({"PACKED-DEV-WRITE-FLAG-USED", "PACKED-DEV-USED-LEN"})
    void writeSaysWhetherAnythingWasWritten() {
        list(1, 1);
        list(1, 2);
        raw.makeAvailable(DATA, 10, 3, 0);
        device.complete(device.next(), 10);
        device.complete(device.next(), 0);
        device.complete(device.next(), 0);
        device.publish();

        assertThat(new int[] {raw.flags(0), raw.flags(1), raw.flags(2)})
                .containsExactly(AVAIL | USED | WRITE, AVAIL | USED, AVAIL | USED);
        assertThat(new int[] {raw.length(0), raw.length(1), raw.length(2)}).containsExactly(10, 0, 0);
    }

    @Test
    @Clause("PACKED-DRV-ID-IN-LAST")
    void ofAListsIdsTheLastCounts() {
        raw.makeAvailable(DATA, 1, 0x1111, NEXT);
        raw.makeAvailable(DATA, 1, 0x2222, NEXT);
        raw.makeAvailable(DATA, 1, 0x3333, 0);

        device.complete(device.next(), 0);
        device.publish();

        assertThat(raw.id(0)).isEqualTo(0x3333);
    }

    @Test
    @Clause({"PACKED-AVAIL-BITS", "PACKED-DEV-USE-ONLY-AVAIL"})
    void onlyAvailAtTheWrapCounterAndUsedAtItsInverseMeanAvailable() {
        for (int bits : new int[] {0, USED, AVAIL | USED}) {
            raw.descriptor(0, DATA, 1, 0, bits);
            assertThat(device.next()).isEqualTo(DeviceQueue.EMPTY);
        }

        raw.descriptor(0, DATA, 1, 0, AVAIL);

        assertThat(device.next()).isNotNegative();
    }

    @Test
    @Clause({"PACKED-AVAIL-BITS", "PACKED-DEV-USE-ONLY-AVAIL"})
    void inTheSecondLapWhatIsLeftOfTheFirstIsNotAvailable() {
        pair.runTo(8);
        for (int bits : new int[] {0, AVAIL, AVAIL | USED}) {
            raw.descriptor(0, DATA, 1, 0, bits);
            assertThat(device.next()).isEqualTo(DeviceQueue.EMPTY);
        }

        raw.descriptor(0, DATA, 1, 0, USED);

        assertThat(device.next()).isNotNegative();
    }

    @Test
    @Clause("PACKED-POLL-ONE-SLOT")
    void aLaterSlotThatIsAvailableFirstWaitsForTheOneBeforeIt() {
        raw.descriptor(1, DATA, 2, 0, AVAIL);
        assertThat(device.next()).isEqualTo(DeviceQueue.EMPTY);

        raw.descriptor(0, DATA, 1, 0, AVAIL);

        assertThat(device.chain(device.next()).readableBytes()).isEqualTo(1);
        assertThat(device.chain(device.next()).readableBytes()).isEqualTo(2);
    }

    @Test
    @Clause("PACKED-DEV-NO-CHANGE-AFTER-USED")
    void aUsedDescriptorKeepsItsBytesWhileTheDeviceGoesOn() {
        list(2, 1);
        list(1, 2);
        list(3, 3);
        device.complete(device.next(), 20);
        device.publish();
        byte[] before = Arrays.copyOf(raw.descriptorArea(), 32);

        device.complete(device.next(), 10);
        device.publish();
        device.complete(device.next(), 0);
        device.flush();
        device.next();
        device.enableNotifications();

        assertThat(Arrays.copyOf(raw.descriptorArea(), 32)).isEqualTo(before);
    }

    /** A request that takes several buffers: whoever waits for the first finds all of them. */
    @Test
    @Clause("PACKED-DEV-MULTIBUF-FIRST-LAST")
    void theFirstBufferOfABatchIsMarkedUsedAfterAllTheOthers() {
        list(1, 1);
        list(2, 2);
        list(1, 3);
        for (int i = 0; i < 3; i++) {
            device.complete(device.next(), 10);
            assertThat(raw.isUsed(0)).isFalse();
        }
        assertThat(raw.isUsed(1)).isTrue();
        assertThat(raw.isUsed(3)).isTrue();

        device.publish();

        assertThat(raw.isUsed(0)).isTrue();
    }

    @Test
    @Clause("PACKED-DEV-NO-CHANGE-AFTER-USED")
    void whatTheDriverPutsIntoAUsedSlotStaysThere() {
        list(1, 1);
        device.complete(device.next(), 10);
        device.publish();
        raw.descriptor(0, 0x1234, 5, 6, AVAIL | USED);

        list(1, 2);
        device.complete(device.next(), 10);
        device.flush();

        assertThat(raw.address(0)).isEqualTo(0x1234);
        assertThat(raw.id(0)).isEqualTo(6);
    }
}
