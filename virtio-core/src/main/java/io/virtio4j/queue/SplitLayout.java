// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import org.agrona.BitUtil;

/**
 * Sizes and offsets of a split virtqueue. Q is the queue size.
 *
 * <pre>
 *  Descriptor table: 16 * Q bytes, aligned to 16, written by the driver
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *   |                            addr                               |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 *   |                             len                               |
 *   +-------------------------------+-------------------------------+
 *   |            flags              |             next              |
 *   +-------------------------------+-------------------------------+
 *
 *  Available ring: 6 + 2 * Q bytes, aligned to 2, written by the driver
 *
 *   +-------------------------------+-------------------------------+
 *   |            flags              |              idx              |
 *   +-------------------------------+-------------------------------+
 *   |           ring[0]             |           ring[1]  ...        |
 *   +-------------------------------+-------------------------------+
 *   |          used_event           |
 *   +-------------------------------+
 *
 *  Used ring: 6 + 8 * Q bytes, aligned to 4, written by the device
 *
 *   +-------------------------------+-------------------------------+
 *   |            flags              |              idx              |
 *   +-------------------------------+-------------------------------+
 *   |                          ring[0].id                           |
 *   +---------------------------------------------------------------+
 *   |                          ring[0].len           ...            |
 *   +-------------------------------+-------------------------------+
 *   |          avail_event          |
 *   +-------------------------------+
 * </pre>
 *
 * <p>The event fields sit crosswise: the driver tells the device when to call through {@code used_event} in the
 * available ring, the device tells the driver when to kick through {@code avail_event} in the used ring. The sizes
 * include them whether or not EVENT_IDX was negotiated.
 *
 * <p>VirtIO 1.2, 2.7 Split Virtqueues, 2.7.5, 2.7.6 and 2.7.8.
 */
public final class SplitLayout {
    /** The largest queue size. */
    public static final int MAX_QUEUE_SIZE = 32768;

    /** Bytes of one descriptor. */
    public static final int DESC_BYTES = 16;

    /** Offset of a descriptor's guest address, le64. */
    public static final int DESC_ADDR = 0;

    /** Offset of a descriptor's length in bytes, le32. */
    public static final int DESC_LEN = 8;

    /** Offset of a descriptor's flags, le16. */
    public static final int DESC_FLAGS = 12;

    /** Offset of the next descriptor's index, le16. */
    public static final int DESC_NEXT = 14;

    /** Alignment of the descriptor table in bytes. */
    public static final int DESC_ALIGN = 16;

    /** Offset of the available ring's flags, le16. */
    public static final int AVAIL_FLAGS = 0;

    /** Offset of the available ring's free-running index, le16. */
    public static final int AVAIL_IDX = 2;

    /** Offset of the available ring's first slot, le16 each. */
    public static final int AVAIL_RING = 4;

    /** Alignment of the available ring in bytes. */
    public static final int AVAIL_ALIGN = 2;

    /** The driver wants no used-buffer notification. */
    public static final int AVAIL_F_NO_INTERRUPT = 1;

    /** Offset of the used ring's flags, le16. */
    public static final int USED_FLAGS = 0;

    /** Offset of the used ring's free-running index, le16. */
    public static final int USED_IDX = 2;

    /** Offset of the used ring's first element. */
    public static final int USED_RING = 4;

    /** Bytes of a used element: the head's id le32, then the bytes written le32. */
    public static final int USED_ELEM_BYTES = 8;

    /** Offset of the bytes written within a used element. */
    public static final int USED_ELEM_LEN = 4;

    /** Alignment of the used ring in bytes. */
    public static final int USED_ALIGN = 4;

    /** The device wants no available-buffer notification. */
    public static final int USED_F_NO_NOTIFY = 1;

    private SplitLayout() {}

    /**
     * Checks a queue size.
     *
     * @param queueSize how many descriptors
     * @return the same value
     * @throws IllegalArgumentException unless it is a power of two in 1..32768
     */
    public static int requireQueueSize(int queueSize) {
        if (queueSize < 1 || queueSize > MAX_QUEUE_SIZE || !BitUtil.isPowerOfTwo(queueSize)) {
            throw new IllegalArgumentException(
                    "a split queue's size is a power of two in 1.." + MAX_QUEUE_SIZE + ", not " + queueSize);
        }
        return queueSize;
    }

    /**
     * {@return the length of the descriptor table in bytes}
     *
     * @param queueSize Q
     */
    public static int descriptorTableBytes(int queueSize) {
        return DESC_BYTES * queueSize;
    }

    /**
     * {@return the length of the available ring in bytes}
     *
     * @param queueSize Q
     */
    public static int availRingBytes(int queueSize) {
        return AVAIL_RING + Short.BYTES * queueSize + Short.BYTES;
    }

    /**
     * {@return the length of the used ring in bytes}
     *
     * @param queueSize Q
     */
    public static int usedRingBytes(int queueSize) {
        return USED_RING + USED_ELEM_BYTES * queueSize + Short.BYTES;
    }

    /**
     * {@return the offset of {@code used_event} in the available ring}
     *
     * @param queueSize Q
     */
    public static int usedEvent(int queueSize) {
        return AVAIL_RING + Short.BYTES * queueSize;
    }

    /**
     * {@return the offset of {@code avail_event} in the used ring}
     *
     * @param queueSize Q
     */
    public static int availEvent(int queueSize) {
        return USED_RING + USED_ELEM_BYTES * queueSize;
    }
}
