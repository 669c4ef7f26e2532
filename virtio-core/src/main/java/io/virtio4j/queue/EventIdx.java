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
}
