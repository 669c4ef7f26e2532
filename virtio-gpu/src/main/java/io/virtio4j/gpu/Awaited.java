// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

/** Something that the device has to do first. */
sealed interface Awaited permits CommandSlot, CommandBatch {
    /** {@return whether the device has not done it yet} */
    boolean isInFlight();

    /** {@return the type of a request, for the message when the device does not answer} */
    int type();
}
