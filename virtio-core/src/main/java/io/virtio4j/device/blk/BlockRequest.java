// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device.blk;

import io.virtio4j.memory.SharedMemory;
import java.nio.ByteBuffer;

/**
 * One operation that a device wants done, and the driver's memory that it moves bytes from or to.
 *
 * <pre>
 *   submit(request) {                          later, on any thread:
 *     ... use the pieces ...                     if (request.claim()) {
 *     request.complete();                            ... use the pieces ...
 *   }                                            }
 *                                                request.complete();
 * </pre>
 *
 * <p>The memory is the driver's, and the driver may take it back by a reset at any moment. So the pieces may be used only
 * inside {@link BlockStore#submit}, or on another thread between a {@link #claim()} that answered true and
 * {@link #complete()} or {@link #fail}. A reset waits for those that claimed, and turns away those that had not.
 *
 * <p>A request is ended exactly once, by any thread; it is used again for another operation afterwards, so nothing of it
 * may be kept, views of its pieces included. Its methods are otherwise called by one thread at a time.
 */
public interface BlockRequest {
    /** {@return what to do} */
    BlockOp op();

    /** {@return the place in the store, in bytes; offset and length lie within the store} */
    long offsetBytes();

    /** {@return how many bytes; for reads and writes the sum of the pieces} */
    long lengthBytes();

    /** {@return whether the storage of a {@link BlockOp#WRITE_ZEROES} may be given back; false for any other operation} */
    boolean mayUnmap();

    /** {@return in how many pieces of the driver's memory the bytes lie; the pieces follow each other on the store} */
    int pieces();

    /**
     * Tells where a piece lies.
     *
     * @param piece 0 up to {@link #pieces()}
     * @return the region
     * @throws IllegalStateException if the memory is not to be used now
     */
    SharedMemory pieceMemory(int piece);

    /**
     * Tells where a piece lies.
     *
     * @param piece 0 up to {@link #pieces()}
     * @return the offset of its first byte in {@link #pieceMemory}
     */
    long pieceOffset(int piece);

    /**
     * Tells how long a piece is.
     *
     * @param piece 0 up to {@link #pieces()}
     * @return its length in bytes, more than 0
     */
    int pieceLengthBytes(int piece);

    /**
     * Makes a view of a piece for channels. Allocates the view, and copies nothing.
     *
     * @param piece 0 up to {@link #pieces()}
     * @return a direct, little-endian buffer: position 0, the limit is the piece's length
     * @throws IllegalStateException if the memory is not to be used now
     */
    ByteBuffer pieceBuffer(int piece);

    /**
     * Asks for the driver's memory after {@link BlockStore#submit} has returned. Any thread.
     *
     * @return true if the memory is there until the request is ended, which must then be soon; false if the device has
     *     been reset: the request is void, and ending it has no effect
     * @throws IllegalStateException if the request has been ended
     */
    boolean claim();

    /**
     * Ends the request: all of it is done. Any thread; the driver's memory must not be used afterwards.
     *
     * @throws IllegalStateException if the request has been ended
     */
    void complete();

    /**
     * Ends the request: not all of it is done. The driver gets an I/O error, and the device's error handler the cause. Any
     * thread; the driver's memory must not be used afterwards.
     *
     * @param cause why
     * @throws IllegalStateException if the request has been ended
     */
    void fail(Throwable cause);
}
