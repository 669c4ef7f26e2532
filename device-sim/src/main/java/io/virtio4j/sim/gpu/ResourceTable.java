// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuResponse;
import java.util.Optional;
import org.agrona.collections.Int2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** The resources by id, and what they cost the host. */
final class ResourceTable {
    /** The largest region that can be allocated. */
    private static final long MAX_PIXEL_BYTES = Integer.MAX_VALUE - 8191;

    /** What one piece of a backing takes: a reference and two longs, rounded up. */
    private static final long ENTRY_COST_BYTES = 24;

    /** 4 GiB in pages of 4 KiB, more than the largest resource needs. */
    private static final long MAX_ENTRIES = 1 << 20;

    private final Int2ObjectHashMap<GpuResource> byId = new Int2ObjectHashMap<>();
    private final long maxHostBytes;
    private final int maxResources;
    private long hostBytes;
    private long borrowedBytes;

    ResourceTable(long maxHostBytes, int maxResources) {
        this.maxHostBytes = maxHostBytes;
        this.maxResources = maxResources;
    }

    @Nullable
    GpuResource find(int id) {
        return byId.get(id);
    }

    /**
     * Makes a resource of zeros.
     *
     * @param id any 32 bits
     * @param formatCode as the driver gave it
     * @param width unsigned 32 bits
     * @param height unsigned 32 bits
     * @return the response's type
     */
    int create(int id, int formatCode, long width, long height) {
        if (!isFree(id)) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        Optional<GpuFormat> format = GpuFormat.ofCode(formatCode);
        if (format.isEmpty() || width == 0 || height == 0) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        long rowBytes = width * GpuFormat.BYTES_PER_PIXEL;
        // By division: the product of two 32-bit numbers and 4 does not fit into 64 bits.
        if (!hasRoomForOneMore() || rowBytes > Math.min(freeBytes(), MAX_PIXEL_BYTES) / height) {
            return GpuResponse.ERR_OUT_OF_MEMORY;
        }
        SharedMemory pixels = allocate(rowBytes * height);
        if (pixels == null) {
            return GpuResponse.ERR_OUT_OF_MEMORY;
        }
        add(id, new Resource2d(pixels, (int) width, (int) height, format.get()));
        return GpuResponse.OK_NODATA;
    }

    boolean isFree(int id) {
        return id != 0 && !byId.containsKey(id);
    }

    boolean hasRoomForOneMore() {
        return byId.size() < maxResources;
    }

    /** Adds a resource under an id that is free. */
    void add(int id, GpuResource resource) {
        hostBytes += resource.hostBytes();
        byId.put(id, resource);
    }

    /** Memory of zeros beside the resources, which counts like theirs; null if the host has not so much. */
    @Nullable
    SharedMemory borrow(long lengthBytes) {
        SharedMemory memory = lengthBytes <= Math.min(freeBytes(), MAX_PIXEL_BYTES) ? allocate(lengthBytes) : null;
        borrowedBytes += memory == null ? 0 : lengthBytes;
        return memory;
    }

    void giveBack(SharedMemory memory) {
        borrowedBytes -= memory.lengthBytes();
    }

    private long freeBytes() {
        return maxHostBytes - hostBytes - borrowedBytes;
    }

    /** The JVM has a limit of its own on memory outside the heap; to reach it is an answer, not a failure. */
    private static @Nullable SharedMemory allocate(long lengthBytes) {
        try {
            return SharedMemory.allocate(lengthBytes, 0);
        } catch (OutOfMemoryError e) {
            return null;
        }
    }

    void remove(int id, GpuResource resource) {
        detach(resource);
        hostBytes -= resource.hostBytes();
        byId.remove(id);
    }

    boolean hasRoomForBacking(long entries) {
        return entries <= MAX_ENTRIES && entries * ENTRY_COST_BYTES <= freeBytes();
    }

    void attach(GpuResource resource, Backing backing, long entries) {
        resource.attach(backing, entries * ENTRY_COST_BYTES);
        hostBytes += resource.backingCostBytes();
    }

    void detach(GpuResource resource) {
        hostBytes -= resource.backingCostBytes();
        resource.detach();
    }

    /** Destroys all; what was borrowed is still to be given back. */
    void clear() {
        byId.clear();
        hostBytes = 0;
    }
}
