// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.ring;

import io.virtio4j.barrier.Mb;
import io.virtio4j.barrier.Rmb;
import io.virtio4j.barrier.Wmb;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.PackedLayout;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;

/**
 * The fields of one packed virtqueue in shared memory, by name; both halves reach the ring through it.
 *
 * <p>It holds no state of its own. The descriptor ring is written by both sides, each slot by the driver while it is free
 * and by the device while it is available; the two event suppression structures have one writer each (VirtIO 1.2, 2.8
 * Packed Virtqueues).
 */
public final class PackedRing {
    private final int size;
    private final SharedMemory desc;
    private final long descBase;
    private final SharedMemory driverArea;
    private final long driverEvent;
    private final SharedMemory deviceArea;
    private final long deviceEvent;

    private PackedRing(QueueConfig config, GuestMemory memory) {
        QueueAddresses at = config.addresses();
        this.size = config.size();
        RingPart ring = RingPart.find(
                "descriptor ring",
                memory,
                at.descriptorArea(),
                PackedLayout.descriptorRingBytes(size),
                PackedLayout.DESC_ALIGN);
        RingPart driver = RingPart.find(
                "driver event suppression",
                memory,
                at.driverArea(),
                PackedLayout.EVENT_BYTES,
                PackedLayout.EVENT_ALIGN);
        RingPart device = RingPart.find(
                "device event suppression",
                memory,
                at.deviceArea(),
                PackedLayout.EVENT_BYTES,
                PackedLayout.EVENT_ALIGN);
        this.desc = ring.memory();
        this.descBase = ring.offset();
        this.driverArea = driver.memory();
        this.driverEvent = driver.offset();
        this.deviceArea = device.memory();
        this.deviceEvent = device.offset();
    }

    /**
     * Finds a ring in guest memory.
     *
     * @param config size and addresses
     * @param memory the guest's memory
     * @return the ring
     * @throws IllegalArgumentException if a part is misaligned or does not lie in one region (VirtIO 1.2, 2.8.10.1
     *     Structure Size and Alignment)
     */
    public static PackedRing of(QueueConfig config, GuestMemory memory) {
        return new PackedRing(config, memory);
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

    // --- descriptor ring ---------------------------------------------------------------------------------------

    private long at(int slot) {
        return descBase + (long) slot * PackedLayout.DESC_BYTES;
    }

    /**
     * Makes all slots zero, neither available nor used, and both event suppression structures ENABLE, the device's too:
     * the driver allocates them, and the device does not look or write before DRIVER_OK, which is what publishes this
     * (H). VirtIO 1.2, 2.8.13 and 3.1.1.
     */
    public void clear() {
        for (int slot = 0; slot < size; slot++) {
            putDescriptor(slot, 0, 0, 0, 0);
        }
        driverArea.putLe32(driverEvent, PackedLayout.EVENT_ENABLE);
        deviceArea.putLe32(deviceEvent, PackedLayout.EVENT_ENABLE);
    }

    /**
     * Writes a whole descriptor, flags included. Only for slots that the other side cannot reach before the one that
     * {@link #publishFlags} guards.
     *
     * @param slot 0 up to the queue size
     * @param address guest address of the buffer
     * @param lengthBytes its length, as 32 unsigned bits
     * @param id the buffer's id
     * @param flags all of them
     */
    public void putDescriptor(int slot, long address, int lengthBytes, int id, int flags) {
        desc.putLe64(at(slot) + PackedLayout.DESC_ADDR, address);
        putAnswer(slot, lengthBytes, id, flags);
    }

    /**
     * Writes all of a descriptor but its flags, which {@link #publishFlags} will write.
     *
     * @param slot 0 up to the queue size
     * @param address guest address of the buffer
     * @param lengthBytes its length, as 32 unsigned bits
     * @param id the buffer's id
     */
    public void putDescriptorWithoutFlags(int slot, long address, int lengthBytes, int id) {
        desc.putLe64(at(slot) + PackedLayout.DESC_ADDR, address);
        putAnswerWithoutFlags(slot, lengthBytes, id);
    }

    /**
     * Writes a used descriptor whole, flags included; its address is reserved. As for {@link #putDescriptor}.
     *
     * @param slot 0 up to the queue size
     * @param lengthBytes bytes written, as 32 unsigned bits
     * @param id the buffer's id
     * @param flags all of them
     */
    public void putAnswer(int slot, int lengthBytes, int id, int flags) {
        desc.putLe64(at(slot) + PackedLayout.DESC_LEN, PackedWord.of(lengthBytes, id, flags));
    }

    /**
     * Writes all of a used descriptor but its flags.
     *
     * @param slot 0 up to the queue size
     * @param lengthBytes bytes written, as 32 unsigned bits
     * @param id the buffer's id
     */
    public void putAnswerWithoutFlags(int slot, int lengthBytes, int id) {
        desc.putLe32(at(slot) + PackedLayout.DESC_LEN, lengthBytes);
        desc.putLe16(at(slot) + PackedLayout.DESC_ID, id);
    }

    /**
     * Publishes: stores the flags that give a slot, and all behind it that are written, to the other side.
     *
     * @param published the barrier after everything else
     * @param slot 0 up to the queue size
     * @param flags all of them
     */
    public void publishFlags(Wmb published, int slot, int flags) {
        desc.putLe16Opaque(published, at(slot) + PackedLayout.DESC_FLAGS, flags);
    }

    /**
     * {@return a slot's flags, 0..65535}
     *
     * @param slot 0 up to the queue size
     */
    public int flagsOpaque(int slot) {
        return desc.getLe16Opaque(at(slot) + PackedLayout.DESC_FLAGS);
    }

    /**
     * {@return a slot's flags, 0..65535}
     *
     * @param armed the barrier between arming and this look
     * @param slot 0 up to the queue size
     */
    public int flagsOpaque(Mb armed, int slot) {
        return desc.getLe16Opaque(armed, at(slot) + PackedLayout.DESC_FLAGS);
    }

    /**
     * {@return a descriptor's guest address}
     *
     * @param seen the barrier after the flags that showed progress
     * @param slot 0 up to the queue size
     */
    public long address(Rmb seen, int slot) {
        return desc.getLe64(seen, at(slot) + PackedLayout.DESC_ADDR);
    }

    /**
     * {@return length, id and flags from one load; see {@link PackedWord}}
     *
     * @param seen the barrier after the flags that showed progress
     * @param slot 0 up to the queue size
     */
    public long word(Rmb seen, int slot) {
        return desc.getLe64(seen, at(slot) + PackedLayout.DESC_LEN);
    }

    // --- event suppression -------------------------------------------------------------------------------------

    /**
     * Stores the driver's wish.
     *
     * @param flags see {@link PackedLayout}
     */
    public void putDriverEventFlags(int flags) {
        driverArea.putSuppressionLe16(driverEvent + PackedLayout.EVENT_FLAGS, flags);
    }

    /**
     * Stores the position of the driver's wish; the flags follow behind a barrier (E).
     *
     * @param offWrap slot, and wrap counter in bit 15
     */
    public void putDriverEventOffWrap(int offWrap) {
        driverArea.putSuppressionLe16(driverEvent + PackedLayout.EVENT_OFF_WRAP, offWrap);
    }

    /**
     * Stores the flags of the driver's wish for one descriptor.
     *
     * @param placed the barrier after the position
     */
    public void publishDriverEventDesc(Wmb placed) {
        driverArea.putLe16Opaque(placed, driverEvent + PackedLayout.EVENT_FLAGS, PackedLayout.EVENT_DESC);
    }

    /**
     * {@return the driver's wish, both halves from one load}
     *
     * @param published the barrier between the used flags and this load
     */
    public int driverEventOpaque(Mb published) {
        return driverArea.getLe32Opaque(published, driverEvent);
    }

    /**
     * Stores the device's wish.
     *
     * @param flags see {@link PackedLayout}
     */
    public void putDeviceEventFlags(int flags) {
        deviceArea.putSuppressionLe16(deviceEvent + PackedLayout.EVENT_FLAGS, flags);
    }

    /**
     * Stores the position of the device's wish; the flags follow behind a barrier (E).
     *
     * @param offWrap slot, and wrap counter in bit 15
     */
    public void putDeviceEventOffWrap(int offWrap) {
        deviceArea.putSuppressionLe16(deviceEvent + PackedLayout.EVENT_OFF_WRAP, offWrap);
    }

    /**
     * Stores the flags of the device's wish for one descriptor.
     *
     * @param placed the barrier after the position
     */
    public void publishDeviceEventDesc(Wmb placed) {
        deviceArea.putLe16Opaque(placed, deviceEvent + PackedLayout.EVENT_FLAGS, PackedLayout.EVENT_DESC);
    }

    /**
     * {@return the device's wish, both halves from one load}
     *
     * @param published the barrier between the available flags and this load
     */
    public int deviceEventOpaque(Mb published) {
        return deviceArea.getLe32Opaque(published, deviceEvent);
    }
}
