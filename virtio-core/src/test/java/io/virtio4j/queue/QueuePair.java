// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;

/** Both halves of one queue over the same memory, and the bytes between them. */
public final class QueuePair {
    /** Where guest memory begins: not 0, so that a guest address taken for an offset is noticed. */
    public static final long GUEST_BASE = 0x4000_0000L;

    private static final int DATA_BYTES = 1 << 16;

    public final SharedMemory memory;
    public final GuestMemory guest;
    public final DmaArena arena;
    public final QueueConfig config;
    public final RawRing raw;
    public final DriverQueue driver;
    public final DeviceQueue device;
    public final List<Throwable> driverErrors = new ArrayList<>();
    public final List<Throwable> deviceErrors = new ArrayList<>();

    /** Where the indirect tables begin; each has as many entries as the pair was made with. */
    public long tableAddress = -1;

    /** How often the device called. */
    public int calls;

    /** One used buffer as the driver got it back. */
    public record Used(long token, long writtenBytes) {}

    private QueuePair(SharedMemory memory, int size, Features features, BarrierPolicy policy, int tableEntries) {
        this.memory = memory;
        this.guest = GuestMemory.of(memory);
        this.arena = new DmaArena(memory);
        this.config = new QueueConfig(0, size, features, carve(arena, RingFormat.of(features), size));
        soil(config);
        this.raw = config.format() == RingFormat.SPLIT
                ? new RawSplitRing(memory, config)
                : new RawPackedRing(memory, config);
        if (tableEntries > 0) {
            DmaBuffer tables = arena.allocate(RingFormat.indirectTablesBytes(size, tableEntries), 16);
            tableAddress = tables.guestAddress();
            this.driver = DriverQueue.create(config, guest, policy, driverErrors::add, tables, tableEntries);
        } else {
            this.driver = DriverQueue.create(config, guest, policy, driverErrors::add);
        }
        this.device = DeviceQueue.create(config, guest, queueIndex -> calls++, deviceErrors::add);
    }

    /** A queue whose notifications are suppressed by flags. */
    public static QueuePair split(int size) {
        return of(size, Features.of(FeatureBits.VERSION_1));
    }

    /** A queue whose notifications are suppressed by event index. */
    public static QueuePair splitWithEventIdx(int size) {
        return of(size, Features.of(FeatureBits.VERSION_1, FeatureBits.EVENT_IDX));
    }

    /** A queue of either format, with VERSION_1 and the feature bits given besides. */
    public static QueuePair of(RingFormat format, int size, int... featureBits) {
        return of(size, features(format, featureBits));
    }

    /** What a queue of a format has negotiated: VERSION_1, its format, and the bits given besides. */
    public static Features features(RingFormat format, int... featureBits) {
        Features features = Features.of(featureBits).with(FeatureBits.VERSION_1);
        return format == RingFormat.PACKED ? features.with(FeatureBits.RING_PACKED) : features;
    }

    public static QueuePair of(int size, Features features) {
        return of(size, features, 0);
    }

    /** A queue whose chains of several parts take one descriptor, up to so many parts. */
    public static QueuePair of(int size, Features features, int tableEntries) {
        SharedMemory memory = SharedMemory.allocate(lengthBytes(size, tableEntries), GUEST_BASE);
        return new QueuePair(memory, size, features, BarrierPolicy.OPTIMIZED, tableEntries);
    }

    public static QueuePair over(
            SharedMemory memory, int size, Features features, BarrierPolicy policy, int tableEntries) {
        return new QueuePair(memory, size, features, policy, tableEntries);
    }

    /** How much memory a pair of this size needs. */
    public static long lengthBytes(int size, int tableEntries) {
        return RingFormat.indirectTablesBytes(size, tableEntries) + 26L * size + 3 * 64 + DATA_BYTES;
    }

    /** A ring is set up by its driver, whatever the memory held before: so it never starts out zero here. */
    private void soil(QueueConfig ring) {
        QueueAddresses at = ring.addresses();
        fill(at.descriptorArea(), ring.format().descriptorAreaBytes(ring.size()));
        fill(at.driverArea(), ring.format().driverAreaBytes(ring.size()));
        fill(at.deviceArea(), ring.format().deviceAreaBytes(ring.size()));
    }

    private void fill(long address, int lengthBytes) {
        memory.fill(address - memory.guestAddress(), lengthBytes, 0xFF);
    }

    private static QueueAddresses carve(DmaArena arena, RingFormat format, int size) {
        if (format == RingFormat.PACKED) {
            return new QueueAddresses(
                    arena.allocate(16L * size, 16).guestAddress(),
                    arena.allocate(4, 4).guestAddress(),
                    arena.allocate(4, 4).guestAddress());
        }
        return new QueueAddresses(
                arena.allocate(16L * size, 16).guestAddress(),
                arena.allocate(6 + 2L * size, 2).guestAddress(),
                arena.allocate(6 + 8L * size, 4).guestAddress());
    }

    /** The bytes of a split queue. */
    public RawSplitRing rawSplit() {
        return (RawSplitRing) raw;
    }

    /** The bytes of a packed queue. */
    public RawPackedRing rawPacked() {
        return (RawPackedRing) raw;
    }

    public DmaBuffer buffer(int lengthBytes) {
        return arena.allocate(lengthBytes, 8);
    }

    /** A chain with one writable part; nobody looks at its bytes. */
    public BufferChain writable(int lengthBytes) {
        return new BufferChain(1).addWritable(GUEST_BASE, lengthBytes);
    }

    /** A chain of so many readable parts; nobody looks at their bytes. */
    public BufferChain parts(int count) {
        BufferChain chain = new BufferChain(count);
        for (int i = 0; i < count; i++) {
            chain.addReadable(GUEST_BASE + i, 1);
        }
        return chain;
    }

    /** The device takes one chain and uses it. */
    public int use(long writtenBytes) {
        int id = device.next();
        if (id >= 0) {
            device.complete(id, writtenBytes);
            device.publish();
        }
        return id;
    }

    /** The device takes all there is and uses it. */
    public int useAll() {
        int count = 0;
        int id;
        while ((id = device.next()) >= 0) {
            DescriptorChain chain = device.chain(id);
            device.complete(id, chain.writableBytes());
            count++;
        }
        device.publish();
        return count;
    }

    /** The driver takes back what was used. */
    public List<Used> poll() {
        List<Used> used = new ArrayList<>();
        driver.poll((token, written) -> used.add(new Used(token, written)), Integer.MAX_VALUE);
        return used;
    }

    /** Sends empty-handed chains round until so many have been used in all; nothing may be in flight. */
    public QueuePair runTo(int operations) {
        BufferChain chain = parts(1);
        for (int done = 0; done < operations; done++) {
            if (driver.offer(chain, done) < 0
                    || use(0) < 0
                    || driver.poll((token, written) -> {}, Integer.MAX_VALUE) != 1) {
                throw new IllegalStateException("stopped after " + done + " operations");
            }
        }
        return this;
    }
}
