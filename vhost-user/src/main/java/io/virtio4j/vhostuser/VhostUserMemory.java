// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.vhostuser.message.MemoryRegion;
import io.virtio4j.vhostuser.message.RequestCode;
import io.virtio4j.vhostuser.os.Fd;
import io.virtio4j.vhostuser.os.Mapping;
import io.virtio4j.vhostuser.os.MemoryFile;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory that a driver shares with a device in another process: one file without a name, of which regions are mapped here and
 * there. Its length is sealed, so that neither process can take it from under the other.
 *
 * <p>Any thread may use the regions. Close it when no transport uses it any more: what lies in it is gone then, and what is still
 * written to a region of it is lost and does no harm.
 */
public final class VhostUserMemory implements AutoCloseable {
    private final MemoryFile file;
    private final List<Placed> placed = new ArrayList<>();
    private final GuestMemory memory;

    /**
     * Where a region lies.
     *
     * @param guestAddress what descriptors name its first byte by, not negative
     * @param lengthBytes how long it is, more than 0
     * @param fileOffset where it begins in the file, a multiple of 4096
     */
    public record Region(long guestAddress, long lengthBytes, long fileOffset) {
        private static final int PAGE_BYTES = 4096;

        /**
         * Checks the ranges.
         *
         * @param guestAddress not negative
         * @param lengthBytes more than 0
         * @param fileOffset a multiple of 4096
         * @throws IllegalArgumentException if one is out of its range
         */
        public Region {
            if (guestAddress < 0
                    || lengthBytes <= 0
                    || guestAddress > Long.MAX_VALUE - lengthBytes
                    || fileOffset < 0
                    || fileOffset % PAGE_BYTES != 0
                    || fileOffset > Long.MAX_VALUE - lengthBytes) {
                throw new IllegalArgumentException("no region has " + lengthBytes + " bytes at guest address "
                        + guestAddress + " and offset " + fileOffset + " of a file");
            }
        }
    }

    private record Placed(Region region, Mapping mapping) {}

    private VhostUserMemory(MemoryFile file, List<Region> regions) {
        this.file = file;
        try {
            for (Region region : regions) {
                placed.add(new Placed(
                        region,
                        Mapping.of(file.fd(), region.fileOffset(), region.lengthBytes(), region.guestAddress())));
            }
            this.memory = GuestMemory.of(
                    placed.stream().map(one -> one.mapping().memory()).toArray(SharedMemory[]::new));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Makes memory of one region.
     *
     * @param lengthBytes how long it is
     * @param guestAddress of its first byte
     * @return the memory, all zeros
     */
    public static VhostUserMemory of(long lengthBytes, long guestAddress) {
        return of(List.of(new Region(guestAddress, lengthBytes, 0)));
    }

    /**
     * Makes memory of several regions of one file.
     *
     * @param regions 1 to 8, which is what every back-end takes; must not overlap in guest memory
     * @return the memory, all zeros
     * @throws IllegalArgumentException if there are none or too many, or two overlap
     * @throws java.io.UncheckedIOException if there is no room
     */
    public static VhostUserMemory of(List<Region> regions) {
        if (regions.isEmpty() || regions.size() > RequestCode.MAX_TABLE_REGIONS) {
            throw new IllegalArgumentException(
                    "memory has 1.." + RequestCode.MAX_TABLE_REGIONS + " regions, not " + regions.size());
        }
        long end = regions.stream()
                .mapToLong(region -> region.fileOffset() + region.lengthBytes())
                .max()
                .orElseThrow();
        return new VhostUserMemory(MemoryFile.create("virtio4j-guest", end), regions);
    }

    /** {@return the regions, for a driver and its arenas} */
    public GuestMemory memory() {
        return memory;
    }

    Fd fd() {
        return file.fd();
    }

    /** As they are told to a back-end. */
    List<MemoryRegion> regions() {
        return placed.stream()
                .map(one -> new MemoryRegion(
                        one.region().guestAddress(),
                        one.region().lengthBytes(),
                        one.mapping().userAddress(),
                        one.region().fileOffset()))
                .toList();
    }

    /** What the other side knows a guest address by. */
    long userAddress(long guestAddress) {
        for (Placed one : placed) {
            long offset = guestAddress - one.region().guestAddress();
            if (offset >= 0 && offset < one.region().lengthBytes()) {
                return one.mapping().userAddress() + offset;
            }
        }
        throw new IllegalArgumentException("guest address 0x" + Long.toHexString(guestAddress) + " lies in no region");
    }

    /** Gives the file up. Again does nothing. */
    @Override
    public void close() {
        placed.forEach(one -> one.mapping().release());
        file.close();
    }
}
