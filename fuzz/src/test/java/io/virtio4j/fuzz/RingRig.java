// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.BrokenQueueException;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;

/** Both halves of one queue in a {@link GuestRam}, and what may be written where. */
final class RingRig {
    private static final int TABLE_ENTRIES = 4;
    private static final int[] SIZES = {4, 8, 16, 2};

    final GuestRam ram = new GuestRam();
    final QueueConfig config;
    final int descriptorBytes;
    final int driverBytes;
    final int deviceBytes;
    final List<Throwable> driverErrors = new ArrayList<>();
    final List<Throwable> deviceErrors = new ArrayList<>();
    DriverQueue driver;
    DeviceQueue device;
    long calls;

    /** Of the chain made last. */
    long readableBytes;

    private final boolean withTables;
    private final int tableBytes;

    /** The first bytes of an input choose size and features. */
    RingRig(RingFormat format, Steps steps) {
        int size = SIZES[steps.below(SIZES.length)];
        int bits = steps.byteValue();
        Features features = Features.of(FeatureBits.VERSION_1);
        if (format == RingFormat.PACKED) {
            features = features.with(FeatureBits.RING_PACKED);
        }
        features = (bits & 1) != 0 ? features.with(FeatureBits.EVENT_IDX) : features;
        features = (bits & 2) != 0 ? features.with(FeatureBits.INDIRECT_DESC) : features;
        features = (bits & 12) == 0 ? features.with(FeatureBits.IN_ORDER) : features;
        withTables = features.has(FeatureBits.INDIRECT_DESC) && (bits & 16) != 0;
        tableBytes = withTables ? (int) RingFormat.indirectTablesBytes(size, TABLE_ENTRIES) : 0;
        config = new QueueConfig(
                0, size, features, new QueueAddresses(GuestRam.RINGS, GuestRam.RINGS + 0x400, GuestRam.RINGS + 0x800));
        descriptorBytes = format.descriptorAreaBytes(size);
        driverBytes = format.driverAreaBytes(size);
        deviceBytes = format.deviceAreaBytes(size);
        renew();
    }

    boolean isPacked() {
        return config.format() == RingFormat.PACKED;
    }

    /** A reset that both have seen: two new halves, over memory that is as it is. */
    void renew() {
        driverErrors.clear();
        deviceErrors.clear();
        BarrierPolicy policy = BarrierPolicy.OPTIMIZED;
        if (withTables) {
            DmaBuffer tables = new DmaArena(ram.regions[1]).allocate(tableBytes, 16);
            driver = DriverQueue.create(config, ram.guest, policy, driverErrors::add, tables, TABLE_ENTRIES);
        } else {
            driver = DriverQueue.create(config, ram.guest, policy, driverErrors::add);
        }
        acceptDriver();
        // Its part is cleared by the driver too, before there is a device.
        ram.accept(config.addresses().deviceArea(), deviceBytes);
        device = DeviceQueue.create(config, ram.guest, queueIndex -> calls++, deviceErrors::add);
    }

    /** The driver may have written what is the driver's. */
    void acceptDriver() {
        ram.accept(config.addresses().descriptorArea(), descriptorBytes);
        ram.accept(config.addresses().driverArea(), driverBytes);
        if (tableBytes > 0) {
            ram.accept(GuestRam.LOW, tableBytes);
        }
    }

    /** The device may have written what is the device's. */
    void acceptDevice() {
        if (isPacked()) {
            ram.accept(config.addresses().descriptorArea(), descriptorBytes);
        }
        ram.accept(config.addresses().deviceArea(), deviceBytes);
    }

    /** The rest of a page is for buffers; the first half of the low one is for tables. */
    BufferChain chain(Steps steps) {
        int shape = steps.byteValue();
        int parts = 1 + (shape & 3) % config.size();
        int readable = (shape >> 2) % (parts + 1);
        BufferChain chain = new BufferChain(parts);
        readableBytes = 0;
        for (int part = 0; part < parts; part++) {
            int at = steps.byteValue();
            long base = (at & 1) == 0 ? GuestRam.HIGH - 1024 : GuestRam.FAR;
            long address = base + 8L * (at >> 1);
            int lengthBytes = 1 + (at & 0x3F);
            if (part < readable) {
                chain.addReadable(address, lengthBytes);
                readableBytes += lengthBytes;
            } else {
                chain.addWritable(address, lengthBytes);
            }
        }
        return chain;
    }

    static void onlyTheBreak(List<Throwable> errors, boolean broken, String who) {
        Finding.unlessEqual(errors.size(), broken ? 1 : 0, "reports of " + who);
        if (broken && !(errors.get(0) instanceof BrokenQueueException)) {
            throw new AssertionError(who + " reports something else than a broken ring", errors.get(0));
        }
    }
}
