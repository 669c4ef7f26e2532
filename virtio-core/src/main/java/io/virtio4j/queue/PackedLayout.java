// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

/**
 * Sizes and offsets of a packed virtqueue. Q is the queue size, any number in 1..32768.
 *
 * <pre>
 *  Descriptor ring: 16 * Q bytes, aligned to 16, written by both sides in turn
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *   |                            addr                               |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 *   |                             len                               |
 *   +-------------------------------+-------------------------------+
 *   |              id               |             flags             |
 *   +-------------------------------+-------------------------------+
 *
 *  Event suppression: 4 bytes, aligned to 4; one is the driver's, one the device's
 *
 *   +-----------------------------+-+---+---------------------------+
 *   |       desc_event_off        |W| F |         reserved          |
 *   +-----------------------------+-+---+---------------------------+
 *     W desc_event_wrap, F flags: 0 ENABLE, 1 DISABLE, 2 DESC
 * </pre>
 *
 * <p>Here {@code id} comes before {@code flags}; in a split descriptor the flags come first.
 *
 * <p>VirtIO 1.2, 2.8 Packed Virtqueues, 2.8.13 and 2.8.14.
 */
public final class PackedLayout {
    /** The largest queue size. */
    public static final int MAX_QUEUE_SIZE = 32768;

    /** Bytes of one descriptor. */
    public static final int DESC_BYTES = 16;

    /** Offset of a descriptor's guest address, le64. */
    public static final int DESC_ADDR = 0;

    /** Offset of a descriptor's length in bytes, le32. */
    public static final int DESC_LEN = 8;

    /** Offset of the buffer id, le16. */
    public static final int DESC_ID = 12;

    /** Offset of a descriptor's flags, le16. */
    public static final int DESC_FLAGS = 14;

    /** Alignment of the descriptor ring in bytes. */
    public static final int DESC_ALIGN = 16;

    /** Made available: equal to the driver's wrap counter. */
    public static final int DESC_F_AVAIL = 1 << 7;

    /** Used: not equal to the driver's wrap counter while available, equal to the device's once used. */
    public static final int DESC_F_USED = 1 << 15;

    /** Bytes of an event suppression structure. */
    public static final int EVENT_BYTES = 4;

    /** Alignment of an event suppression structure in bytes. */
    public static final int EVENT_ALIGN = 4;

    /** Offset of the slot (bits 0 to 14) and the wrap counter (bit 15), le16. */
    public static final int EVENT_OFF_WRAP = 0;

    /** Offset of the event flags, le16. */
    public static final int EVENT_FLAGS = 2;

    /** Always notify. */
    public static final int EVENT_ENABLE = 0;

    /** Never notify. */
    public static final int EVENT_DISABLE = 1;

    /** Notify for one descriptor; only with EVENT_IDX. */
    public static final int EVENT_DESC = 2;

    private PackedLayout() {}

    /**
     * Checks a queue size.
     *
     * @param queueSize how many descriptors
     * @return the same value
     * @throws IllegalArgumentException unless it is in 1..32768
     */
    public static int requireQueueSize(int queueSize) {
        if (queueSize < 1 || queueSize > MAX_QUEUE_SIZE) {
            throw new IllegalArgumentException(
                    "a packed queue's size is in 1.." + MAX_QUEUE_SIZE + ", not " + queueSize);
        }
        return queueSize;
    }

    /**
     * {@return the length of the descriptor ring in bytes}
     *
     * @param queueSize Q
     */
    public static int descriptorRingBytes(int queueSize) {
        return DESC_BYTES * queueSize;
    }
}
