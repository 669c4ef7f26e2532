// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import java.util.Arrays;
import java.util.Comparator;

/**
 * The guest's physical memory as a device sees it: regions at guest addresses, with holes between them.
 *
 * <p>Immutable, so any thread may use it. Two regions may touch: a buffer may then straddle both and is walked piece by
 * piece. Nothing here throws for an address: what a driver wrote is untrusted, and a bad address is an answer.
 *
 * <pre>
 *   for (long done = 0; done &lt; length; done += piece) {
 *       int region = memory.regionIndex(address + done);          // BAD_ADDRESS: stop
 *       piece = memory.contiguousBytes(region, address + done, length - done);
 *       ... memory.region(region) at offset address + done - memory.region(region).guestAddress() ...
 *   }
 * </pre>
 */
public final class GuestMemory {
    /** The answer for an address that lies in no region. */
    public static final int BAD_ADDRESS = -1;

    private final SharedMemory[] regions;
    private final long[] starts;
    private final long[] ends;
    private final long[] windowMasks;

    private GuestMemory(SharedMemory[] regions) {
        this.regions = regions;
        this.starts = new long[regions.length];
        this.ends = new long[regions.length];
        this.windowMasks = new long[regions.length];
        for (int i = 0; i < regions.length; i++) {
            starts[i] = regions[i].guestAddress();
            ends[i] = starts[i] + regions[i].lengthBytes();
            windowMasks[i] = regions[i].windowBytes() - 1;
            if (i > 0 && starts[i] < ends[i - 1]) {
                throw new IllegalArgumentException("regions overlap: " + regions[i - 1] + " and " + regions[i]);
            }
        }
    }

    /**
     * Builds the map.
     *
     * @param regions in any order; must not overlap
     * @return the map
     * @throws IllegalArgumentException if there is no region or two overlap
     */
    public static GuestMemory of(SharedMemory... regions) {
        if (regions.length == 0) {
            throw new IllegalArgumentException("guest memory needs at least one region");
        }
        SharedMemory[] sorted = regions.clone();
        Arrays.sort(sorted, Comparator.comparingLong(SharedMemory::guestAddress));
        return new GuestMemory(sorted);
    }

    /** {@return how many regions there are} */
    public int regionCount() {
        return regions.length;
    }

    /**
     * {@return the region}
     *
     * @param regionIndex 0 up to {@link #regionCount()}, in the order of their guest addresses
     */
    public SharedMemory region(int regionIndex) {
        return regions[regionIndex];
    }

    /**
     * Finds the region that holds an address.
     *
     * @param address any 64 bits; taken as unsigned
     * @return the region's index, or {@link #BAD_ADDRESS}
     */
    public int regionIndex(long address) {
        int low = 0;
        int high = regions.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (address < starts[middle]) {
                high = middle - 1;
            } else if (address >= ends[middle]) {
                low = middle + 1;
            } else {
                return middle;
            }
        }
        return BAD_ADDRESS;
    }

    /**
     * Tells how much of a buffer lies in one window of one region, without a gap, from its start: a piece that {@link
     * SharedMemory#view} can show.
     *
     * @param regionIndex the region that holds the address
     * @param address the buffer's first byte
     * @param lengthBytes the buffer's length, not negative
     * @return at least 1 and at most {@code lengthBytes}, in bytes (0 for an empty buffer)
     */
    public long contiguousBytes(int regionIndex, long address, long lengthBytes) {
        long mask = windowMasks[regionIndex];
        long leftInWindow = mask + 1 - ((address - starts[regionIndex]) & mask);
        return Math.min(lengthBytes, Math.min(ends[regionIndex] - address, leftInWindow));
    }

    /**
     * Tells where the window begins that holds an address.
     *
     * @param regionIndex the region that holds the address
     * @param address in that region
     * @return the guest address of the window's first byte
     */
    public long windowStart(int regionIndex, long address) {
        return address - ((address - starts[regionIndex]) & windowMasks[regionIndex]);
    }

    /**
     * Finds the one region that holds all of a range, as the parts of a queue must lie.
     *
     * @param address first byte; any 64 bits
     * @param lengthBytes length of the range, not negative
     * @return the region's index, or {@link #BAD_ADDRESS} when the range is not within one region
     */
    public int regionIndexOfWhole(long address, long lengthBytes) {
        int index = regionIndex(address);
        return index != BAD_ADDRESS && lengthBytes <= ends[index] - address ? index : BAD_ADDRESS;
    }
}
