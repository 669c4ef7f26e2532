// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.os;

import com.sun.jna.Pointer;
import io.virtio4j.memory.SharedMemory;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A range of a file, mapped as a region of guest memory.
 *
 * <p>Nobody can be left with an address that leads nowhere: {@link #release} puts memory of nobody's in the place of the file at
 * once, and the addresses go when no buffer refers to them any more, those that a region has given out included.
 */
public final class Mapping {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final int MAX_WINDOW_BYTES = 1 << 30;
    private static final int READ_WRITE = Linux.PROT_READ | Linux.PROT_WRITE;

    private final long address;
    private final long mappedBytes;
    private final long skippedBytes;
    private final SharedMemory memory;
    private boolean released;

    private Mapping(long address, long mappedBytes, long skippedBytes, long lengthBytes, long guestAddress) {
        this.address = address;
        this.mappedBytes = mappedBytes;
        this.skippedBytes = skippedBytes;
        this.memory = SharedMemory.wrap(windows(address, mappedBytes, skippedBytes, lengthBytes), guestAddress);
    }

    /**
     * Maps a range of a file.
     *
     * @param fd the file; may be closed afterwards
     * @param offset where the range begins, a multiple of 16
     * @param lengthBytes how long it is, more than 0
     * @param guestAddress of its first byte
     * @return the mapping
     * @throws IllegalArgumentException if the range is not within the file, or cannot be a region
     * @throws SystemCallException if it cannot be mapped
     */
    public static Mapping of(Fd fd, long offset, long lengthBytes, long guestAddress) {
        if (offset < 0 || lengthBytes <= 0 || guestAddress < 0 || guestAddress > Long.MAX_VALUE - lengthBytes) {
            throw new IllegalArgumentException("no region has " + lengthBytes + " bytes at offset " + offset
                    + " of a file and guest address 0x" + Long.toHexString(guestAddress));
        }
        long fileBytes = fd.lengthBytes();
        if (offset > fileBytes || lengthBytes > fileBytes - offset) {
            throw new IllegalArgumentException("a region of " + lengthBytes + " bytes at offset " + offset
                    + " is not within its file of " + fileBytes + " bytes");
        }
        long skipped = offset & (Linux.PAGE_BYTES - 1);
        long mapped = lengthBytes + skipped;
        fd.require("mmap");
        try {
            long address = SystemCalls.mmap(0, mapped, READ_WRITE, Linux.MAP_SHARED, fd.number(), offset - skipped);
            if (address == Linux.MAP_FAILED) {
                throw SystemCallException.of("mmap of " + mapped + " bytes at offset " + (offset - skipped));
            }
            try {
                return new Mapping(address, mapped, skipped, lengthBytes, guestAddress);
            } catch (RuntimeException e) {
                // Nothing has been made of it that outlives this: see windows().
                SystemCalls.munmap(address, mapped);
                throw e;
            }
        } finally {
            fd.leave();
        }
    }

    /** Of several, all but the last have the same length: a power of two. */
    private static List<ByteBuffer> windows(long address, long mappedBytes, long skippedBytes, long lengthBytes) {
        if ((skippedBytes & 15) != 0) {
            throw new IllegalArgumentException("a region begins at a multiple of 16 bytes of its file");
        }
        Pointer start = new Pointer(address + skippedBytes);
        int count = Math.toIntExact((lengthBytes - 1) / MAX_WINDOW_BYTES + 1);
        List<ByteBuffer> windows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long at = (long) i * MAX_WINDOW_BYTES;
            windows.add(start.getByteBuffer(at, Math.min(MAX_WINDOW_BYTES, lengthBytes - at)));
        }
        Addresses addresses = new Addresses(address, mappedBytes, new AtomicInteger(count));
        windows.forEach(window -> CLEANER.register(window, addresses));
        return windows;
    }

    /** Unmaps when run for the last window. Slices of a window keep it alive. */
    private record Addresses(long address, long mappedBytes, AtomicInteger left) implements Runnable {
        @Override
        public void run() {
            if (left.decrementAndGet() == 0) {
                SystemCalls.munmap(address, mappedBytes);
            }
        }
    }

    /** {@return the region} */
    public SharedMemory memory() {
        return memory;
    }

    /** {@return where the region begins in this process: what vhost-user calls a user address} */
    public long userAddress() {
        return address + skippedBytes;
    }

    /**
     * Lets go of the file: nothing that is read or written in the region from here on reaches it. Not while another thread
     * depends on its contents. Again does nothing.
     *
     * @throws SystemCallException if the kernel refuses; the file stays mapped until no buffer refers to it
     */
    public synchronized void release() {
        if (released) {
            return;
        }
        int flags = Linux.MAP_PRIVATE | Linux.MAP_ANONYMOUS | Linux.MAP_NORESERVE | Linux.MAP_FIXED;
        if (SystemCalls.mmap(address, mappedBytes, READ_WRITE, flags, -1, 0) == Linux.MAP_FAILED) {
            throw SystemCallException.of("mmap in the place of " + mappedBytes + " bytes");
        }
        released = true;
    }
}
