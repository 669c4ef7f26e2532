// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static io.virtio4j.device.HostileDriver.FIRST;
import static io.virtio4j.device.HostileDriver.HOLE;
import static io.virtio4j.device.HostileDriver.NEXT;
import static io.virtio4j.device.HostileDriver.SECOND;
import static io.virtio4j.device.HostileDriver.SIZE;
import static io.virtio4j.device.HostileDriver.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.RawSplitRing;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.testkit.Clause;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What a driver does to a split ring that is no lie yet, and bytes at random. */
class SplitUntrustedDriverTest {
    private final HostileDriver driver = new HostileDriver(RingFormat.SPLIT);
    private final RawSplitRing raw = driver.split();
    private final DeviceQueue device = driver.device;

    private void available(long address, long lengthBytes, int flags, int next) {
        raw.descriptor(0, address, lengthBytes, flags, next);
        raw.makeAvailable(0);
    }

    @Test
    void aPartMayStraddleRegionsThatTouch() {
        driver.first.putByte(4095, 7);
        driver.second.putByte(0, 9);
        available(SECOND - 1, 2, 0, 0);

        DescriptorChain chain = device.chain(device.next());

        assertThat(chain.pieces()).isEqualTo(2);
        assertThat(chain.getByte(0)).isEqualTo(7);
        assertThat(chain.getByte(1)).isEqualTo(9);
    }

    @Test
    @Clause("SPLIT-DEV-CHAIN-LIMIT")
    void aChainAsLongAsTheQueueIsTaken() {
        for (int slot = 0; slot < SIZE; slot++) {
            raw.descriptor(slot, FIRST, 1, slot < SIZE - 1 ? NEXT : 0, slot + 1);
        }
        raw.makeAvailable(0);

        assertThat(device.chain(device.next()).readableBytes()).isEqualTo(SIZE);
    }

    @Test
    void aDriverThatOffersAHeadAgainBeforeItWasShownUsedBreaksTheQueue() {
        raw.descriptor(0, FIRST, 1, 0, 0);
        int last = 0;
        for (int i = 0; i < 2 * SIZE && last >= 0; i++) {
            raw.makeAvailable(0);
            last = device.next();
            if (last >= 0) {
                device.complete(last, 0);
            }
        }

        assertThat(last).isEqualTo(DeviceQueue.BROKEN);
        assertThat(driver.errors.get(0)).hasMessageContaining("avail idx");
    }

    @Test
    void descriptorsChangedAfterTheChainWasTakenHaveNoEffect() {
        available(FIRST, 16, 0, 0);
        DescriptorChain chain = device.chain(device.next());

        raw.descriptor(0, HOLE, 0xFFFF_FFFFL, NEXT | WRITE, 0xFFFF);
        driver.first.putByte(15, 42);

        assertThat(chain.readableBytes()).isEqualTo(16);
        assertThat(chain.getByte(15)).isEqualTo(42);
    }

    @Test
    void aHeadChangedAfterTheIndexShowedItHasNoEffect() {
        raw.descriptor(0, FIRST, 1, 0, 0);
        raw.descriptor(1, FIRST, 2, 0, 0);
        raw.makeAvailable(0);
        raw.makeAvailable(1);
        device.next();

        raw.availSlot(1, 0xFFFF);

        assertThat(device.next()).isEqualTo(1);
    }

    @Test
    void chainsTakenBeforeTheLieCanStillBeCompleted() {
        available(FIRST, 16, WRITE, 0);
        int handle = device.next();
        raw.makeAvailable(0xFFFF);
        assertThat(device.next()).isEqualTo(DeviceQueue.BROKEN);

        device.complete(handle, 16);

        assertThat(device.inFlight()).isZero();
    }

    @Property(tries = 1000)
    void noBytesInTheRingMakeTheDeviceThrow(@ForAll byte[] table, @ForAll byte[] avail) {
        for (int i = 0; i < Math.min(table.length, 16 * SIZE); i++) {
            driver.rings.putByte(i, table[i]);
        }
        for (int i = 0; i < Math.min(avail.length, 6 + 2 * SIZE); i++) {
            driver.rings.putByte(256 + i, avail[i] & 7);
        }
        int last = driver.takeAll();
        device.flush();

        assertThat(last).isIn(DeviceQueue.EMPTY, DeviceQueue.BROKEN);
        assertThat(driver.errors).hasSize(last == DeviceQueue.BROKEN ? 1 : 0);
    }
}
