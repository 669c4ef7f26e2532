// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/** The queues of an entropy device. VirtIO 1.2, 5.4.2 Virtqueues. */
public final class RngQueues {
    /** Index of the queue for buffers to fill, {@code requestq}. */
    public static final int REQUEST = 0;

    /** How many queues there are. */
    public static final int COUNT = 1;

    private RngQueues() {}
}
