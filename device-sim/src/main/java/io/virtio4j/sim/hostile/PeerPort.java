// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import io.virtio4j.queue.RingFormat;
import java.util.List;

/**
 * What a case speaks through: the party under test as its peer sees it. {@link DriverPort} and the like add what a driver or a
 * device can say. Nothing here needs more than shared memory, notifications and messages, so a port may lead to another
 * process.
 *
 * <p>A port checks nothing on the case's side and throws nothing for what the case sends; what the party throws is kept for
 * {@link #escapes()}. One thread at a time, the case's.
 */
public interface PeerPort extends AutoCloseable {
    /** {@return the format of the rings that the case is played on} */
    RingFormat format();

    /** {@return the memory that both sides see} */
    CaseMemory memory();

    /**
     * Lets the party do something: one step where steps are commanded, else a moment.
     *
     * @return false if the port knows that nothing more will happen until the case does something
     */
    boolean step();

    /** {@return whether {@link #step} ever answers false: where it cannot, only time tells that nothing more happens} */
    boolean knowsQuiet();

    /** {@return whether the party has given up until it is reset} */
    boolean needsReset();

    /** {@return what the party told its error handler of a peer that broke the rules; empty where that cannot be seen} */
    List<Throwable> reports();

    /**
     * Tells what a party that needs a reset has not done of what it owes then: a message to its error handler, and what its peer is
     * to notice. Asked when {@link #needsReset} says so.
     *
     * @return one line for each thing that is missing; nothing where it cannot be seen
     */
    default List<String> untold() {
        return List.of();
    }

    /** {@return what left the party though it had no right to: exceptions, the death of a thread or of a process} */
    List<Throwable> escapes();

    /**
     * Tells what the party still holds. Asked after the last good request, when nothing is under way.
     *
     * @return one line for each thing that was not given back
     */
    List<String> leaks();

    /** Ends the connection; the party is not used any more. */
    @Override
    void close();
}
