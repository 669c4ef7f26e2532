// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

/** What a device's thread does when there is nothing to do. */
public enum DeviceIdle {
    /** Spins, and asks the driver never to kick: the quickest answer, at the price of a processor. */
    SPIN,

    /** Spins for a moment, then asks for kicks and sleeps until one comes. */
    NOTIFIED
}
