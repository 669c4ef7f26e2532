// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

/**
 * The decision whether the other side wants to be told, by event index.
 *
 * <p>VirtIO 1.2, 2.7.10 Available Buffer Notification Suppression: an event value of {@code e} asks to be told when the
 * entry numbered {@code e} has been published. All arithmetic is modulo 65536.
 */
public final class EventIdx {
    /** From so many entries on, an index has passed every value, and a packed ring every slot. */
    private static final int ALL = 1 << 16;

    private EventIdx() {}

    /**
     * Bounds a count of entries that nobody has been told of, so that it cannot overflow however long nobody asks.
     *
     * @param entries the count
     * @return the count, or 65536 if it is more: every decision is the same from there on
     */
    public static int saturated(int entries) {
        return Math.min(entries, ALL);
    }

    /**
     * Decides for one batch.
     *
     * @param event what the other side asked for, 0..65535
     * @param newIdx our index after the batch, 0..65535
     * @param oldIdx our index before the batch, 0..65535
     * @return whether the batch contains the entry asked for
     */
    public static boolean needed(int event, int newIdx, int oldIdx) {
        return ((newIdx - event - 1) & 0xFFFF) < ((newIdx - oldIdx) & 0xFFFF);
    }

    /**
     * Decides for one batch of any length.
     *
     * @param entries how many entries were published since the last decision
     * @param event what the other side asked for, 0..65535
     * @param newIdx our index after them, 0..65535
     * @return whether they contain the entry asked for
     */
    public static boolean neededAfter(int entries, int event, int newIdx) {
        // From 65536 entries on, the index has passed every value.
        return entries >= ALL || needed(event, newIdx, newIdx - entries);
    }
}
