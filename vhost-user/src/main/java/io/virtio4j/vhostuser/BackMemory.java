// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.vhostuser.message.MemoryRegion;
import io.virtio4j.vhostuser.os.Fd;
import io.virtio4j.vhostuser.os.Mapping;
import io.virtio4j.vhostuser.os.SystemCallException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Guest memory as a back-end has been told of it: regions mapped here, known by two addresses. Descriptors hold guest addresses,
 * SET_VRING_ADDR those of the front-end's own process. An immutable value but for the mappings, which are let go of by name.
 */
final class BackMemory {
    static final BackMemory NONE = new BackMemory(List.of());

    private final List<Known> regions;
    private final @Nullable GuestMemory memory;

    private record Known(MemoryRegion region, Mapping mapping) {}

    private BackMemory(List<Known> regions) {
        this.regions = regions;
        this.memory = regions.isEmpty()
                ? null
                : GuestMemory.of(
                        regions.stream().map(one -> one.mapping().memory()).toArray(SharedMemory[]::new));
    }

    /** {@return all of it; missing if there is none} */
    @Nullable
    GuestMemory memory() {
        return memory;
    }

    int size() {
        return regions.size();
    }

    /** {@return new memory of these regions, each in its file} Nothing of it stays if it cannot be. */
    static BackMemory of(List<MemoryRegion> table, List<Fd> fds) {
        List<Known> mapped = new ArrayList<>();
        try {
            for (int i = 0; i < table.size(); i++) {
                mapped.add(map(table.get(i), fds.get(i)));
            }
            return new BackMemory(List.copyOf(mapped));
        } catch (IllegalArgumentException | SystemCallException e) {
            mapped.forEach(one -> one.mapping().release());
            throw new BadRequestException("no memory of " + table, e);
        }
    }

    private static Known map(MemoryRegion region, Fd fd) {
        if (region.userAddress() > -region.lengthBytes() && region.userAddress() < 0) {
            throw new IllegalArgumentException("it goes beyond the end of user addresses");
        }
        return new Known(region, Mapping.of(fd, region.fileOffset(), region.lengthBytes(), region.guestAddress()));
    }

    /** {@return this and a region} */
    BackMemory with(MemoryRegion region, Fd fd) {
        BackMemory added = of(List.of(region), List.of(fd));
        List<Known> more = new ArrayList<>(regions);
        more.addAll(added.regions);
        try {
            return new BackMemory(List.copyOf(more));
        } catch (IllegalArgumentException e) {
            added.release();
            throw new BadRequestException("cannot add " + region, e);
        }
    }

    /** {@return this less a region: the one of that place and length, whatever the offset in its file} */
    BackMemory without(MemoryRegion region) {
        List<Known> left = regions.stream()
                .filter(one -> one.region().guestAddress() != region.guestAddress()
                        || one.region().userAddress() != region.userAddress()
                        || one.region().lengthBytes() != region.lengthBytes())
                .toList();
        if (left.size() == regions.size()) {
            throw new BadRequestException("there is no " + region + " to take away");
        }
        return new BackMemory(left);
    }

    /** {@return the guest address of a place that SET_VRING_ADDR names} */
    long guestAddress(long userAddress) {
        for (Known one : regions) {
            long offset = userAddress - one.region().userAddress();
            if (offset >= 0 && offset < one.region().lengthBytes()) {
                return one.region().guestAddress() + offset;
            }
        }
        throw new BadRequestException("user address 0x" + Long.toHexString(userAddress) + " lies in no region");
    }

    /** Lets go of what the other does not have. */
    void releaseBut(BackMemory kept) {
        regions.stream()
                .filter(one -> !kept.regions.contains(one))
                .forEach(one -> one.mapping().release());
    }

    void release() {
        releaseBut(NONE);
    }
}
