// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BrokenQueueException;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.RawSplitRing;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a driver writes into the descriptor table and the available ring, the device throws nothing, says BROKEN from
 * then on, tells its error handler once, and writes nothing.
 *
 * <p>Guest memory: one region of a page with the rings, two that touch, a hole, and one more.
 */
class UntrustedDriverTest {
    private static final int SIZE = 8;
    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int INDIRECT = 4;

    private static final long RINGS = 0x1000;
    private static final long FIRST = 0x1_0000;
    private static final long SECOND = 0x1_1000;
    private static final long HOLE = 0x1_2000;
    private static final long THIRD = 0x2_0000;

    private final SharedMemory rings = SharedMemory.allocate(4096, RINGS);
    private final SharedMemory first = SharedMemory.allocate(4096, FIRST);
    private final SharedMemory second = SharedMemory.allocate(4096, SECOND);
    private final SharedMemory third = SharedMemory.allocate(4096, THIRD);
    private final QueueConfig config = new QueueConfig(
            0, SIZE, Features.of(FeatureBits.VERSION_1), new QueueAddresses(RINGS, RINGS + 256, RINGS + 512));
    private final RawSplitRing raw = new RawSplitRing(rings, config);
    private final List<Throwable> errors = new ArrayList<>();
    private final DeviceQueue device =
            DeviceQueue.create(config, GuestMemory.of(rings, first, second, third), queueIndex -> {}, errors::add);

    static Stream<Named<Consumer<RawSplitRing>>> lies() {
        return Stream.of(
                lie("a head behind the last descriptor", r -> r.makeAvailable(SIZE)),
                lie("the largest head", r -> r.makeAvailable(0xFFFF)),
                lie("the same head twice", r -> {
                    r.descriptor(0, FIRST, 16, 0, 0);
                    r.makeAvailable(0);
                    r.makeAvailable(0);
                }),
                lie("a descriptor that is its own next", r -> available(r, FIRST, 16, NEXT, 0)),
                lie("a loop of two", r -> {
                    r.descriptor(1, FIRST, 16, NEXT, 0);
                    available(r, FIRST, 16, NEXT, 1);
                }),
                lie("a loop that the head is not part of", r -> {
                    r.descriptor(1, FIRST, 16, NEXT, 2);
                    r.descriptor(2, FIRST, 16, NEXT, 1);
                    available(r, FIRST, 16, NEXT, 1);
                }),
                lie("a loop of empty descriptors", r -> available(r, FIRST, 0, NEXT, 0)),
                lie("a next behind the last descriptor", r -> available(r, FIRST, 16, NEXT, SIZE)),
                lie("the largest next", r -> available(r, FIRST, 16, NEXT, 0xFFFF)),
                lie("a readable part after a writable one", r -> {
                    r.descriptor(1, FIRST, 16, 0, 0);
                    available(r, FIRST, 16, NEXT | WRITE, 1);
                }),
                lie("a readable part after an empty writable one", r -> {
                    r.descriptor(1, FIRST, 16, 0, 0);
                    available(r, FIRST, 0, NEXT | WRITE, 1);
                }),
                lie("a part of 2^32 - 1 bytes", r -> available(r, FIRST, 0xFFFF_FFFFL, 0, 0)),
                lie("an address in a hole", r -> available(r, HOLE, 1, 0, 0)),
                lie("an address before all regions", r -> available(r, 0, 1, 0, 0)),
                lie("an address behind all regions", r -> available(r, THIRD + 4096, 1, 0, 0)),
                lie("a part that runs out of its region into a hole", r -> available(r, HOLE - 8, 9, 0, 0)),
                lie("a part that spans the hole", r -> available(r, SECOND, 0xF001, WRITE, 0)),
                lie("an address of 2^63", r -> available(r, Long.MIN_VALUE, 16, 0, 0)),
                lie("an address of 2^64 - 1", r -> available(r, -1, 1, 0, 0)),
                lie("a part that wraps round 2^64", r -> available(r, -8, 16, WRITE, 0)),
                lie("a part that wraps round 2^64 into memory", r -> available(r, -0x1000, 0xFFFF_FFFFL, 0, 0)),
                lie("a part that passes 2^63", r -> available(r, Long.MAX_VALUE - 4, 16, 0, 0)),
                lie("an address in a hole in a later part", r -> {
                    r.descriptor(1, HOLE, 1, WRITE, 0);
                    available(r, FIRST, 16, NEXT, 1);
                }),
                lie("an indirect table, which was not negotiated", r -> available(r, FIRST, 32, INDIRECT, 0)),
                lie("an empty indirect table", r -> available(r, FIRST, 0, INDIRECT, 0)),
                lie("an index one beyond the queue", r -> r.availIdx(SIZE + 1)),
                lie("an index far ahead", r -> r.availIdx(0x8000)),
                lie("an index one step back", r -> r.availIdx(0xFFFF)));
    }

    private static Named<Consumer<RawSplitRing>> lie(String name, Consumer<RawSplitRing> write) {
        return Named.of(name, write);
    }

    private static void available(RawSplitRing raw, long address, long lengthBytes, int flags, int next) {
        raw.descriptor(0, address, lengthBytes, flags, next);
        raw.makeAvailable(0);
    }

    private int takeAll() {
        int last = 0;
        for (int i = 0; i < 2 * SIZE && last >= 0; i++) {
            last = device.next();
        }
        return last;
    }

    @ParameterizedTest
    @MethodSource("lies")
    void aLieBreaksTheQueue(Consumer<RawSplitRing> write) {
        write.accept(raw);

        assertThat(takeAll()).isEqualTo(DeviceQueue.BROKEN);

        assertThat(device.isBroken()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("lies")
    void theErrorHandlerIsToldOnceHoweverOftenTheDeviceLooks(Consumer<RawSplitRing> write) {
        write.accept(raw);
        for (int i = 0; i < 5; i++) {
            takeAll();
            device.flush();
            device.enableNotifications();
        }

        assertThat(errors).hasSize(1).first().isInstanceOf(BrokenQueueException.class);
        assertThat(device.counters().get(QueueCounter.BROKEN)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("lies")
    @Clause("SPLIT-DEV-NO-WRITE-DESC")
    void theDeviceWritesNothingForALie(Consumer<RawSplitRing> write) {
        write.accept(raw);
        byte[] table = raw.descriptorArea();
        byte[] avail = raw.driverArea();
        byte[] used = raw.deviceArea();

        takeAll();
        device.flush();

        assertThat(raw.descriptorArea()).isEqualTo(table);
        assertThat(raw.driverArea()).isEqualTo(avail);
        assertThat(raw.deviceArea()).isEqualTo(used);
    }

    @ParameterizedTest
    @MethodSource("lies")
    void aBrokenQueueLetsItsThreadSleep(Consumer<RawSplitRing> write) {
        write.accept(raw);
        takeAll();

        assertThat(device.enableNotifications()).isTrue();
    }

    @Test
    void aPartMayStraddleRegionsThatTouch() {
        first.putByte(4095, 7);
        second.putByte(0, 9);
        available(raw, SECOND - 1, 2, 0, 0);

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
        assertThat(errors.get(0)).hasMessageContaining("avail idx");
    }

    @Test
    void descriptorsChangedAfterTheChainWasTakenHaveNoEffect() {
        available(raw, FIRST, 16, 0, 0);
        DescriptorChain chain = device.chain(device.next());

        raw.descriptor(0, HOLE, 0xFFFF_FFFFL, NEXT | WRITE, 0xFFFF);
        first.putByte(15, 42);

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
        available(raw, FIRST, 16, WRITE, 0);
        int handle = device.next();
        raw.makeAvailable(0xFFFF);
        assertThat(device.next()).isEqualTo(DeviceQueue.BROKEN);

        device.complete(handle, 16);

        assertThat(device.inFlight()).isZero();
    }

    @Property(tries = 1000)
    void noBytesInTheRingMakeTheDeviceThrow(@ForAll byte[] table, @ForAll byte[] avail) {
        for (int i = 0; i < Math.min(table.length, 16 * SIZE); i++) {
            rings.putByte(i, table[i]);
        }
        for (int i = 0; i < Math.min(avail.length, 6 + 2 * SIZE); i++) {
            rings.putByte(256 + i, avail[i] & 7);
        }
        int last = takeAll();
        device.flush();

        assertThat(last).isIn(DeviceQueue.EMPTY, DeviceQueue.BROKEN);
        assertThat(errors).hasSize(last == DeviceQueue.BROKEN ? 1 : 0);
    }
}
