// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * A chain as a device finds it in a ring: its parts by guest address, and its bytes. Bound to the memory of the ring
 * that it was taken from. One thread.
 *
 * <p>VirtIO 1.2, 2.7.4 Message Framing.
 */
public final class RawChain {
    private final GuestMemory memory;
    private final int id;
    private final int slots;
    private final List<Part> parts;

    /**
     * One part of a chain.
     *
     * @param address guest address of its first byte
     * @param lengthBytes its length, 0..2^32-1
     * @param writable whether it is the device's to write
     */
    public record Part(long address, long lengthBytes, boolean writable) {}

    RawChain(GuestMemory memory, int id, int slots, List<Part> parts) {
        this.memory = memory;
        this.id = id;
        this.slots = slots;
        this.parts = List.copyOf(parts);
    }

    /** {@return what names the chain in a used element: its head (split), its buffer id (packed)} */
    public int id() {
        return id;
    }

    /** {@return how many descriptors of the ring it takes, those of an indirect table not counted} */
    public int slots() {
        return slots;
    }

    /** {@return its parts in order} */
    public List<Part> parts() {
        return parts;
    }

    /** {@return how many bytes the device may read} */
    public int readableBytes() {
        return sum(false);
    }

    /** {@return how many bytes the device may write} */
    public int writableBytes() {
        return sum(true);
    }

    private int sum(boolean writable) {
        return Math.toIntExact(parts.stream()
                .filter(part -> part.writable() == writable)
                .mapToLong(Part::lengthBytes)
                .sum());
    }

    /** {@return what the driver wrote for the device} */
    public byte[] readable() {
        byte[] bytes = new byte[readableBytes()];
        int at = 0;
        for (Part part : parts) {
            if (!part.writable()) {
                int lengthBytes = (int) part.lengthBytes();
                SharedMemory region = region(part);
                region.getBytes(part.address() - region.guestAddress(), bytes, at, lengthBytes);
                at += lengthBytes;
            }
        }
        return bytes;
    }

    /**
     * Writes into the writable parts, from a byte of theirs on. What does not fit is left away.
     *
     * @param offset first byte, counted over all writable parts
     * @param bytes what to write
     * @return the end of what was written, counted over all writable parts
     */
    public int write(int offset, byte[] bytes) {
        int partStart = 0;
        int at = 0;
        for (Part part : parts) {
            if (!part.writable()) {
                continue;
            }
            int within = offset + at - partStart;
            if (within >= 0 && within < part.lengthBytes() && at < bytes.length) {
                int lengthBytes = (int) Math.min(part.lengthBytes() - within, bytes.length - at);
                SharedMemory region = region(part);
                region.putBytes(part.address() - region.guestAddress() + within, bytes, at, lengthBytes);
                at += lengthBytes;
            }
            partStart += (int) part.lengthBytes();
        }
        return offset + at;
    }

    /**
     * Writes over the parts that are the driver's alone.
     *
     * @param value 0..255
     */
    public void scribbleReadable(int value) {
        scribbleHead(value, Long.MAX_VALUE);
    }

    /**
     * Writes over the begin of the parts that are the driver's alone.
     *
     * @param value 0..255
     * @param lengthBytes how much of each
     */
    public void scribbleHead(int value, long lengthBytes) {
        for (Part part : parts) {
            if (!part.writable()) {
                SharedMemory region = region(part);
                long much = Math.min(lengthBytes, part.lengthBytes());
                region.fill(part.address() - region.guestAddress(), much, value);
            }
        }
    }

    private SharedMemory region(Part part) {
        int index = memory.regionIndexOfWhole(part.address(), part.lengthBytes());
        if (index == GuestMemory.BAD_ADDRESS) {
            throw new IllegalStateException("the driver offered memory that nobody has: " + part);
        }
        return memory.region(index);
    }

    /** Gathers the parts of an indirect table or of a run of descriptors. */
    static final class Parts {
        private final List<Part> list = new ArrayList<>();

        void add(long address, int lengthBits, boolean writable) {
            list.add(new Part(address, Integer.toUnsignedLong(lengthBits), writable));
        }

        RawChain chain(GuestMemory memory, int id, int slots) {
            return new RawChain(memory, id, slots, list);
        }
    }

    @Override
    public String toString() {
        return "chain " + id + " of " + slots + " slots, " + parts;
    }
}
