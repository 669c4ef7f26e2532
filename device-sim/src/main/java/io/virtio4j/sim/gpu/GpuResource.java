// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.PixelView;
import io.virtio4j.memory.SharedMemory;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a driver has made under an id of its choice, and the guest pages behind it. */
abstract sealed class GpuResource permits Resource2d, BlobResource {
    private @Nullable Backing backing;
    private long backingCostBytes;
    private @Nullable UUID uuid;

    @Nullable
    final Backing backing() {
        return backing;
    }

    /** What the list of entries costs the host; see {@link ResourceTable}. */
    final long backingCostBytes() {
        return backingCostBytes;
    }

    final void attach(Backing newBacking, long costBytes) {
        backing = newBacking;
        backingCostBytes = costBytes;
    }

    final void detach() {
        backing = null;
        backingCostBytes = 0;
    }

    /** The name under which it is exported, made when it is asked for first and kept. VirtIO 1.2, 2.11 Exporting Objects. */
    final UUID uuid() {
        UUID name = uuid;
        if (name == null) {
            name = UUID.randomUUID();
            uuid = name;
        }
        return name;
    }

    /** Whether other devices may be given it. */
    abstract boolean isExportable();

    /** What it takes of the host's memory, apart from its backing's list. */
    abstract long hostBytes();

    /** Whether pages of so many bytes may be put behind it. */
    abstract boolean takesBacking(long lengthBytes);

    /** Copies a cursor's image out of it; null if it holds none of that size. */
    abstract @Nullable PixelView copyCursorImage(SharedMemory into);
}
