// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import io.virtio4j.queue.PackedLayout;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.wire.DescFlags;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The driver's half of a packed ring, for a case. Positions are counts of descriptors that never wrap; slot and wrap counter
 * follow from them. VirtIO 1.2, 2.8 Packed Virtqueues.
 */
public final class RawPackedDriver implements RawDriverRing {
    private static final int EITHER = PackedLayout.DESC_F_AVAIL | PackedLayout.DESC_F_USED;

    private final CaseMemory memory;
    private final int size;
    private final QueueAddresses addresses;
    private final Map<Integer, Chain> chains = new HashMap<>();
    private final Loans loans;
    private long nextPosition;
    private long usedPosition;
    private int nextId;
    private int outstanding;

    private record Chain(long position, int length, int headFlags) {}

    RawPackedDriver(CaseMemory memory, int size, QueueAddresses addresses) {
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
        return put(nextId++ % size, chain);
    }

    /**
     * As {@link #put(Desc...)}, with an id that the case chooses.
     *
     * @param id its low 16 bits
     * @param chain its descriptors
     * @return the id
     */
    public int put(int id, Desc... chain) {
        long head = nextPosition;
        int headFlags = 0;
        for (int i = chain.length - 1; i >= 0; i--) {
            int flags = chain[i].flags() | (i == chain.length - 1 ? 0 : DescFlags.NEXT) | availBits(head + i);
            fields(head + i, chain[i].address(), chain[i].lengthBytes(), id);
            if (i == 0) {
                headFlags = flags;
            } else {
                flags(head + i, flags);
            }
        }
        chains.put(id & 0xFFFF, new Chain(head, chain.length, headFlags));
        loans.put(id & 0xFFFF, chain);
        nextPosition += chain.length;
        return id;
    }

    /**
     * Puts a chain with an id that the case chooses, and makes it available.
     *
     * @param id its low 16 bits
     * @param chain its descriptors
     */
    public void offerAs(int id, Desc... chain) {
        makeAvailable(put(id, chain));
    }

    @Override
    public void makeAvailable(int id) {
        Chain chain = chains.get(id & 0xFFFF);
        if (chain == null) {
            throw new IllegalStateException("the case has put no chain with id " + id);
        }
        loans.lend(id & 0xFFFF);
        flags(chain.position, chain.headFlags);
        outstanding++;
    }

    @Override
    public long table(Desc... entries) {
        long at = memory.ringPlace(PackedLayout.DESC_BYTES * entries.length, PackedLayout.DESC_ALIGN);
        for (int i = 0; i < entries.length; i++) {
            entry(at, i, entries[i], 0);
        }
        loans.table(at, entries);
        return at;
    }

    @Override
    public boolean hasUsed() {
        return (flags(usedPosition) & EITHER) == usedBits(usedPosition);
    }

    @Override
    public Optional<Used> takeUsed() {
        if (!hasUsed()) {
            return Optional.empty();
        }
        int flags = flags(usedPosition);
        int id = memory.getLe16(at(usedPosition) + PackedLayout.DESC_ID);
        long length = memory.getLe32(at(usedPosition) + PackedLayout.DESC_LEN) & 0xFFFF_FFFFL;
        loans.takeBack(id);
        Chain chain = chains.remove(id);
        int slots = chain == null ? 1 : chain.length;
        for (int i = 0; i < slots; i++) {
            memory.takeBack(at(usedPosition + i), PackedLayout.DESC_BYTES);
        }
        usedPosition += slots;
        outstanding--;
        return Optional.of(new Used(id, (flags & DescFlags.WRITE) == 0 ? 0 : length));
    }

    @Override
    public int outstanding() {
        return outstanding;
    }

    // --- field by field --------------------------------------------------------------------------------------------

    /** {@return the position of the descriptor that {@link #put} writes next} */
    public long nextPosition() {
        return nextPosition;
    }

    /**
     * Lets {@link #put} go on elsewhere.
     *
     * @param position any
     */
    public void nextPosition(long position) {
        nextPosition = position;
    }

    /**
     * {@return the wrap counter of a lap}
     *
     * @param position of a descriptor
     */
    public boolean wrap(long position) {
        return position / size % 2 == 0;
    }

    /**
     * {@return the AVAIL and USED bits that make a descriptor available}
     *
     * @param position of the descriptor
     */
    public int availBits(long position) {
        return wrap(position) ? PackedLayout.DESC_F_AVAIL : PackedLayout.DESC_F_USED;
    }

    /**
     * {@return the AVAIL and USED bits of a used descriptor}
     *
     * @param position of the descriptor
     */
    public int usedBits(long position) {
        return wrap(position) ? EITHER : 0;
    }

    /**
     * {@return where a descriptor lies}
     *
     * @param position of the descriptor
     */
    public long at(long position) {
        return addresses.descriptorArea() + PackedLayout.DESC_BYTES * (position % size);
    }

    /**
     * Writes all of a descriptor but its flags.
     *
     * @param position of the descriptor
     * @param address any
     * @param lengthBytes its low 32 bits
     * @param id its low 16 bits
     */
    public void fields(long position, long address, long lengthBytes, int id) {
        memory.putLe64(at(position) + PackedLayout.DESC_ADDR, address);
        memory.putLe32(at(position) + PackedLayout.DESC_LEN, (int) lengthBytes);
        memory.putLe16(at(position) + PackedLayout.DESC_ID, id);
    }

    /**
     * Writes a descriptor's flags as they are given, AVAIL and USED too. A descriptor that they make available is the device's to
     * write, until its chain is taken back used.
     *
     * @param position of the descriptor
     * @param flags its low 16 bits
     */
    public void flags(long position, int flags) {
        if ((flags & EITHER) == availBits(position)) {
            memory.partyMayWrite(at(position), PackedLayout.DESC_BYTES);
        }
        memory.putLe16(at(position) + PackedLayout.DESC_FLAGS, flags);
    }

    /**
     * {@return a descriptor's flags}
     *
     * @param position of the descriptor
     */
    public int flags(long position) {
        return memory.getLe16(at(position) + PackedLayout.DESC_FLAGS);
    }

    /**
     * Writes one entry of a table as it is given.
     *
     * @param table the table's guest address
     * @param entry which
     * @param desc address, length and flags
     * @param id its low 16 bits
     */
    public void entry(long table, int entry, Desc desc, int id) {
        long at = table + (long) PackedLayout.DESC_BYTES * entry;
        memory.putLe64(at + PackedLayout.DESC_ADDR, desc.address());
        memory.putLe32(at + PackedLayout.DESC_LEN, (int) desc.lengthBytes());
        memory.putLe16(at + PackedLayout.DESC_ID, id);
        memory.putLe16(at + PackedLayout.DESC_FLAGS, desc.flags());
    }

    /**
     * Writes the driver's event suppression structure.
     *
     * @param offWrap its low 16 bits
     * @param flags its low 16 bits
     */
    public void driverEvent(int offWrap, int flags) {
        event(addresses.driverArea(), offWrap, flags);
    }

    /**
     * Writes the device's event suppression structure, which is the device's.
     *
     * @param offWrap its low 16 bits
     * @param flags its low 16 bits
     */
    public void deviceEvent(int offWrap, int flags) {
        event(addresses.deviceArea(), offWrap, flags);
    }

    private void event(long at, int offWrap, int flags) {
        memory.putLe16(at + PackedLayout.EVENT_OFF_WRAP, offWrap);
        memory.putLe16(at + PackedLayout.EVENT_FLAGS, flags);
    }
}
