// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

/** Something that another thread wants of the queue's thread. */
sealed interface FutureStep permits FutureCall, FutureWork {
    /** Nobody will do it, or whether it was done is unknown. */
    void cancel();
}
