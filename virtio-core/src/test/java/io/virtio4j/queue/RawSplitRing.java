// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import io.virtio4j.memory.SharedMemory;

/**
 * The bytes of a split ring, as a peer that follows no rule reads and writes them. Offsets are the specification's own
 * numbers (VirtIO 1.2, 2.7.5, 2.7.6 and 2.7.8) and not those of {@link SplitLayout}, so that both are checked.
 */
public final class RawSplitRing implements RawRing {
    private final SharedMemory memory;
    private final int size;
    private final long desc;
    private final long avail;
    private final long used;

    public RawSplitRing(SharedMemory memory, QueueConfig config) {
        QueueAddresses addresses = config.addresses();
        this.memory = memory;
        this.size = config.size();
        this.desc = addresses.descriptorArea() - memory.guestAddress();
        this.avail = addresses.driverArea() - memory.guestAddress();
        this.used = addresses.deviceArea() - memory.guestAddress();
    }

    // --- what a driver writes ------------------------------------------------------------------------------------

    public void descriptor(int slot, long address, long lengthBytes, int flags, int next) {
        memory.putLe64(desc + 16L * slot, address);
        memory.putLe32(desc + 16L * slot + 8, (int) lengthBytes);
        memory.putLe16(desc + 16L * slot + 12, flags);
        memory.putLe16(desc + 16L * slot + 14, next);
    }

    public long descriptorAddress(int slot) {
        return memory.getLe64(desc + 16L * slot);
    }

    public int descriptorLength(int slot) {
        return memory.getLe32(desc + 16L * slot + 8);
    }

    public int descriptorFlags(int slot) {
        return memory.getLe16(desc + 16L * slot + 12);
    }

    public int descriptorNext(int slot) {
        return memory.getLe16(desc + 16L * slot + 14);
    }

    @Override
    public byte[] descriptorArea() {
        byte[] bytes = new byte[16 * size];
        memory.getBytes(desc, bytes, 0, bytes.length);
        return bytes;
    }

    @Override
    public byte[] driverArea() {
        byte[] bytes = new byte[6 + 2 * size];
        memory.getBytes(avail, bytes, 0, bytes.length);
        return bytes;
    }

    public int availFlags() {
        return memory.getLe16(avail);
    }

    public void availFlags(int flags) {
        memory.putLe16(avail, flags);
    }

    public int availIdx() {
        return memory.getLe16(avail + 2);
    }

    public void availIdx(int idx) {
        memory.putLe16(avail + 2, idx);
    }

    public int availSlot(int slot) {
        return memory.getLe16(avail + 4 + 2L * slot);
    }

    public void availSlot(int slot, int head) {
        memory.putLe16(avail + 4 + 2L * slot, head);
    }

    public int usedEvent() {
        return memory.getLe16(avail + 4 + 2L * size);
    }

    public void usedEvent(int event) {
        memory.putLe16(avail + 4 + 2L * size, event);
    }

    /** Makes one descriptor's chain available, without any check. */
    public void makeAvailable(int head) {
        int idx = availIdx();
        availSlot(idx % size, head);
        availIdx(idx + 1);
    }

    // --- what a device writes ------------------------------------------------------------------------------------

    @Override
    public byte[] deviceArea() {
        byte[] bytes = new byte[6 + 8 * size];
        memory.getBytes(used, bytes, 0, bytes.length);
        return bytes;
    }

    public int usedFlags() {
        return memory.getLe16(used);
    }

    public void usedFlags(int flags) {
        memory.putLe16(used, flags);
    }

    public int usedIdx() {
        return memory.getLe16(used + 2);
    }

    public void usedIdx(int idx) {
        memory.putLe16(used + 2, idx);
    }

    public int usedId(int slot) {
        return memory.getLe32(used + 4 + 8L * slot);
    }

    public int usedLength(int slot) {
        return memory.getLe32(used + 8 + 8L * slot);
    }

    public void usedElement(int slot, int id, int lengthBytes) {
        memory.putLe32(used + 4 + 8L * slot, id);
        memory.putLe32(used + 8 + 8L * slot, lengthBytes);
    }

    public int availEvent() {
        return memory.getLe16(used + 4 + 8L * size);
    }

    public void availEvent(int event) {
        memory.putLe16(used + 4 + 8L * size, event);
    }

    /** Uses one chain, without any check. */
    public void use(int id, int lengthBytes) {
        int idx = usedIdx();
        usedElement(idx % size, id, lengthBytes);
        usedIdx(idx + 1);
    }
}
