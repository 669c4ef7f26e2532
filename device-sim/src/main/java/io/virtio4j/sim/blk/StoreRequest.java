// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.memory.SharedMemory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A chain's operation while it is with the store.
 *
 * <p>The state says who may use the driver's memory, and who has to see to the chain once the store is done:
 *
 * <pre>
 *   0 --submit returns--&gt; RETURNED --claim--&gt; RETURNED|CLAIMED --end--&gt; ...|DONE: handed to the queue's thread
 *   |                        |
 *   |                        +--reset--&gt; RETURNED|REVOKED: claim answers false, end is ignored
 *   +--end--&gt; DONE --submit returns--&gt; DONE|RETURNED: the queue's thread sees it there and then
 * </pre>
 *
 * <p>The queue's thread is the one that serves the queue, or that stops it when it is served no more.
 *
 * <p>Every step is one atomic operation, so a claim on the store's thread and a reset on the device's cannot both win.
 */
final class StoreRequest implements BlockRequest {
    private static final int CLAIMED = 1;
    private static final int RETURNED = 2;
    private static final int DONE = 4;
    private static final int REVOKED = 8;

    private static final int INITIAL_PIECES = 8;

    /** A piece has to be an int; a longer one is cut here. */
    private static final long MAX_PIECE_BYTES = 1L << 30;

    final int handle;
    private final Consumer<StoreRequest> done;
    private final AtomicInteger state = new AtomicInteger(DONE | RETURNED);

    private BlockOp op = BlockOp.FLUSH;
    private long offsetBytes;
    private long lengthBytes;
    private SharedMemory[] regions = new SharedMemory[INITIAL_PIECES];
    private long[] offsets = new long[INITIAL_PIECES];
    private int[] lengths = new int[INITIAL_PIECES];
    private int pieces;

    /** The segments of a request that names ranges; the current one is what the store is given. */
    private final RangeList ranges = new RangeList();

    /** Written before DONE, read after it. */
    private @Nullable Throwable cause;

    /** The neighbour in {@link EndedRequests}, which alone uses it. */
    @Nullable
    StoreRequest nextEnded;

    /** Whether the chain waits for this; the queue's thread only. */
    private boolean active;

    StoreRequest(int handle, Consumer<StoreRequest> done) {
        this.handle = handle;
        this.done = done;
    }

    // --- the queue's thread ------------------------------------------------------------------------------------

    /** Starts a read into all writable bytes but the status. */
    void beginRead(DescriptorChain chain, long storeOffset, long dataBytes) {
        ranges.clear();
        begin(BlockOp.READ, storeOffset, dataBytes);
        addPieces(chain, chain.readablePieces(), 0, dataBytes);
    }

    /** Starts a write of all readable bytes but the header. */
    void beginWrite(DescriptorChain chain, long storeOffset, long headerBytes, long dataBytes) {
        ranges.clear();
        begin(BlockOp.WRITE, storeOffset, dataBytes);
        addPieces(chain, 0, headerBytes, dataBytes);
    }

    void beginFlush() {
        ranges.clear();
        begin(BlockOp.FLUSH, 0, 0);
    }

    /**
     * Takes the segments of a discard, write-zeroes or secure-erase request.
     *
     * @return OK, and {@link #beginNextRange} begins the first; or the status that the request is to be answered with
     */
    int takeRanges(DescriptorChain chain, BlockOp what, BlkRangeLimits limits, long capacityBytes) {
        op = what;
        return ranges.take(chain, what, limits, capacityBytes);
    }

    /** Starts the next segment of what {@link #takeRanges} took; false, and nothing is started, if there is none. */
    boolean beginNextRange() {
        boolean more = ranges.next();
        if (more) {
            begin(op, ranges.offsetBytes(), ranges.lengthBytes());
        }
        return more;
    }

    private void begin(BlockOp what, long storeOffset, long dataBytes) {
        op = what;
        offsetBytes = storeOffset;
        lengthBytes = dataBytes;
        pieces = 0;
        cause = null;
        active = true;
        state.set(0);
    }

    private void addPieces(DescriptorChain chain, int firstPiece, long skipBytes, long dataBytes) {
        long skip = skipBytes;
        long left = dataBytes;
        for (int piece = firstPiece; left > 0; piece++) {
            long length = chain.pieceLengthBytes(piece);
            long skipped = Math.min(skip, length);
            long take = Math.min(length - skipped, left);
            addPiece(chain.pieceMemory(piece), chain.pieceOffset(piece) + skipped, take);
            skip -= skipped;
            left -= take;
        }
    }

    private void addPiece(SharedMemory region, long offset, long length) {
        for (long at = 0; at < length; at += MAX_PIECE_BYTES) {
            if (pieces == lengths.length) {
                // Grows to the longest request of this handle, and then never again.
                regions = Arrays.copyOf(regions, 2 * pieces);
                offsets = Arrays.copyOf(offsets, 2 * pieces);
                lengths = Arrays.copyOf(lengths, 2 * pieces);
            }
            regions[pieces] = region;
            offsets[pieces] = offset + at;
            lengths[pieces] = (int) Math.min(MAX_PIECE_BYTES, length - at);
            pieces++;
        }
    }

    /** Gives the request to a store; true if it is done already, and will be handed to nobody. */
    boolean submitTo(BlockStore store) {
        try {
            store.submit(this);
        } catch (Throwable e) {
            // Whatever a store throws, an error or a checked exception that its language does not check, ends its
            // request: out of
            // here it would end the device. The error handler is told.
            failUnlessDone(e);
        }
        return (state.getAndAdd(RETURNED) & DONE) != 0;
    }

    private void failUnlessDone(Throwable thrown) {
        if (!end(thrown)) {
            // Ended and then threw: nobody can say whether the data is there.
            cause = thrown;
        }
    }

    /** Takes the memory back at a reset; false if the store has claimed it and is not done. */
    boolean revoke() {
        int seen;
        do {
            seen = state.get();
            if ((seen & (DONE | REVOKED)) != 0) {
                return true;
            }
            if ((seen & CLAIMED) != 0) {
                return false;
            }
        } while (!state.compareAndSet(seen, seen | REVOKED));
        return true;
    }

    boolean isActive() {
        return active;
    }

    void setInactive() {
        active = false;
    }

    @Nullable
    Throwable cause() {
        return cause;
    }

    // --- the store ---------------------------------------------------------------------------------------------

    @Override
    public BlockOp op() {
        return op;
    }

    @Override
    public long offsetBytes() {
        return offsetBytes;
    }

    @Override
    public long lengthBytes() {
        return lengthBytes;
    }

    @Override
    public boolean mayUnmap() {
        return op == BlockOp.WRITE_ZEROES && ranges.mayUnmap();
    }

    @Override
    public int pieces() {
        return pieces;
    }

    @Override
    public SharedMemory pieceMemory(int piece) {
        int seen = state.get();
        if ((seen & (DONE | REVOKED)) != 0 || (seen & (RETURNED | CLAIMED)) == RETURNED) {
            throw new IllegalStateException("the driver's memory may be used inside submit, or between claim and the"
                    + " end of the request: " + this);
        }
        return regions[checkPiece(piece)];
    }

    @Override
    public long pieceOffset(int piece) {
        return offsets[checkPiece(piece)];
    }

    @Override
    public int pieceLengthBytes(int piece) {
        return lengths[checkPiece(piece)];
    }

    private int checkPiece(int piece) {
        if (piece < 0 || piece >= pieces) {
            throw new IndexOutOfBoundsException("piece " + piece + " of " + pieces);
        }
        return piece;
    }

    @Override
    public ByteBuffer pieceBuffer(int piece) {
        return pieceMemory(piece).view(offsets[piece], lengths[piece]);
    }

    @Override
    public boolean claim() {
        int seen;
        do {
            seen = state.get();
            if ((seen & REVOKED) != 0) {
                return false;
            }
            if ((seen & DONE) != 0) {
                throw ended();
            }
        } while (!state.compareAndSet(seen, seen | CLAIMED));
        return true;
    }

    @Override
    public void complete() {
        if (!end(null)) {
            throw ended();
        }
    }

    @Override
    public void fail(Throwable why) {
        if (!end(why)) {
            throw ended();
        }
    }

    /** Ends the request, or does nothing if a reset has made it void; false if it was ended before. */
    private boolean end(@Nullable Throwable why) {
        int seen = state.get();
        if ((seen & DONE) == 0) {
            cause = why;
        }
        while ((seen & (DONE | REVOKED)) == 0) {
            // Publishes the data, and the cause, to the queue's thread.
            if (state.compareAndSet(seen, seen | DONE)) {
                if ((seen & RETURNED) != 0) {
                    done.accept(this);
                }
                return true;
            }
            seen = state.get();
        }
        return (seen & REVOKED) != 0;
    }

    private IllegalStateException ended() {
        return new IllegalStateException("the request has been ended before: " + this);
    }

    @Override
    public String toString() {
        return op + " of " + lengthBytes + " bytes at " + offsetBytes;
    }
}
