// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.RawPackedRing;
import io.virtio4j.queue.RawRing;
import io.virtio4j.queue.RawSplitRing;
import io.virtio4j.queue.RingFormat;
import java.util.ArrayList;
import java.util.List;

/**
 * A driver that writes what it likes, and the device's half that must bear it.
 *
 * <p>Guest memory: one region of a page with the rings, two that touch, a hole, and one more.
 */
final class HostileDriver {
    static final int SIZE = 8;
    static final int NEXT = 1;
    static final int WRITE = 2;
    static final int INDIRECT = 4;

    static final long RINGS = 0x1000;
    static final long FIRST = 0x1_0000;
    static final long SECOND = 0x1_1000;
    static final long HOLE = 0x1_2000;
    static final long THIRD = 0x2_0000;

    final SharedMemory rings = SharedMemory.allocate(4096, RINGS);
    final SharedMemory first = SharedMemory.allocate(4096, FIRST);
    final SharedMemory second = SharedMemory.allocate(4096, SECOND);
    final SharedMemory third = SharedMemory.allocate(4096, THIRD);
    final RawRing raw;
    final DeviceQueue device;
    final List<Throwable> errors = new ArrayList<>();

    /** How often the device called. */
    int calls;

    HostileDriver(RingFormat format, int... featureBits) {
        QueueConfig config = new QueueConfig(
                0, SIZE, QueuePair.features(format, featureBits), new QueueAddresses(RINGS, RINGS + 256, RINGS + 512));
        raw = format == RingFormat.SPLIT ? new RawSplitRing(rings, config) : new RawPackedRing(rings, config);
        device = DeviceQueue.create(
                config, GuestMemory.of(rings, first, second, third), queueIndex -> calls++, errors::add);
    }

    RawSplitRing split() {
        return (RawSplitRing) raw;
    }

    RawPackedRing packed() {
        return (RawPackedRing) raw;
    }

    /** Writes an entry of a table that begins with the first region: address, length, and the last 4 bytes as they are. */
    void entry(int entry, long address, long lengthBytes, int third16, int fourth16) {
        first.putLe64(16L * entry, address);
        first.putLe32(16L * entry + 8, (int) lengthBytes);
        first.putLe16(16L * entry + 12, third16);
        first.putLe16(16L * entry + 14, fourth16);
    }

    /** Takes until nothing comes any more; says what came last. */
    int takeAll() {
        int last = 0;
        for (int i = 0; i < 2 * SIZE && last >= 0; i++) {
            last = device.next();
        }
        return last;
    }
}
