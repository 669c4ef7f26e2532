// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.wire.DescFlags;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Where the device's half of a queue stands: all that another device, in another process perhaps, has to know to go on
 * where this one stopped, besides the queue's configuration and its memory. An immutable value.
 *
 * <p>The two positions are what vhost-user carries as the base of a queue: free-running indices of a split ring; of a packed
 * ring, a slot in bits 0 to 14 and the wrap counter in bit 15.
 *
 * @param format the ring's format
 * @param size how many descriptors the queue has
 * @param nextAvail where the next available chain is looked for, 16 bits
 * @param nextUsed where the next used chain goes, 16 bits
 * @param callPending whether the driver may still have to be called for what it has been shown: true when in doubt
 * @param taken the chains taken and not shown used, in the order in which they were taken
 */
public record QueueState(
        RingFormat format, int size, int nextAvail, int nextUsed, boolean callPending, List<Taken> taken) {
    private static final int MAX_16_BITS = 0xFFFF;
    private static final long MAX_32_BITS = 0xFFFF_FFFFL;
    private static final int SLOT_MASK = 0x7FFF;

    /**
     * A descriptor as it stood in the ring when its chain was taken; its slot may hold something else by now.
     *
     * @param address the buffer's guest address
     * @param lengthBytes its length, 0..2^32-1
     * @param flags WRITE, INDIRECT or neither; see {@code DescFlags}
     */
    public record Part(long address, long lengthBytes, int flags) {
        /**
         * Checks length and flags.
         *
         * @param address the buffer's guest address
         * @param lengthBytes its length
         * @param flags its flags
         * @throws IllegalArgumentException if one is out of its range
         */
        public Part {
            require(lengthBytes >= 0 && lengthBytes <= MAX_32_BITS, "a part has 0..2^32-1 bytes, not " + lengthBytes);
            require(
                    flags == 0 || flags == DescFlags.WRITE || flags == DescFlags.INDIRECT,
                    "a part is writable, indirect or neither, not of flags " + flags);
        }
    }

    /**
     * A chain that was taken.
     *
     * @param id its first descriptor (split) or its buffer id (packed)
     * @param ringDescriptors how many descriptors of the ring a packed chain takes; 1 for a split one
     * @param writtenBytes how many bytes were written, if the chain is complete and only waits for its turn (IN_ORDER), else
     *     {@link #IN_HAND}
     * @param parts a packed chain's descriptors, if it is in hand; of a split one none, since its table is not overwritten
     */
    public record Taken(int id, int ringDescriptors, long writtenBytes, List<Part> parts) {
        /** The chain is not complete. */
        public static final long IN_HAND = -1;

        /**
         * Checks the numbers, and copies the parts.
         *
         * @param id 0..65535
         * @param ringDescriptors 1 or more
         * @param writtenBytes 0..2^32-1 or {@link #IN_HAND}
         * @param parts none for a chain that is complete
         * @throws IllegalArgumentException if one is out of its range
         */
        public Taken {
            parts = List.copyOf(parts);
            require(id >= 0 && id <= MAX_16_BITS, "a chain's id is 0..65535, not " + id);
            require(ringDescriptors >= 1, "chain " + id + " takes 1 descriptor or more, not " + ringDescriptors);
            require(
                    writtenBytes >= IN_HAND && writtenBytes <= MAX_32_BITS,
                    writtenBytes + " bytes written to chain " + id);
            require(writtenBytes == IN_HAND || parts.isEmpty(), "chain " + id + " is complete and has parts " + parts);
        }

        /** {@return whether it is complete, and waits for its turn} */
        public boolean isComplete() {
            return writtenBytes != IN_HAND;
        }
    }

    /**
     * Checks that all of it can be true at once.
     *
     * @param format the ring's format
     * @param size how many descriptors the queue has
     * @param nextAvail where the next available chain is looked for
     * @param nextUsed where the next used chain goes
     * @param callPending whether the driver may still have to be called
     * @param taken the chains between the two positions
     * @throws IllegalArgumentException if it cannot
     */
    public QueueState {
        taken = List.copyOf(taken);
        format.requireQueueSize(size);
        requirePosition("avail", format, size, nextAvail);
        requirePosition("used", format, size, nextUsed);
        require(taken.isEmpty() || !taken.get(0).isComplete(), "the first chain is complete and waits for no other");
        if (format == RingFormat.SPLIT) {
            requireSplit(size, nextAvail, nextUsed, taken);
        } else {
            requirePacked(size, nextAvail, nextUsed, taken);
        }
    }

    /**
     * A queue with nothing in flight, as vhost-user's base of a queue describes it.
     *
     * @param format the ring's format
     * @param size how many descriptors the queue has
     * @param next both positions
     * @return the state; the driver may have to be called
     * @throws IllegalArgumentException if no queue can stand there
     */
    public static QueueState idle(RingFormat format, int size, int next) {
        return new QueueState(format, size, next, next, true, List.of());
    }

    /**
     * Reads what {@link #toBytes()} wrote.
     *
     * @param bytes all of it and nothing else
     * @return the state
     * @throws IllegalArgumentException if it is of another version, cut off, too long, or says what cannot be
     */
    public static QueueState fromBytes(byte[] bytes) {
        return QueueStateCodec.decode(bytes);
    }

    /** {@return the state as bytes: version 1, little-endian} */
    public byte[] toBytes() {
        return QueueStateCodec.encode(this);
    }

    private static void requirePosition(String name, RingFormat format, int size, int position) {
        require(position >= 0 && position <= MAX_16_BITS, "next " + name + " has 16 bits, not " + position);
        require(
                format == RingFormat.SPLIT || (position & SLOT_MASK) < size,
                "next " + name + " is slot " + (position & SLOT_MASK) + " of " + size);
    }

    private static void requireSplit(int size, int nextAvail, int nextUsed, List<Taken> taken) {
        int between = (nextAvail - nextUsed) & MAX_16_BITS;
        require(
                between == taken.size() && between <= size,
                taken.size() + " chains between used " + nextUsed + " and avail " + nextAvail + " of a queue of "
                        + size);
        Set<Integer> heads = new HashSet<>();
        for (Taken chain : taken) {
            require(
                    chain.id() < size && heads.add(chain.id()),
                    "descriptor " + chain.id() + " of " + size + " twice, or out of range");
            require(
                    chain.ringDescriptors() == 1 && chain.parts().isEmpty(),
                    "chain " + chain.id() + " of a split queue has " + chain.ringDescriptors()
                            + " descriptors and parts " + chain.parts());
        }
    }

    private static void requirePacked(int size, int nextAvail, int nextUsed, List<Taken> taken) {
        boolean sameLap = ((nextAvail ^ nextUsed) & ~SLOT_MASK) == 0;
        int between = (nextAvail & SLOT_MASK) - (nextUsed & SLOT_MASK) + (sameLap ? 0 : size);
        long slots = taken.stream().mapToLong(Taken::ringDescriptors).sum();
        require(
                between == slots && between <= size,
                "chains of " + slots + " slots between used " + nextUsed + " and avail " + nextAvail + " of a queue of "
                        + size);
    }

    private static void require(boolean condition, String wrong) {
        if (!condition) {
            throw new IllegalArgumentException("no queue can stand so: " + wrong);
        }
    }
}
