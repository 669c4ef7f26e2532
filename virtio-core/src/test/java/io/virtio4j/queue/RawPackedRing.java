// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import io.virtio4j.memory.SharedMemory;

/**
 * The bytes of a packed ring, as a peer that follows no rule reads and writes them. Offsets, bits and wrap counters are
 * worked out here from the specification's own numbers (VirtIO 1.2, 2.8.1, 2.8.13 and 2.8.14) and not taken from
 * {@link PackedLayout} or the cursors of the queues, so that both are checked.
 */
public final class RawPackedRing implements RawRing {
    public static final int AVAIL = 0x0080;
    public static final int USED = 0x8000;

    private final SharedMemory memory;
    private final int size;
    private final long desc;
    private final long driverEvent;
    private final long deviceEvent;

    /** How many descriptors this peer has made available, and how many it has used: counts that never wrap. */
    private long availDescriptors;

    private long usedDescriptors;

    public RawPackedRing(SharedMemory memory, QueueConfig config) {
        QueueAddresses addresses = config.addresses();
        this.memory = memory;
        this.size = config.size();
        this.desc = addresses.descriptorArea() - memory.guestAddress();
        this.driverEvent = addresses.driverArea() - memory.guestAddress();
        this.deviceEvent = addresses.deviceArea() - memory.guestAddress();
    }

    // --- wrap counters: a lap is a run of size descriptors, and the first lap has wrap counter 1 -------------------

    public int slotOf(long descriptor) {
        return (int) (descriptor % size);
    }

    public boolean wrapOf(long descriptor) {
        return descriptor / size % 2 == 0;
    }

    /** What the AVAIL and USED bits of a descriptor are when it is available. */
    public int availBits(long descriptor) {
        return wrapOf(descriptor) ? AVAIL : USED;
    }

    /** What the AVAIL and USED bits of a descriptor are when it is used. */
    public int usedBits(long descriptor) {
        return wrapOf(descriptor) ? AVAIL | USED : 0;
    }

    /** A descriptor's place as event suppression and notification data carry it. */
    public int offWrap(long descriptor) {
        return slotOf(descriptor) | (wrapOf(descriptor) ? 0x8000 : 0);
    }

    /** Lets this peer go on behind so many descriptors that others sent round. */
    public RawPackedRing startAt(long descriptors) {
        availDescriptors = descriptors;
        usedDescriptors = descriptors;
        return this;
    }

    // --- descriptors ----------------------------------------------------------------------------------------------

    public void descriptor(int slot, long address, long lengthBytes, int id, int flags) {
        memory.putLe64(desc + 16L * slot, address);
        memory.putLe32(desc + 16L * slot + 8, (int) lengthBytes);
        memory.putLe16(desc + 16L * slot + 12, id);
        memory.putLe16(desc + 16L * slot + 14, flags);
    }

    public long address(int slot) {
        return memory.getLe64(desc + 16L * slot);
    }

    public int length(int slot) {
        return memory.getLe32(desc + 16L * slot + 8);
    }

    public int id(int slot) {
        return memory.getLe16(desc + 16L * slot + 12);
    }

    public int flags(int slot) {
        return memory.getLe16(desc + 16L * slot + 14);
    }

    public void flags(int slot, int flags) {
        memory.putLe16(desc + 16L * slot + 14, flags);
    }

    public boolean isAvail(long descriptor) {
        return (flags(slotOf(descriptor)) & (AVAIL | USED)) == availBits(descriptor);
    }

    public boolean isUsed(long descriptor) {
        return (flags(slotOf(descriptor)) & (AVAIL | USED)) == usedBits(descriptor);
    }

    @Override
    public byte[] descriptorArea() {
        return bytes(desc, 16 * size);
    }

    // --- what a driver writes -------------------------------------------------------------------------------------

    /** Makes the next slot available, without any check; the flags are those besides AVAIL and USED. */
    public void makeAvailable(long address, long lengthBytes, int id, int flags) {
        descriptor(slotOf(availDescriptors), address, lengthBytes, id, flags | availBits(availDescriptors));
        availDescriptors++;
    }

    public int driverOffWrap() {
        return memory.getLe16(driverEvent);
    }

    public int driverFlags() {
        return memory.getLe16(driverEvent + 2);
    }

    public void driverEvent(int offWrap, int flags) {
        memory.putLe16(driverEvent, offWrap);
        memory.putLe16(driverEvent + 2, flags);
    }

    @Override
    public byte[] driverArea() {
        return bytes(driverEvent, 4);
    }

    // --- what a device writes -------------------------------------------------------------------------------------

    /** Writes a used descriptor for so many slots, without any check; the flags are those besides AVAIL and USED. */
    public void use(int id, int lengthBytes, int flags, int slots) {
        int slot = slotOf(usedDescriptors);
        descriptor(slot, address(slot), lengthBytes, id, flags | usedBits(usedDescriptors));
        usedDescriptors += slots;
    }

    public int deviceOffWrap() {
        return memory.getLe16(deviceEvent);
    }

    public int deviceFlags() {
        return memory.getLe16(deviceEvent + 2);
    }

    public void deviceEvent(int offWrap, int flags) {
        memory.putLe16(deviceEvent, offWrap);
        memory.putLe16(deviceEvent + 2, flags);
    }

    @Override
    public byte[] deviceArea() {
        return bytes(deviceEvent, 4);
    }

    private byte[] bytes(long offset, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        memory.getBytes(offset, bytes, 0, lengthBytes);
        return bytes;
    }
}
