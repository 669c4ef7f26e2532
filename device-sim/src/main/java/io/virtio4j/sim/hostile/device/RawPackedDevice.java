// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.queue.PackedLayout;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.wire.DescFlags;
import java.util.Optional;

/**
 * The device's half of a packed ring, written by hand. See {@link RawDeviceRing}.
 *
 * <p>Positions are counts of descriptors that never wrap: the slot is the count modulo the size, and the wrap counter
 * is 1 on even laps.
 *
 * <p>VirtIO 1.2, 2.8 Packed Virtqueues.
 */
public final class RawPackedDevice implements RawDeviceRing {
    private static final int USED_AND_AVAIL = PackedLayout.DESC_F_AVAIL | PackedLayout.DESC_F_USED;

    private final GuestMemory memory;
    private final QueueConfig config;
    private final RawArea ring;
    private final RawArea driverEvent;
    private final RawArea deviceEvent;
    private long taken;
    private long used;

    /**
     * Looks at a ring.
     *
     * @param memory where it lies
     * @param config as the driver set it up; a packed one
     */
    public RawPackedDevice(GuestMemory memory, QueueConfig config) {
        this.memory = memory;
        this.config = config;
        this.ring = RawArea.of(
                memory, config.addresses().descriptorArea(), PackedLayout.descriptorRingBytes(config.size()));
        this.driverEvent = RawArea.of(memory, config.addresses().driverArea(), PackedLayout.EVENT_BYTES);
        this.deviceEvent = RawArea.of(memory, config.addresses().deviceArea(), PackedLayout.EVENT_BYTES);
    }

    @Override
    public QueueConfig config() {
        return config;
    }

    // --- right -------------------------------------------------------------------------------------------------

    @Override
    public Optional<RawChain> next() {
        if (taken - used >= config.size()) {
            // The ring holds no more: what is marked available is what this device has marked.
            return Optional.empty();
        }
        int bits = ring.le16Opaque(at(taken) + PackedLayout.DESC_FLAGS) & USED_AND_AVAIL;
        if (bits != (wrap(taken) ? PackedLayout.DESC_F_AVAIL : PackedLayout.DESC_F_USED)) {
            return Optional.empty();
        }
        ring.acquire();
        RawChain.Parts parts = new RawChain.Parts();
        int slots = 0;
        int id;
        int flags;
        do {
            int at = at(taken);
            flags = ring.le16(at + PackedLayout.DESC_FLAGS);
            id = ring.le16(at + PackedLayout.DESC_ID);
            long address = ring.le64(at + PackedLayout.DESC_ADDR);
            int lengthBits = ring.le32(at + PackedLayout.DESC_LEN);
            if ((flags & DescFlags.INDIRECT) != 0) {
                addTable(parts, RawArea.of(memory, address, lengthBits), lengthBits / PackedLayout.DESC_BYTES);
            } else {
                parts.add(address, lengthBits, (flags & DescFlags.WRITE) != 0);
            }
            slots++;
            taken++;
        } while ((flags & DescFlags.NEXT) != 0);
        return Optional.of(parts.chain(memory, id, slots));
    }

    private static void addTable(RawChain.Parts parts, RawArea entries, int count) {
        for (int entry = 0; entry < count; entry++) {
            int at = entry * PackedLayout.DESC_BYTES;
            parts.add(
                    entries.le64(at + PackedLayout.DESC_ADDR),
                    entries.le32(at + PackedLayout.DESC_LEN),
                    (entries.le16(at + PackedLayout.DESC_FLAGS) & DescFlags.WRITE) != 0);
        }
    }

    @Override
    public void use(RawChain chain, int writtenBytes) {
        useAs(chain.id(), chain, writtenBytes);
    }

    @Override
    public void useAs(int id, RawChain chain, int writtenBytes) {
        putUsed(id, writtenBytes, usedFlags());
        skipUsed(chain.slots());
    }

    @Override
    public void continueUsed(RawDeviceRing other) {
        used = ((RawPackedDevice) other).used;
    }

    // --- anything ----------------------------------------------------------------------------------------------

    /** {@return the flags of a used descriptor that says what was written, where the next one goes} */
    public int usedFlags() {
        return usedBits() | DescFlags.WRITE;
    }

    /** {@return the AVAIL and USED bits of a used descriptor where the next one goes} */
    public int usedBits() {
        return wrap(used) ? USED_AND_AVAIL : 0;
    }

    /**
     * Writes a used descriptor where the next one goes, and does not move on.
     *
     * @param id 16 bits of anything
     * @param lengthBytes 32 bits of anything
     * @param flags 16 bits of anything
     */
    public void putUsed(int id, int lengthBytes, int flags) {
        putDescriptor(slot(used), id, lengthBytes, flags);
    }

    /**
     * Writes length, id and flags of any slot, the flags last.
     *
     * @param slot 0 up to the size
     * @param id 16 bits of anything
     * @param lengthBytes 32 bits of anything
     * @param flags 16 bits of anything
     */
    public void putDescriptor(int slot, int id, int lengthBytes, int flags) {
        int at = slot * PackedLayout.DESC_BYTES;
        ring.putLe32(at + PackedLayout.DESC_LEN, lengthBytes);
        ring.putLe16(at + PackedLayout.DESC_ID, id);
        ring.publishLe16(at + PackedLayout.DESC_FLAGS, flags);
    }

    /**
     * {@return a slot and its wrap counter, as event suppression and notification data carry them}
     *
     * @param ahead how many slots behind the next one that the driver makes available, when all before it were taken
     */
    int takenOffWrap(int ahead) {
        return slot(taken + ahead) | (wrap(taken + ahead) ? 1 << 15 : 0);
    }

    /** {@return the slot that the next used descriptor goes to} */
    public int usedSlot() {
        return slot(used);
    }

    /**
     * Moves on to where the used descriptor after this goes.
     *
     * @param slots how many descriptors the chain had
     */
    public void skipUsed(int slots) {
        used += slots;
    }

    @Override
    public void scribbleDriverPart(int value) {
        driverEvent.fill(value);
    }

    /**
     * Writes over address, length and id of the slots before the one that the next used descriptor goes to, and leaves
     * the flags, which say whose a slot is.
     *
     * @param value 0..255
     */
    public void scribbleTaken(int value) {
        for (int slot = 0; slot < usedSlot(); slot++) {
            int at = slot * PackedLayout.DESC_BYTES;
            for (int word = 0; word < PackedLayout.DESC_ID; word += Integer.BYTES) {
                ring.putLe32(at + word, 0x0101_0101 * value);
            }
            ring.putLe16(at + PackedLayout.DESC_ID, 0x0101 * value);
        }
    }

    @Override
    public void putNotificationFlags(int flags) {
        deviceEvent.putLe16(PackedLayout.EVENT_FLAGS, flags);
    }

    @Override
    public void putNotificationEvent(int event) {
        deviceEvent.putLe16(PackedLayout.EVENT_OFF_WRAP, event);
    }

    private int slot(long position) {
        return (int) (position % config.size());
    }

    private boolean wrap(long position) {
        return position / config.size() % 2 == 0;
    }

    private int at(long position) {
        return slot(position) * PackedLayout.DESC_BYTES;
    }
}
