// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.memory.DmaArena;
import io.virtio4j.transport.Transport;
import java.util.List;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.IdleStrategy;

/**
 * What the kit needs of a driver: that it can be opened, asked for something whose answer is known, and closed. Made
 * for one case, and used by its thread.
 *
 * <p>What the driver documents as the outcome of a device that fails becomes a {@link Told}. Any other exception leaves
 * these methods as it is: the driver let it escape.
 */
public interface DriverUnderTest {
    /** {@return what the driver is for, honest} */
    HonestDevice device();

    /**
     * Brings the device up. Called again after {@link #close}.
     *
     * @param bench what the driver works with
     * @return DONE, or REFUSED; after that, nothing is open
     */
    Told open(Bench bench);

    /**
     * Has the driver do one thing or several, and looks whether what comes back is right.
     *
     * @param seed the data
     * @return how it ended
     */
    Told request(long seed);

    /** Resets the device and gives everything back. Does nothing if the driver is not open. */
    void close();

    /**
     * Tells what the driver still holds.
     *
     * @return one line for each thing that is in flight, though nothing should be
     */
    List<String> inFlight();

    /**
     * What a driver works with.
     *
     * @param transport the way to the device
     * @param arena where all its memory comes from
     * @param idle lets the device do something
     * @param expectSilence whether the user waits for a moment only
     * @param errorHandler is told of what the device breaks
     */
    record Bench(
            Transport transport, DmaArena arena, IdleStrategy idle, boolean expectSilence, ErrorHandler errorHandler) {
        /** How long a driver's user waits that expects no answer, in nanoseconds. */
        public static final long MOMENT_NANOS = 2_000_000;

        /** How long any other waits, in nanoseconds: longer than a case may take. */
        public static final long PATIENCE_NANOS = 20_000_000_000L;

        /** {@return how long the user waits for an answer, in nanoseconds} */
        public long timeoutNanos() {
            return expectSilence ? MOMENT_NANOS : PATIENCE_NANOS;
        }
    }
}
