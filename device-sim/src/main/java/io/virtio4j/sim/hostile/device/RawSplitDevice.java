// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.SplitLayout;
import io.virtio4j.wire.DescFlags;
import java.util.Optional;

/**
 * The device's half of a split ring, written by hand. See {@link RawDeviceRing}.
 *
 * <p>VirtIO 1.2, 2.7 Split Virtqueues.
 */
public final class RawSplitDevice implements RawDeviceRing {
    private static final int INDEX_MASK = 0xFFFF;

    private final GuestMemory memory;
    private final QueueConfig config;
    private final RawArea table;
    private final RawArea avail;
    private final RawArea used;

    /** How far this device has come, by its own count: free-running, 16 bits. */
    private int takenIdx;

    private int usedIdx;

    /**
     * Looks at a ring.
     *
     * @param memory where it lies
     * @param config as the driver set it up; a split one
     */
    public RawSplitDevice(GuestMemory memory, QueueConfig config) {
        int size = config.size();
        this.memory = memory;
        this.config = config;
        this.table = RawArea.of(memory, config.addresses().descriptorArea(), SplitLayout.descriptorTableBytes(size));
        this.avail = RawArea.of(memory, config.addresses().driverArea(), SplitLayout.availRingBytes(size));
        this.used = RawArea.of(memory, config.addresses().deviceArea(), SplitLayout.usedRingBytes(size));
    }

    @Override
    public QueueConfig config() {
        return config;
    }

    // --- right -------------------------------------------------------------------------------------------------

    @Override
    public Optional<RawChain> next() {
        if (avail.le16Opaque(SplitLayout.AVAIL_IDX) == takenIdx) {
            return Optional.empty();
        }
        avail.acquire();
        int slot = takenIdx % config.size();
        int head = avail.le16(SplitLayout.AVAIL_RING + Short.BYTES * slot);
        takenIdx = (takenIdx + 1) & INDEX_MASK;
        putNotificationEvent(takenIdx);
        return Optional.of(chain(head));
    }

    private RawChain chain(int head) {
        RawChain.Parts parts = new RawChain.Parts();
        int at = head;
        int slots = 0;
        boolean more = true;
        while (more) {
            int flags = table.le16(offset(at) + SplitLayout.DESC_FLAGS);
            long address = table.le64(offset(at) + SplitLayout.DESC_ADDR);
            int lengthBits = table.le32(offset(at) + SplitLayout.DESC_LEN);
            if ((flags & DescFlags.INDIRECT) != 0) {
                addTable(parts, RawArea.of(memory, address, lengthBits));
            } else {
                parts.add(address, lengthBits, (flags & DescFlags.WRITE) != 0);
            }
            at = table.le16(offset(at) + SplitLayout.DESC_NEXT);
            slots++;
            more = (flags & DescFlags.NEXT) != 0;
        }
        return parts.chain(memory, head, slots);
    }

    private static void addTable(RawChain.Parts parts, RawArea entries) {
        int at = 0;
        boolean more = true;
        while (more) {
            int flags = entries.le16(offset(at) + SplitLayout.DESC_FLAGS);
            parts.add(
                    entries.le64(offset(at) + SplitLayout.DESC_ADDR),
                    entries.le32(offset(at) + SplitLayout.DESC_LEN),
                    (flags & DescFlags.WRITE) != 0);
            at = entries.le16(offset(at) + SplitLayout.DESC_NEXT);
            more = (flags & DescFlags.NEXT) != 0;
        }
    }

    private static int offset(int descriptor) {
        return SplitLayout.DESC_BYTES * descriptor;
    }

    @Override
    public void use(RawChain chain, int writtenBytes) {
        useAs(chain.id(), chain, writtenBytes);
    }

    @Override
    public void useAs(int id, RawChain chain, int writtenBytes) {
        putUsedElement(usedIdx, id, writtenBytes);
        usedIdx = (usedIdx + 1) & INDEX_MASK;
        putUsedIdx(usedIdx);
    }

    @Override
    public void continueUsed(RawDeviceRing other) {
        usedIdx = ((RawSplitDevice) other).usedIdx;
    }

    // --- anything ----------------------------------------------------------------------------------------------

    /** {@return the index of the next entry that the driver makes available, when all before it were taken, 0..65535} */
    int takenIdx() {
        return takenIdx;
    }

    /** {@return the used index as this device counts it, 0..65535} */
    public int usedIdx() {
        return usedIdx;
    }

    /**
     * Writes a used element and no index.
     *
     * @param idx free-running; the slot is this modulo the size
     * @param id 32 bits of anything
     * @param lengthBytes 32 bits of anything
     */
    public void putUsedElement(int idx, int id, int lengthBytes) {
        int at = SplitLayout.USED_RING + SplitLayout.USED_ELEM_BYTES * ((idx & INDEX_MASK) % config.size());
        used.putLe32(at, id);
        used.putLe32(at + SplitLayout.USED_ELEM_LEN, lengthBytes);
    }

    /**
     * Shows an index to the driver; does not move {@link #usedIdx()}.
     *
     * @param idx 16 bits of anything
     */
    public void putUsedIdx(int idx) {
        used.publishLe16(SplitLayout.USED_IDX, idx);
    }

    /** Goes on as if one chain more had been used, whatever was written for it. */
    public void countUsed() {
        usedIdx = (usedIdx + 1) & INDEX_MASK;
    }

    @Override
    public void scribbleDriverPart(int value) {
        table.fill(value);
        int idx = avail.le16(SplitLayout.AVAIL_IDX);
        avail.fill(value);
        avail.putLe16(SplitLayout.AVAIL_IDX, idx);
    }

    /**
     * Writes over the descriptor table alone.
     *
     * @param value 0..255
     */
    public void scribbleTable(int value) {
        table.fill(value);
    }

    /**
     * Writes over the used ring's elements, and leaves flags, index and event as they are.
     *
     * @param value 0..255
     */
    public void scribbleUsedElements(int value) {
        for (int slot = 0; slot < config.size(); slot++) {
            putUsedElement(slot, 0x0101_0101 * value, 0x0101_0101 * value);
        }
    }

    @Override
    public void putNotificationFlags(int flags) {
        used.putLe16(SplitLayout.USED_FLAGS, flags);
    }

    @Override
    public void putNotificationEvent(int event) {
        used.putLe16(SplitLayout.availEvent(config.size()), event);
    }
}
