// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

/**
 * The decision whether the other side wants to be told, by event index.
 *
 * <p>VirtIO 1.2, 2.7.10 Available Buffer Notification Suppression: an event value of {@code e} asks to be told when the
 * entry numbered {@code e} has been published. All arithmetic is modulo 65536.
 */
public final class EventIdx {
    private EventIdx() {}

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
        return entries > 0xFFFF || needed(event, newIdx, newIdx - entries);
    }
}
