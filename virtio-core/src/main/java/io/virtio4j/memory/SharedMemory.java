// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import io.virtio4j.barrier.Mb;
import io.virtio4j.barrier.Rmb;
import io.virtio4j.barrier.Wmb;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/**
 * One contiguous region of memory that both halves of a device see, and the only place where raw memory is touched and
 * fences are issued.
 *
 * <pre>
 *   guest address:  guestAddress()            guestAddress() + lengthBytes()
 *                   |                         |
 *                   v                         v
 *                   +-------------------------+
 *   offset:         | 0 ...   lengthBytes()-1 |
 *                   +-------------------------+
 * </pre>
 *
 * <p>All multi-byte values are little-endian on the wire (VirtIO 1.2, 1.4 Structure Specifications), whatever the
 * machine. A 16-bit load returns an {@code int} of 0..65535, a 32-bit load returns a Java {@code int} whose bits are
 * the value. Offsets and lengths are 64-bit and counted in bytes from the start of the region; an access outside it
 * throws {@link IndexOutOfBoundsException} and touches nothing.
 *
 * <p>The access mode stands in the name:
 *
 * <ul>
 *   <li>no suffix: plain. For payload, and for ring fields that a fence orders.
 *   <li>{@code Opaque}: never hoisted out of a loop, never torn. For indices, flags and event fields. These throw {@link
 *       IllegalArgumentException} where the offset is not a multiple of the size; so does {@code putSuppressionLe16}.
 *   <li>a token as the first argument: the access may stand only after that fence.
 * </ul>
 *
 * <p>Any thread may use a region; who may write which field is a matter of the ring on top of it.
 *
 * <p>A region may be longer than one byte buffer can be. It then consists of windows, which only {@link #view} tells from
 * each other: everything else works across them. An access within the first window is the fastest.
 *
 * <p>There are two production classes, with the same behaviour: one over Agrona, for JVMs started with {@code
 * --add-exports java.base/jdk.internal.misc=ALL-UNNAMED} (with Agrona on the module path: {@code =org.agrona}), and one
 * over byte-buffer views for all others, which is somewhat slower and says so in the log, once. The system property
 * {@value #CHOICE_PROPERTY} chooses by name: {@code agrona} or {@code views}. Exactly one of them is loaded in a JVM, so
 * that every call here has a single target and is inlined.
 */
public abstract class SharedMemory {
    /**
     * The system property that chooses the class of memory, {@code agrona} or {@code views}, read once. Without it the
     * presence of the flag decides.
     */
    public static final String CHOICE_PROPERTY = "io.virtio4j.memory";

    /** The window of a region that has only one: beyond every length. */
    static final long ONE_WINDOW = 1L << 62;

    private final long guestAddress;
    private final long lengthBytes;
    private final long windowBytes;

    SharedMemory(long guestAddress, long lengthBytes, long windowBytes) {
        checkPlace(guestAddress, lengthBytes);
        this.guestAddress = guestAddress;
        this.lengthBytes = lengthBytes;
        this.windowBytes = windowBytes;
    }

    static void checkPlace(long guestAddress, long lengthBytes) {
        if (lengthBytes <= 0) {
            throw new IllegalArgumentException("a region needs a positive length, not " + lengthBytes + " bytes");
        }
        if (guestAddress < 0 || guestAddress > Long.MAX_VALUE - lengthBytes) {
            throw new IllegalArgumentException("region of " + lengthBytes + " bytes at guest address 0x"
                    + Long.toHexString(guestAddress) + " does not fit below 2^63");
        }
    }

    /**
     * Allocates a zeroed region outside the Java heap, aligned to 4096 bytes, and places it at a guest address.
     *
     * <p>Up to 2^31 - 8192 bytes it is a direct buffer, and counts as one ({@code -XX:MaxDirectMemorySize}). A longer one
     * is a mapped file without a name, in {@code /dev/shm} where that has room and else in {@code java.io.tmpdir}, with
     * windows of 2^30 bytes; its pages take memory only once they are touched.
     *
     * @param lengthBytes its length, more than 0
     * @param guestAddress where the other side finds it, not negative
     * @return the region; its memory is released when nothing refers to it any more
     * @throws IllegalArgumentException if the length or the address is out of range
     * @throws IllegalStateException if there is no room for a mapped file of that length, or if {@value #CHOICE_PROPERTY}
     *     asks for what this JVM does not have
     * @throws java.io.UncheckedIOException if the file cannot be mapped
     */
    public static SharedMemory allocate(long lengthBytes, long guestAddress) {
        return MemoryAccess.allocate(lengthBytes, guestAddress);
    }

    /**
     * Makes a region of a direct buffer's memory, from its position to its limit, for example of a mapped file.
     *
     * @param buffer a direct, writable buffer whose first byte is aligned to 16 bytes; the region keeps it alive
     * @param guestAddress where the other side finds it, not negative
     * @return the region
     * @throws IllegalArgumentException if the buffer is not direct, read-only, empty or misaligned
     * @throws IllegalStateException if {@value #CHOICE_PROPERTY} asks for what this JVM does not have
     */
    public static SharedMemory wrap(ByteBuffer buffer, long guestAddress) {
        return MemoryAccess.wrap(List.of(buffer), guestAddress);
    }

    /**
     * Makes one region of several direct buffers, each from its position to its limit, for example of consecutive ranges
     * of a mapped file that is too long for one buffer. They follow each other in the region; where they lie in the
     * process makes no difference.
     *
     * @param windows direct, writable buffers whose first bytes are aligned to 16 bytes: all of the same length, a power
     *     of two of at least 4096 bytes, but the last, which may be shorter; the region keeps them alive
     * @param guestAddress where the other side finds the first, not negative
     * @return the region
     * @throws IllegalArgumentException if there is no buffer, or one is not direct, read-only, empty, misaligned or of
     *     another length
     * @throws IllegalStateException if {@value #CHOICE_PROPERTY} asks for what this JVM does not have
     */
    public static SharedMemory wrap(List<ByteBuffer> windows, long guestAddress) {
        return MemoryAccess.wrap(windows, guestAddress);
    }

    /** {@return the length of the region in bytes} */
    public final long lengthBytes() {
        return lengthBytes;
    }

    /** {@return the guest address of the region's first byte} */
    public final long guestAddress() {
        return guestAddress;
    }

    /** The length of every window but the last; a power of two. */
    final long windowBytes() {
        return windowBytes;
    }

    /**
     * Tells how long a {@link #view} may be: to the end of the window that holds its first byte, or of the region.
     *
     * @param offset of the first byte, 0 up to the length
     * @return how many bytes
     * @throws IndexOutOfBoundsException if the offset is negative or beyond the length
     */
    public final long viewableBytes(long offset) {
        Objects.checkIndex(offset, lengthBytes + 1);
        return Math.min(lengthBytes - offset, windowBytes - (offset & (windowBytes - 1)));
    }

    /**
     * Issues a write barrier.
     *
     * @return the proof, demanded by {@link #putLe16Opaque(Wmb, long, int)} and {@link #putLe32Opaque(Wmb, long, int)}
     */
    public Wmb wmb() {
        return Wmb.issue();
    }

    /**
     * Issues a read barrier.
     *
     * @return the proof, demanded by {@link #getLe16(Rmb, long)}, {@link #getLe32(Rmb, long)} and
     *     {@link #getLe64(Rmb, long)}
     */
    public Rmb rmb() {
        return Rmb.issue();
    }

    /**
     * Issues a full barrier.
     *
     * @return the proof, demanded by {@link #getLe16Opaque(Mb, long)} and {@link #getLe32Opaque(Mb, long)}
     */
    public Mb mb() {
        return Mb.issue();
    }

    // --- indices and flags: the loads of a spin, and the stores that publish ------------------------------------

    /**
     * Loads an index or flags field that the other side writes.
     *
     * @param offset a multiple of 2
     * @return 0..65535
     */
    public abstract int getLe16Opaque(long offset);

    /**
     * Loads a 32-bit field that the other side writes.
     *
     * @param offset a multiple of 4
     * @return the 32 bits
     */
    public abstract int getLe32Opaque(long offset);

    /**
     * Publishes: stores an index, or the flags of a packed descriptor, after a write barrier.
     *
     * @param published the barrier that orders what the index covers before the index
     * @param offset a multiple of 2
     * @param value its low 16 bits are stored
     * @throws NullPointerException if there is no barrier
     */
    public abstract void putLe16Opaque(Wmb published, long offset, int value);

    /**
     * Publishes a 32-bit field after a write barrier.
     *
     * @param published the barrier that orders what the field covers before the field
     * @param offset a multiple of 4
     * @param value the 32 bits
     * @throws NullPointerException if there is no barrier
     */
    public abstract void putLe32Opaque(Wmb published, long offset, int value);

    /**
     * Loads a suppression field (flags or event index) of the other side after a full barrier.
     *
     * @param published the barrier that orders the publication before this load
     * @param offset a multiple of 2
     * @return 0..65535
     * @throws NullPointerException if there is no barrier
     */
    public abstract int getLe16Opaque(Mb published, long offset);

    /**
     * Loads a 32-bit suppression field of the other side, or an index again after arming, after a full barrier.
     *
     * @param published the barrier that orders the publication before this load
     * @param offset a multiple of 4
     * @return the 32 bits
     * @throws NullPointerException if there is no barrier
     */
    public abstract int getLe32Opaque(Mb published, long offset);

    /**
     * Stores a suppression field (flags or event index) of our own. It publishes nothing, so it needs no barrier before
     * it; it needs an {@link Mb} after it, which the look again demands.
     *
     * @param offset a multiple of 2
     * @param value its low 16 bits are stored
     */
    public abstract void putSuppressionLe16(long offset, int value);

    // --- ring contents that a read barrier guards ---------------------------------------------------------------

    /**
     * Loads 16 bits of a ring slot or descriptor after a read barrier.
     *
     * @param seen the barrier after the index load that showed progress
     * @param offset a multiple of 2
     * @return 0..65535
     * @throws NullPointerException if there is no barrier
     */
    public abstract int getLe16(Rmb seen, long offset);

    /**
     * Loads 32 bits of a used element or descriptor after a read barrier.
     *
     * @param seen the barrier after the index load that showed progress
     * @param offset a multiple of 4
     * @return the 32 bits
     * @throws NullPointerException if there is no barrier
     */
    public abstract int getLe32(Rmb seen, long offset);

    /**
     * Loads 64 bits of a descriptor after a read barrier.
     *
     * @param seen the barrier after the index load that showed progress
     * @param offset a multiple of 8
     * @return the 64 bits
     * @throws NullPointerException if there is no barrier
     */
    public abstract long getLe64(Rmb seen, long offset);

    // --- payload, and what a fence further up already orders ----------------------------------------------------

    /**
     * {@return 0..255}
     *
     * @param offset any offset in the region
     */
    public abstract int getByte(long offset);

    /**
     * Stores a byte.
     *
     * @param offset any offset in the region
     * @param value its low 8 bits are stored
     */
    public abstract void putByte(long offset, int value);

    /**
     * {@return 0..65535}
     *
     * @param offset any offset; need not be aligned
     */
    public abstract int getLe16(long offset);

    /**
     * Stores 16 bits.
     *
     * @param offset any offset; need not be aligned
     * @param value its low 16 bits are stored
     */
    public abstract void putLe16(long offset, int value);

    /**
     * {@return the 32 bits}
     *
     * @param offset any offset; need not be aligned
     */
    public abstract int getLe32(long offset);

    /**
     * Stores 32 bits.
     *
     * @param offset any offset; need not be aligned
     * @param value the 32 bits
     */
    public abstract void putLe32(long offset, int value);

    /**
     * {@return the 64 bits}
     *
     * @param offset any offset; need not be aligned
     */
    public abstract long getLe64(long offset);

    /**
     * Stores 64 bits.
     *
     * @param offset any offset; need not be aligned
     * @param value the 64 bits
     */
    public abstract void putLe64(long offset, long value);

    /**
     * Copies bytes out of the region.
     *
     * @param offset first byte in the region
     * @param destination where to
     * @param destinationIndex first byte in the array
     * @param lengthBytes how many
     */
    public abstract void getBytes(long offset, byte[] destination, int destinationIndex, int lengthBytes);

    /**
     * Copies bytes into the region.
     *
     * @param offset first byte in the region
     * @param source where from
     * @param sourceIndex first byte in the array
     * @param lengthBytes how many
     */
    public abstract void putBytes(long offset, byte[] source, int sourceIndex, int lengthBytes);

    /**
     * Copies little-endian 32-bit values into the region, for example the pixels of an image.
     *
     * @param offset first byte in the region; need not be aligned
     * @param source where from
     * @param sourceIndex first element of the array
     * @param count how many elements of 4 bytes
     */
    public abstract void putLe32s(long offset, int[] source, int sourceIndex, int count);

    /**
     * Copies little-endian 32-bit values out of the region.
     *
     * @param offset first byte in the region; need not be aligned
     * @param destination where to
     * @param destinationIndex first element of the array
     * @param count how many elements of 4 bytes
     */
    public abstract void getLe32s(long offset, int[] destination, int destinationIndex, int count);

    /**
     * Copies bytes from this region to another, or within this one (overlapping ranges are copied as if through a
     * temporary; so are those of two regions over the same memory where neither range reaches over a window).
     *
     * @param offset first byte here
     * @param destination the other region
     * @param destinationOffset first byte there
     * @param lengthBytes how many
     */
    public abstract void copyTo(long offset, SharedMemory destination, long destinationOffset, long lengthBytes);

    /**
     * Fills a range with one byte.
     *
     * @param offset first byte
     * @param lengthBytes how many
     * @param value its low 8 bits
     */
    public abstract void fill(long offset, long lengthBytes, int value);

    /**
     * Makes a little-endian view of a range for channels and other users of NIO. Allocates: not for the hot path.
     *
     * <p>The range must lie in one window, since no byte buffer reaches over two. A region of less than 2 GiB that was
     * allocated or made of one buffer is one window. The pieces of a {@link GuestMemory} and the buffers of a
     * {@link DmaArena} that are not longer than a window never straddle two.
     *
     * @param offset first byte
     * @param lengthBytes how many, at most {@link #viewableBytes}
     * @return a direct buffer whose position is 0 and whose limit is the length; it keeps the memory alive
     * @throws IllegalArgumentException if the range reaches into another window
     */
    public abstract ByteBuffer view(long offset, int lengthBytes);

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "[0x" + Long.toHexString(guestAddress) + ", " + lengthBytes + " bytes]";
    }
}
