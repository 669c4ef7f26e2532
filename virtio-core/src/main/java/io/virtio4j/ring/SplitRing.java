// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.ring;

import io.virtio4j.barrier.Mb;
import io.virtio4j.barrier.Rmb;
import io.virtio4j.barrier.Wmb;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.SplitLayout;

/**
 * The fields of one split virtqueue in shared memory, by name; both halves reach the ring through it.
 *
 * <p>It holds no state of its own: which fields a side may write, and when, is the business of the driver's and the
 * device's queue. Slots are masked here; indices are not, they run free from 0 to 65535.
 *
 * <p>The descriptor table and the available ring have one writer, the driver; the used ring has one writer, the device
 * (VirtIO 1.2, 2.7 Split Virtqueues).
 */
public final class SplitRing {
    private final int size;
    private final int mask;
    private final SharedMemory desc;
    private final long descBase;
    private final SharedMemory avail;
    private final long availBase;
    private final SharedMemory used;
    private final long usedBase;

    private SplitRing(QueueConfig config, GuestMemory memory) {
        QueueAddresses at = config.addresses();
        this.size = config.size();
        this.mask = size - 1;
        RingPart table = RingPart.find(
                "descriptor table",
                memory,
                at.descriptorArea(),
                SplitLayout.descriptorTableBytes(size),
                SplitLayout.DESC_ALIGN);
        RingPart available = RingPart.find(
                "available ring", memory, at.driverArea(), SplitLayout.availRingBytes(size), SplitLayout.AVAIL_ALIGN);
        RingPart usedRing = RingPart.find(
                "used ring", memory, at.deviceArea(), SplitLayout.usedRingBytes(size), SplitLayout.USED_ALIGN);
        this.desc = table.memory();
        this.descBase = table.offset();
        this.avail = available.memory();
        this.availBase = available.offset();
        this.used = usedRing.memory();
        this.usedBase = usedRing.offset();
    }

    /**
     * Finds a ring in guest memory.
     *
     * @param config size and addresses
     * @param memory the guest's memory
     * @return the ring
     * @throws IllegalArgumentException if a part is misaligned or does not lie in one region (VirtIO 1.2, 2.7.1 Driver
     *     Requirements: Virtqueues)
     */
    public static SplitRing of(QueueConfig config, GuestMemory memory) {
        return new SplitRing(config, memory);
    }

    /** {@return the queue size} */
    public int size() {
        return size;
    }

    // --- fences ------------------------------------------------------------------------------------------------

    /** {@return the proof of a write barrier} */
    public Wmb wmb() {
        return desc.wmb();
    }

    /** {@return the proof of a read barrier} */
    public Rmb rmb() {
        return desc.rmb();
    }

    /** {@return the proof of a full barrier} */
    public Mb mb() {
        return desc.mb();
    }

    // --- descriptor table: written by the driver ----------------------------------------------------------------

    /**
     * Writes a descriptor. Two plain stores of 8 bytes; a later publication orders them.
     *
     * @param slot 0 up to the queue size
     * @param address guest address of the buffer
     * @param lengthBytes length of the buffer, as 32 unsigned bits
     * @param flags see {@code DescFlags}
     * @param next the next descriptor's slot
     */
    public void putDescriptor(int slot, long address, int lengthBytes, int flags, int next) {
        long at = descBase + (long) slot * SplitLayout.DESC_BYTES;
        desc.putLe64(at + SplitLayout.DESC_ADDR, address);
        desc.putLe64(at + SplitLayout.DESC_LEN, DescWord.of(lengthBytes, flags, next));
    }

    /**
     * Loads a descriptor's address. The read barrier that made its head visible orders the load.
     *
     * @param slot 0 up to the queue size
     * @return the guest address
     */
    public long descriptorAddress(int slot) {
        return desc.getLe64(descBase + (long) slot * SplitLayout.DESC_BYTES + SplitLayout.DESC_ADDR);
    }

    /**
     * Loads the rest of a descriptor at once, so that no part of it can be read twice.
     *
     * @param slot 0 up to the queue size
     * @return length, flags and next; see {@link DescWord}
     */
    public long descriptorWord(int slot) {
        return desc.getLe64(descBase + (long) slot * SplitLayout.DESC_BYTES + SplitLayout.DESC_LEN);
    }

    // --- available ring: written by the driver ------------------------------------------------------------------

    /** {@return the available ring's index, 0..65535} */
    public int availIdxOpaque() {
        return avail.getLe16Opaque(availBase + SplitLayout.AVAIL_IDX);
    }

    /**
     * {@return the available ring's index, 0..65535}
     *
     * @param armed the barrier between arming and this look
     */
    public int availIdxOpaque(Mb armed) {
        return avail.getLe16Opaque(armed, availBase + SplitLayout.AVAIL_IDX);
    }

    /**
     * Publishes available buffers.
     *
     * @param published the barrier after descriptors and slots
     * @param idx the new index; its low 16 bits are stored
     */
    public void publishAvailIdx(Wmb published, int idx) {
        avail.putLe16Opaque(published, availBase + SplitLayout.AVAIL_IDX, idx);
    }

    /**
     * Makes flags, indices and event fields of both rings 0, the device's too: the driver allocates them, and the device
     * does not look or write before DRIVER_OK, which is what publishes this (H). VirtIO 1.2, 2.7.10.1 Driver
     * Requirements: Available Buffer Notification Suppression, and 3.1.1.
     */
    public void clear() {
        avail.putLe16(availBase + SplitLayout.AVAIL_FLAGS, 0);
        avail.putLe16(availBase + SplitLayout.AVAIL_IDX, 0);
        avail.putLe16(availBase + SplitLayout.usedEvent(size), 0);
        used.putLe16(usedBase + SplitLayout.USED_FLAGS, 0);
        used.putLe16(usedBase + SplitLayout.USED_IDX, 0);
        used.putLe16(usedBase + SplitLayout.availEvent(size), 0);
    }

    /**
     * Writes a slot of the available ring.
     *
     * @param idx the free-running index whose slot is written
     * @param head the chain's first descriptor
     */
    public void putAvailSlot(int idx, int head) {
        avail.putLe16(availSlot(idx), head);
    }

    /**
     * {@return the chain's first descriptor as the driver wrote it, 0..65535}
     *
     * @param seen the barrier after the index load that showed progress
     * @param idx the free-running index whose slot is read
     */
    public int availHead(Rmb seen, int idx) {
        return avail.getLe16(seen, availSlot(idx));
    }

    private long availSlot(int idx) {
        return availBase + SplitLayout.AVAIL_RING + (long) (idx & mask) * Short.BYTES;
    }

    /**
     * Stores our own suppression field.
     *
     * @param flags 0 or {@link SplitLayout#AVAIL_F_NO_INTERRUPT}
     */
    public void putAvailFlags(int flags) {
        avail.putSuppressionLe16(availBase + SplitLayout.AVAIL_FLAGS, flags);
    }

    /**
     * {@return the available ring's flags}
     *
     * @param published the barrier between the used index and this load
     */
    public int availFlagsOpaque(Mb published) {
        return avail.getLe16Opaque(published, availBase + SplitLayout.AVAIL_FLAGS);
    }

    /**
     * Stores our own suppression field.
     *
     * @param event the used index whose entry the driver wants to be told of
     */
    public void putUsedEvent(int event) {
        avail.putSuppressionLe16(availBase + SplitLayout.usedEvent(size), event);
    }

    /**
     * {@return the used index whose entry the driver wants to be told of, 0..65535}
     *
     * @param published the barrier between the used index and this load
     */
    public int usedEventOpaque(Mb published) {
        return avail.getLe16Opaque(published, availBase + SplitLayout.usedEvent(size));
    }

    // --- used ring: written by the device -----------------------------------------------------------------------

    /** {@return the used ring's index, 0..65535} */
    public int usedIdxOpaque() {
        return used.getLe16Opaque(usedBase + SplitLayout.USED_IDX);
    }

    /**
     * {@return the used ring's index, 0..65535}
     *
     * @param armed the barrier between arming and this look
     */
    public int usedIdxOpaque(Mb armed) {
        return used.getLe16Opaque(armed, usedBase + SplitLayout.USED_IDX);
    }

    /**
     * Publishes used buffers.
     *
     * @param published the barrier after data and used elements
     * @param idx the new index; its low 16 bits are stored
     */
    public void publishUsedIdx(Wmb published, int idx) {
        used.putLe16Opaque(published, usedBase + SplitLayout.USED_IDX, idx);
    }

    /**
     * Writes an element of the used ring.
     *
     * @param idx the free-running index whose element is written
     * @param id the used chain's first descriptor
     * @param lengthBytes bytes written, as 32 unsigned bits
     */
    public void putUsedElement(int idx, int id, int lengthBytes) {
        used.putLe64(usedElement(idx), (id & 0xFFFF_FFFFL) | ((long) lengthBytes << Integer.SIZE));
    }

    /**
     * Loads a used element at once.
     *
     * @param seen the barrier after the index load that showed progress
     * @param idx the free-running index whose element is read
     * @return the id in the low 32 bits, the bytes written in the high 32 bits
     */
    public long usedElement(Rmb seen, int idx) {
        long at = usedElement(idx);
        return (used.getLe32(seen, at) & 0xFFFF_FFFFL)
                | ((long) used.getLe32(seen, at + SplitLayout.USED_ELEM_LEN) << Integer.SIZE);
    }

    private long usedElement(int idx) {
        return usedBase + SplitLayout.USED_RING + (long) (idx & mask) * SplitLayout.USED_ELEM_BYTES;
    }

    /**
     * Stores our own suppression field.
     *
     * @param flags 0 or {@link SplitLayout#USED_F_NO_NOTIFY}
     */
    public void putUsedFlags(int flags) {
        used.putSuppressionLe16(usedBase + SplitLayout.USED_FLAGS, flags);
    }

    /**
     * {@return the used ring's flags}
     *
     * @param published the barrier between the available index and this load
     */
    public int usedFlagsOpaque(Mb published) {
        return used.getLe16Opaque(published, usedBase + SplitLayout.USED_FLAGS);
    }

    /**
     * Stores our own suppression field.
     *
     * @param event the available index whose entry the device wants to be told of
     */
    public void putAvailEvent(int event) {
        used.putSuppressionLe16(usedBase + SplitLayout.availEvent(size), event);
    }

    /**
     * {@return the available index whose entry the device wants to be told of, 0..65535}
     *
     * @param published the barrier between the available index and this load
     */
    public int availEventOpaque(Mb published) {
        return used.getLe16Opaque(published, usedBase + SplitLayout.availEvent(size));
    }
}
