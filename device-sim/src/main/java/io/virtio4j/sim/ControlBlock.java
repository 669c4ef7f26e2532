// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import io.virtio4j.barrier.Wmb;
import io.virtio4j.memory.SharedMemory;

/**
 * The registers of an in-process device: one word that the driver writes, one that the device writes, each on a cache
 * line of its own.
 *
 * <pre>
 *   offset 0                            128
 *   +-----------------------------------+-----------------------------------+
 *   | request:  serial &lt;&lt; 16            | answer:  serial &lt;&lt; 16 | yes      |
 *   |                                   |          &lt;&lt; 8 | status            |
 *   | written by the driver only        | written by the device only        |
 *   +-----------------------------------+-----------------------------------+
 * </pre>
 *
 * <p>A request is answered when the answer carries its serial. The device also changes the status without being asked,
 * to show DEVICE_NEEDS_RESET. What is asked, and what goes with an answer, lies in the plain fields of a
 * {@link RegisterRequest}, written before the word and read after it.
 */
final class ControlBlock {
    private static final int REQUEST = 0;
    private static final int ANSWER = 128;
    static final int LENGTH_BYTES = 256;
    private static final int SERIAL_SHIFT = 16;
    private static final int YES_SHIFT = 8;
    private static final int BYTE_MASK = 0xFF;

    private final SharedMemory memory;

    /** The driver's copy of its last serial. */
    private int requestSerial;

    /** The device's copy of the serial of the request that it took last. */
    private int takenSerial;

    /** The device's copy of the last serial it answered. */
    private int answeredSerial;

    /** The device's copy of what it answered last: 1 for yes. */
    private int answeredYes;

    ControlBlock() {
        this(SharedMemory.allocate(LENGTH_BYTES, 0));
    }

    /** Over zeroed memory of {@link #LENGTH_BYTES}. */
    ControlBlock(SharedMemory memory) {
        this.memory = memory;
    }

    // --- driver ------------------------------------------------------------------------------------------------

    /** Sends a request and returns its serial. */
    int request() {
        requestSerial = (requestSerial + 1) & 0xFFFF;
        // H: queues, features and memory set up before the status that makes the device look. Partner: H' in poll().
        Wmb wmb = memory.wmb();
        memory.putLe32Opaque(wmb, REQUEST, requestSerial << SERIAL_SHIFT);
        return requestSerial;
    }

    boolean isAnswered(int serial) {
        return memory.getLe32Opaque(ANSWER) >>> SERIAL_SHIFT == serial;
    }

    int status() {
        return load() & BYTE_MASK;
    }

    /** Whether the last answer was yes; only a command that asks a question about a queue has such an answer. */
    boolean isYes() {
        return (load() >>> YES_SHIFT & BYTE_MASK) != 0;
    }

    private int load() {
        int answer = memory.getLe32Opaque(ANSWER);
        // I': the status, 0 after a reset above all, or the yes before the buffers are used again and before what
        // goes with the answer. Partner: I in showStatus().
        memory.rmb();
        return answer;
    }

    // --- device ------------------------------------------------------------------------------------------------

    /** Takes a new request, if there is one that was not answered yet. */
    boolean poll() {
        int request = memory.getLe32Opaque(REQUEST) >>> SERIAL_SHIFT;
        if (request == answeredSerial) {
            return false;
        }
        // H': the request before what goes with it. Partner: H in request().
        memory.rmb();
        takenSerial = request;
        return true;
    }

    /** Answers the request that was taken last. */
    void answer(boolean yes, int status) {
        answeredSerial = takenSerial;
        answeredYes = yes ? 1 : 0;
        showStatus(status);
    }

    void showStatus(int status) {
        // I: the device's last access before what shows a reset complete, of the device or of a queue, or a queue
        // stopped; and what goes with the answer before it. Partner: I' in load().
        Wmb wmb = memory.wmb();
        memory.putLe32Opaque(
                wmb, ANSWER, (answeredSerial << SERIAL_SHIFT) | (answeredYes << YES_SHIFT) | (status & BYTE_MASK));
    }
}
