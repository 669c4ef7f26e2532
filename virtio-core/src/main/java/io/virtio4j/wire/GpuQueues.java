// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/** The queues of a GPU. VirtIO 1.2, 5.7.2 Virtqueues. */
public final class GpuQueues {
    /** Index of the queue for control commands. */
    public static final int CONTROL = 0;

    /** Index of the queue for cursor commands, which slow control commands do not hold up. */
    public static final int CURSOR = 1;

    /** How many queues there are. */
    public static final int COUNT = 2;

    private GpuQueues() {}
}
