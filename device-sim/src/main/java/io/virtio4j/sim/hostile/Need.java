// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

/**
 * What a case takes for granted beside shared memory, registers and notifications, and what not every party has: a case that needs
 * what a party lacks is not played against it, and its result says so.
 */
public enum Need {
    /** The device answers each byte with the next one up and has what a case of rings plays with: two queues and a configuration. */
    ECHO("a device that answers as the kit's echo does"),

    /** The device takes a chain in one step and answers it in the next. */
    HOLDS_CHAINS("a device that takes a chain in one step and answers it in the next"),

    /** Memory of more than 4 GiB at {@link CaseMemory#HUGE}. */
    HUGE_MEMORY("a region of more than 4 GiB"),

    /** A kick that carries more than the queue's index: {@link DriverPort#kick(int, int)}. */
    NOTIFICATION_DATA("a transport that carries notification data"),

    /** The device offers VIRTIO_F_INDIRECT_DESC. */
    INDIRECT_DESC("a device that offers INDIRECT_DESC"),

    /** The device offers VIRTIO_F_EVENT_IDX. */
    EVENT_IDX("a device that offers EVENT_IDX"),

    /** The device offers VIRTIO_F_IN_ORDER. */
    IN_ORDER("a device that offers IN_ORDER"),

    /** The device offers VIRTIO_F_RING_RESET. */
    RING_RESET("a device that offers RING_RESET");

    private final String words;

    Need(String words) {
        this.words = words;
    }

    /** {@return in words, for who reads why a case was not played} */
    public String words() {
        return words;
    }
}
