// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import io.virtio4j.queue.RingFormat;
import java.util.Set;

/**
 * A device or a driver that cases are played against.
 *
 * @param <P> the side that the cases play
 */
public interface PartyUnderTest<P extends PeerPort> {
    /** {@return what it is called in the table, in kebab case} */
    String name();

    /** {@return what the party and the way to it have of what not every one has; nothing unless it says so} */
    default Set<Need> has() {
        return Set.of();
    }

    /** {@return the memory for one case; in this process unless the party brings its own} */
    default CaseMemory memory() {
        return CaseMemory.inProcess();
    }

    /**
     * Makes a fresh party, or resets the only one there is.
     *
     * @param format the format of the rings
     * @param memory what both sides see
     * @return the way to it
     */
    P open(RingFormat format, CaseMemory memory);

    /**
     * Has the party do requests as they should be, after the case: where it went on without a reset, one as it stands, then
     * one after a reset. What is not right is told to the stage; what does not come ends in {@link Stage#await}.
     *
     * @param port the way to it
     * @param stage the case's
     * @param needsReset whether it has given up until it is reset
     */
    void goodRequest(P port, Stage stage, boolean needsReset);

    /**
     * Has a device do one request of its own kind, and tells the stage what is not right about the answer. What cases ask for in
     * the middle, when they have done something that a device must not mind.
     *
     * @param driver a driver at DRIVER_OK
     * @param stage the case's
     * @throws UnsupportedOperationException if the party is no device
     */
    default void request(RawDriver driver, Stage stage) {
        throw new UnsupportedOperationException(name() + " is no device, and is sent no requests");
    }
}
