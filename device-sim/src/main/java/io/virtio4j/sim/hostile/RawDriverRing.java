// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.RingFormat;
import java.util.Optional;

/**
 * The driver's half of a ring, for a case: does it right when asked to, and writes any field at any time with any value, so
 * that a case says only what is wrong. Checks nothing.
 *
 * <p>One thread, the case's. VirtIO 1.2, 2.7 and 2.8.
 */
public sealed interface RawDriverRing permits RawSplitDriver, RawPackedDriver {
    /**
     * A used buffer.
     *
     * @param id split: the chain's first descriptor; packed: the buffer id
     * @param lengthBytes how many bytes the device says it wrote, as 32 unsigned bits
     */
    record Used(int id, long lengthBytes) {}

    /**
     * Makes a ring in fresh memory, all 0, as a driver must; only what belongs to the device is the device's to write: the
     * device area, in a packed ring descriptors that were made available, and the writable buffers of chains from then on until
     * they are taken back used.
     *
     * @param format which
     * @param memory where
     * @param size how many descriptors
     * @return the ring
     */
    static RawDriverRing create(RingFormat format, CaseMemory memory, int size) {
        QueueAddresses addresses = new QueueAddresses(
                memory.ringPlace(format.descriptorAreaBytes(size), 16),
                memory.ringPlace(format.driverAreaBytes(size), 4),
                memory.ringPlace(format.deviceAreaBytes(size), 4));
        memory.put(addresses.descriptorArea(), new byte[format.descriptorAreaBytes(size)]);
        memory.put(addresses.driverArea(), new byte[format.driverAreaBytes(size)]);
        memory.put(addresses.deviceArea(), new byte[format.deviceAreaBytes(size)]);
        memory.partyMayWrite(addresses.deviceArea(), format.deviceAreaBytes(size));
        if (format == RingFormat.PACKED) {
            return new RawPackedDriver(memory, size, addresses);
        }
        return new RawSplitDriver(memory, size, addresses);
    }

    /** {@return how many descriptors there are} */
    int size();

    /** {@return where the parts lie} */
    QueueAddresses addresses();

    /**
     * Writes a chain into the next descriptors, each but the last with NEXT; the device does not see it yet.
     *
     * @param chain its descriptors
     * @return the id that its used element will have
     */
    int put(Desc... chain);

    /**
     * Makes a chain available that was put.
     *
     * @param id as {@link #put} gave it
     */
    void makeAvailable(int id);

    /**
     * Puts a chain and makes it available.
     *
     * @param chain its descriptors
     * @return the id that its used element will have
     */
    default int offer(Desc... chain) {
        int id = put(chain);
        makeAvailable(id);
        return id;
    }

    /**
     * Writes a table of descriptors as the format wants it: in a split ring with NEXT and next, in a packed ring without.
     *
     * @param entries its descriptors; flags are written as they are, but for a split ring's NEXT
     * @return its guest address; it is 16 bytes long for each
     */
    long table(Desc... entries);

    /** {@return whether the device has used a buffer that was not taken yet} */
    boolean hasUsed();

    /** {@return the next used buffer, as the device wrote it} */
    Optional<Used> takeUsed();

    /** {@return how many chains were made available and not taken back used} */
    int outstanding();

    /** {@return this as a split ring, for the fields that only it has} */
    default RawSplitDriver split() {
        return (RawSplitDriver) this;
    }

    /** {@return this as a packed ring, for the fields that only it has} */
    default RawPackedDriver packed() {
        return (RawPackedDriver) this;
    }
}
