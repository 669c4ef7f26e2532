// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.barrier;

import java.lang.invoke.VarHandle;

/**
 * Proof that a write barrier has been issued: every load and store before it is ordered before every store after it.
 *
 * <p>The store that makes work visible to the other side (an index, or the flags of a packed descriptor) demands a
 * {@code Wmb} as an argument, so a publication without its barrier does not compile. The token says <em>that</em> the
 * fence was issued, not where: keep it in a local variable between the fence and the one store it guards, never in a
 * field.
 *
 * <p>It is a release fence and not a store-store fence on purpose: the device has to finish <em>reading</em> a
 * descriptor before it publishes the used element that lets the driver overwrite it (VirtIO 1.2, 2.7.14 Receiving Used
 * Buffers From The Device, and letter F of the ordering table).
 *
 * <p>Implements "A suitable memory barrier before updating idx" of VirtIO 1.2, 2.7.13.3.1 Driver Requirements: Updating
 * idx, and 2.8.21.1.1 Driver Requirements: Updating flags. Any thread may issue one; obtain it through
 * {@code SharedMemory.wmb()}.
 */
public final class Wmb {
    private static final Wmb ISSUED = new Wmb();

    private Wmb() {}

    /**
     * Issues the fence.
     *
     * @return the proof, never null
     */
    public static Wmb issue() {
        VarHandle.releaseFence();
        return ISSUED;
    }
}
