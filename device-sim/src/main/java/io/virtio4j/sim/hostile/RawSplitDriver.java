// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.SplitLayout;
import io.virtio4j.wire.DescFlags;
import java.util.Optional;

/** The driver's half of a split ring, for a case. VirtIO 1.2, 2.7 Split Virtqueues. */
public final class RawSplitDriver implements RawDriverRing {
    private static final int ALL = 0xFFFF;

    private final CaseMemory memory;
    private final int size;
    private final QueueAddresses addresses;
    private final Loans loans;
    private int nextSlot;
    private int availIdx;
    private int usedIdx;

    RawSplitDriver(CaseMemory memory, int size, QueueAddresses addresses) {
        this.memory = memory;
        this.size = size;
        this.addresses = addresses;
        this.loans = new Loans(memory);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public QueueAddresses addresses() {
        return addresses;
    }

    // --- as it should be -----------------------------------------------------------------------------------------

    @Override
    public int put(Desc... chain) {
        int head = nextSlot;
        for (int i = 0; i < chain.length; i++) {
            int slot = (head + i) % size;
            boolean last = i == chain.length - 1;
            int flags = chain[i].flags() | (last ? 0 : DescFlags.NEXT);
            descriptor(slot, chain[i].address(), chain[i].lengthBytes(), flags, last ? 0 : (slot + 1) % size);
        }
        nextSlot = (head + chain.length) % size;
        loans.put(head, chain);
        return head;
    }

    @Override
    public void makeAvailable(int head) {
        availSlot(availIdx % size, head);
        availIdx = (availIdx + 1) & ALL;
        availIdx(availIdx);
    }

    @Override
    public long table(Desc... entries) {
        long at = memory.ringPlace(SplitLayout.DESC_BYTES * entries.length, SplitLayout.DESC_ALIGN);
        for (int i = 0; i < entries.length; i++) {
            boolean last = i == entries.length - 1;
            int flags = entries[i].flags() | (last ? 0 : DescFlags.NEXT);
            write(at + (long) SplitLayout.DESC_BYTES * i, entries[i], flags, last ? 0 : i + 1);
        }
        loans.table(at, entries);
        return at;
    }

    @Override
    public boolean hasUsed() {
        return memory.getLe16(addresses.deviceArea() + SplitLayout.USED_IDX) != usedIdx;
    }

    @Override
    public Optional<Used> takeUsed() {
        if (!hasUsed()) {
            return Optional.empty();
        }
        long at = usedElement(usedIdx % size);
        usedIdx = (usedIdx + 1) & ALL;
        int id = memory.getLe32(at);
        loans.takeBack(id);
        return Optional.of(new Used(id, memory.getLe32(at + SplitLayout.USED_ELEM_LEN) & 0xFFFF_FFFFL));
    }

    @Override
    public int outstanding() {
        return (availIdx - usedIdx) & ALL;
    }

    // --- field by field --------------------------------------------------------------------------------------------

    /**
     * Writes a descriptor as it is given.
     *
     * @param slot which
     * @param address any
     * @param lengthBytes its low 32 bits
     * @param flags its low 16 bits
     * @param next its low 16 bits
     */
    public void descriptor(int slot, long address, long lengthBytes, int flags, int next) {
        write(at(slot), new Desc(address, lengthBytes, 0), flags, next);
    }

    /**
     * Writes one entry of a table as it is given.
     *
     * @param table the table's guest address
     * @param entry which
     * @param desc address, length and flags
     * @param next its low 16 bits
     */
    public void entry(long table, int entry, Desc desc, int next) {
        write(table + (long) SplitLayout.DESC_BYTES * entry, desc, desc.flags(), next);
    }

    private void write(long at, Desc desc, int flags, int next) {
        memory.putLe64(at + SplitLayout.DESC_ADDR, desc.address());
        memory.putLe32(at + SplitLayout.DESC_LEN, (int) desc.lengthBytes());
        memory.putLe16(at + SplitLayout.DESC_FLAGS, flags);
        memory.putLe16(at + SplitLayout.DESC_NEXT, next);
    }

    /**
     * {@return where a descriptor lies}
     *
     * @param slot which
     */
    public long at(int slot) {
        return addresses.descriptorArea() + (long) SplitLayout.DESC_BYTES * slot;
    }

    /**
     * Writes a slot of the available ring.
     *
     * @param slot which
     * @param head its low 16 bits
     */
    public void availSlot(int slot, int head) {
        loans.lend(head);
        memory.putLe16(addresses.driverArea() + SplitLayout.AVAIL_RING + (long) Short.BYTES * slot, head);
    }

    /**
     * Writes the available ring's index; what {@link #makeAvailable} counts is left alone.
     *
     * @param idx its low 16 bits
     */
    public void availIdx(int idx) {
        memory.putLe16(addresses.driverArea() + SplitLayout.AVAIL_IDX, idx);
    }

    /** {@return the available index that {@link #makeAvailable} wrote last} */
    public int availIdx() {
        return availIdx;
    }

    /**
     * Writes the available ring's flags.
     *
     * @param flags its low 16 bits
     */
    public void availFlags(int flags) {
        memory.putLe16(addresses.driverArea() + SplitLayout.AVAIL_FLAGS, flags);
    }

    /**
     * Writes the index whose used element the driver wants to be told of.
     *
     * @param event its low 16 bits
     */
    public void usedEvent(int event) {
        memory.putLe16(addresses.driverArea() + SplitLayout.usedEvent(size), event);
    }

    private long usedElement(int slot) {
        return addresses.deviceArea() + SplitLayout.USED_RING + (long) SplitLayout.USED_ELEM_BYTES * slot;
    }

    /**
     * Writes an element of the used ring, which is the device's.
     *
     * @param slot which
     * @param id any
     * @param lengthBytes any
     */
    public void usedElement(int slot, int id, int lengthBytes) {
        memory.putLe32(usedElement(slot), id);
        memory.putLe32(usedElement(slot) + SplitLayout.USED_ELEM_LEN, lengthBytes);
    }

    /**
     * Writes the used ring's index, which is the device's.
     *
     * @param idx its low 16 bits
     */
    public void usedIdx(int idx) {
        memory.putLe16(addresses.deviceArea() + SplitLayout.USED_IDX, idx);
    }

    /**
     * Writes the used ring's flags, which are the device's.
     *
     * @param flags its low 16 bits
     */
    public void usedFlags(int flags) {
        memory.putLe16(addresses.deviceArea() + SplitLayout.USED_FLAGS, flags);
    }

    /**
     * Writes the index at which the device wants to be told, which is the device's.
     *
     * @param event its low 16 bits
     */
    public void availEvent(int event) {
        memory.putLe16(addresses.deviceArea() + SplitLayout.availEvent(size), event);
    }
}
