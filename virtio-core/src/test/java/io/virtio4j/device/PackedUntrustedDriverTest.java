// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static io.virtio4j.device.HostileDriver.FIRST;
import static io.virtio4j.device.HostileDriver.HOLE;
import static io.virtio4j.device.HostileDriver.INDIRECT;
import static io.virtio4j.device.HostileDriver.NEXT;
import static io.virtio4j.device.HostileDriver.SECOND;
import static io.virtio4j.device.HostileDriver.SIZE;
import static io.virtio4j.device.HostileDriver.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.RawPackedRing;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a driver does to a packed ring that is no lie yet, and bytes at random. */
class PackedUntrustedDriverTest {
    private final HostileDriver driver = new HostileDriver(RingFormat.PACKED);
    private final RawPackedRing raw = driver.packed();
    private final DeviceQueue device = driver.device;

    @Test
    void aPartMayStraddleRegionsThatTouch() {
        driver.first.putByte(4095, 7);
        driver.second.putByte(0, 9);
        raw.makeAvailable(SECOND - 1, 2, 0, 0);

        DescriptorChain chain = device.chain(device.next());

        assertThat(chain.pieces()).isEqualTo(2);
        assertThat(chain.getByte(0)).isEqualTo(7);
        assertThat(chain.getByte(1)).isEqualTo(9);
    }

    /** The first entry lies half in one region and half in the next. */
    @Test
    @Clause("PACKED-INDIRECT-TABLE")
    void aTableMayStraddleRegionsThatTouchWithinAnEntry() {
        HostileDriver withTables = new HostileDriver(RingFormat.PACKED, FeatureBits.INDIRECT_DESC);
        withTables.first.putLe64(4096 - 8, FIRST + 5);
        withTables.second.putLe32(0, 3);
        withTables.second.putLe16(6, WRITE);
        withTables.packed().makeAvailable(SECOND - 8, 16, 1, INDIRECT);

        DescriptorChain chain = withTables.device.chain(withTables.device.next());

        assertThat(chain.writableBytes()).isEqualTo(3);
        assertThat(chain.pieceOffset(0)).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Clause({"PACKED-DEV-LIST-LIMIT", "PACKED-LIST-LIMIT-DEFAULT"})
    void aListAsLongAsTheQueueIsTakenAndOneThatGoesOnBeyondItIsNot(boolean ends) {
        for (int slot = 0; slot < SIZE; slot++) {
            raw.makeAvailable(FIRST, 1, 0, ends && slot == SIZE - 1 ? 0 : NEXT);
        }

        int handle = device.next();

        assertThat(device.isBroken()).isEqualTo(!ends);
        if (ends) {
            assertThat(device.chain(handle).readableBytes()).isEqualTo(SIZE);
        } else {
            assertThat(handle).isEqualTo(DeviceQueue.BROKEN);
            assertThat(driver.errors).singleElement().asString().contains("longer than the queue");
        }
    }

    /** The slots of a list that the device holds are no room for another: both together would be longer than the queue. */
    @Test
    @Clause("PACKED-DEV-LIST-LIMIT")
    void aListThatRunsIntoOneInHandIsNotTaken() {
        raw.makeAvailable(FIRST, 1, 0, 0);
        assertThat(device.next()).isNotNegative();
        for (int slot = 1; slot <= SIZE; slot++) {
            raw.makeAvailable(FIRST, 1, 0, slot < SIZE ? NEXT : 0);
        }

        assertThat(device.next()).isEqualTo(DeviceQueue.BROKEN);
        assertThat(driver.errors).singleElement().asString().contains("longer than the queue, 1 of");
    }

    /** Unlike a split chain's head, an id is the driver's own affair: the device hands it back and looks at it no more. */
    @Test
    void anyIdIsHandedBackEvenOneThatIsInFlightTwice() {
        for (int id : new int[] {0xFFFF, 0xFFFF, 0x8000}) {
            raw.makeAvailable(FIRST, 1, id, 0);
        }
        for (int i = 0; i < 3; i++) {
            device.complete(device.next(), 0);
        }
        device.publish();

        assertThat(new int[] {raw.id(0), raw.id(1), raw.id(2)}).containsExactly(0xFFFF, 0xFFFF, 0x8000);
        assertThat(driver.errors).isEmpty();
    }

    @Test
    void descriptorsChangedAfterTheListWasTakenHaveNoEffect() {
        raw.makeAvailable(FIRST, 16, 5, WRITE);
        DescriptorChain chain = device.chain(device.next());

        raw.descriptor(0, HOLE, 0xFFFF_FFFFL, 6, NEXT);

        assertThat(chain.writableBytes()).isEqualTo(16);
        device.complete(chain.handle(), 16);
        device.publish();
        assertThat(raw.id(0)).isEqualTo(5);
    }

    @Test
    void listsTakenBeforeTheLieCanStillBeCompleted() {
        raw.makeAvailable(FIRST, 16, 0, WRITE);
        int handle = device.next();
        raw.makeAvailable(HOLE, 1, 0, 0);
        assertThat(device.next()).isEqualTo(DeviceQueue.BROKEN);

        device.complete(handle, 16);

        assertThat(device.inFlight()).isZero();
    }

    @Test
    void aSlotMadeAvailableAgainBeforeItsCompletionIsPublishedBreaksTheQueue() {
        for (int i = 0; i < SIZE; i++) {
            raw.makeAvailable(FIRST, 1, i, 0);
            device.complete(device.next(), 0);
        }
        raw.makeAvailable(FIRST, 1, 0, 0);

        assertThat(device.next()).isEqualTo(DeviceQueue.BROKEN);
        assertThat(driver.errors.get(0)).hasMessageContaining("not yet shown used");
    }

    @Test
    void aSlotMadeAvailableAgainAfterThatIsTaken() {
        for (int i = 0; i < SIZE; i++) {
            raw.makeAvailable(FIRST, 1, i, 0);
            device.complete(device.next(), 0);
        }
        device.publish();
        raw.makeAvailable(FIRST, 1, 0, 0);

        assertThat(device.next()).isNotNegative();
    }

    @Property(tries = 1000)
    void noBytesInTheRingMakeTheDeviceThrow(
            @ForAll @Size(max = SIZE) byte[][] descriptors,
            @ForAll @Size(max = SIZE) int[] flags,
            @ForAll @IntRange(max = 1) int indirect) {
        HostileDriver random = indirect == 1
                ? new HostileDriver(RingFormat.PACKED, FeatureBits.INDIRECT_DESC)
                : new HostileDriver(RingFormat.PACKED);
        for (int slot = 0; slot < descriptors.length; slot++) {
            byte[] bytes = descriptors[slot];
            for (int i = 0; i < Math.min(bytes.length, 14); i++) {
                // Low bytes of address and length only, so that some of it lies in memory.
                random.rings.putByte(16L * slot + i, i == 0 || i == 8 ? bytes[i] : i == 2 ? bytes[i] & 3 : 0);
            }
        }
        for (int slot = 0; slot < flags.length; slot++) {
            random.packed().flags(slot, (flags[slot] & 7) | (flags[slot] % 5 == 0 ? 0 : RawPackedRing.AVAIL));
        }
        int last = random.takeAll();
        random.device.flush();

        assertThat(last).isIn(DeviceQueue.EMPTY, DeviceQueue.BROKEN);
        assertThat(random.errors).hasSize(last == DeviceQueue.BROKEN ? 1 : 0);
    }
}
