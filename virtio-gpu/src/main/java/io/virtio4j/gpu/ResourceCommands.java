// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.wire.GpuBlobLayout;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuLayout.AttachBacking;
import io.virtio4j.wire.GpuLayout.Create2d;
import io.virtio4j.wire.GpuLayout.MemEntry;
import io.virtio4j.wire.GpuLayout.ResourceOnly;
import io.virtio4j.wire.GpuLayout.ResourceUuid;
import io.virtio4j.wire.GpuResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.agrona.collections.Int2ObjectHashMap;

/** Makes resources and gives them back, and knows those that there are. */
final class ResourceCommands {
    private final GpuSession session;
    private final CommandQueue control;
    private final Int2ObjectHashMap<GpuResource> resources = new Int2ObjectHashMap<>();
    private int lastResourceId;

    ResourceCommands(GpuSession session) {
        this.session = session;
        this.control = session.control();
    }

    void use(GpuResource resource) {
        control.check();
        resource.check(session);
    }

    Resource create2d(GpuFormat format, int width, int height) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("a resource has at least one pixel, not " + width + "x" + height);
        }
        CommandSlot slot = control.begin(GpuCommand.RESOURCE_CREATE_2D);
        int id = nextResourceId();
        slot.putLe32(Create2d.RESOURCE_ID, id);
        slot.putLe32(Create2d.FORMAT, format.code());
        slot.putLe32(Create2d.WIDTH, width);
        slot.putLe32(Create2d.HEIGHT, height);
        control.run(slot, Create2d.LENGTH_BYTES);
        Resource resource = new Resource(session, id, format, width, height);
        resources.put(id, resource);
        return resource;
    }

    BlobResource createBlob(Backing backing, Set<BlobUse> uses) {
        session.checkFeature(GpuFeatureBits.RESOURCE_BLOB, "RESOURCE_BLOB");
        long alignment = session.blobAlignmentBytes();
        if (alignment == 0) {
            throw new IllegalStateException("no blobs: the device gives no alignment that could be kept");
        }
        if (backing.lengthBytes() % alignment != 0) {
            throw new IllegalArgumentException(
                    "a blob's length is a multiple of " + alignment + " bytes with this device: " + backing);
        }
        CommandSlot slot =
                beginWithEntries(GpuCommand.RESOURCE_CREATE_BLOB, GpuBlobLayout.Create.LENGTH_BYTES, backing);
        int id = nextResourceId();
        slot.putLe32(GpuBlobLayout.Create.RESOURCE_ID, id);
        slot.putLe32(GpuBlobLayout.Create.BLOB_MEM, GpuBlobLayout.MEM_GUEST);
        int flags = 0;
        for (BlobUse use : uses) {
            flags |= use.flag();
        }
        slot.putLe32(GpuBlobLayout.Create.BLOB_FLAGS, flags);
        slot.putLe32(GpuBlobLayout.Create.NR_ENTRIES, backing.pieces().size());
        slot.putLe64(GpuBlobLayout.Create.SIZE, backing.lengthBytes());
        BlobResource blob = new BlobResource(session, id, backing.lengthBytes(), uses);
        // On record before it is sent: if the answer is late the memory is the device's all the same.
        resources.put(id, blob);
        runWithEntries(slot, GpuBlobLayout.Create.LENGTH_BYTES, blob, backing);
        return blob;
    }

    /** The next number, so that an id whose fate is unknown (its command timed out) is not used again. */
    private int nextResourceId() {
        do {
            lastResourceId++;
        } while (lastResourceId == 0 || resources.containsKey(lastResourceId));
        return lastResourceId;
    }

    void unref(GpuResource resource) {
        use(resource);
        // Commands in flight may still read its backing, be they frames or such that timed out.
        control.settle();
        CommandSlot slot = control.begin(GpuCommand.RESOURCE_UNREF);
        slot.putLe32(ResourceOnly.RESOURCE_ID, resource.id());
        resource.retire();
        control.run(slot, ResourceOnly.LENGTH_BYTES);
        resource.detached();
        resources.remove(resource.id());
    }

    void attachBacking(GpuResource resource, Backing backing) {
        use(resource);
        if (resource.hasBacking()) {
            throw new IllegalStateException(resource + " has a backing already");
        }
        if (resource instanceof BlobResource && backing.lengthBytes() != resource.lengthBytes()) {
            throw new IllegalArgumentException(backing + " does not have the length of " + resource);
        }
        CommandSlot slot = beginWithEntries(GpuCommand.RESOURCE_ATTACH_BACKING, AttachBacking.LENGTH_BYTES, backing);
        slot.putLe32(AttachBacking.RESOURCE_ID, resource.id());
        slot.putLe32(AttachBacking.NR_ENTRIES, backing.pieces().size());
        runWithEntries(slot, AttachBacking.LENGTH_BYTES, resource, backing);
    }

    /** Pins the backing and begins a command that lists its pieces behind a fixed part. */
    private CommandSlot beginWithEntries(int type, int fixedBytes, Backing backing) {
        // First what can be refused: a slot that was begun is sent.
        backing.pin();
        CommandSlot slot;
        try {
            slot = control.beginLong(type, fixedBytes + backing.entriesBytes());
        } catch (RuntimeException e) {
            backing.unpin();
            throw e;
        }
        List<Backing.Piece> pieces = backing.pieces();
        int at = fixedBytes;
        for (Backing.Piece piece : pieces) {
            slot.putLe64(at + MemEntry.ADDR, piece.guestAddress());
            slot.putLe32(at + MemEntry.LENGTH, (int) piece.lengthBytes());
            at += MemEntry.LENGTH_BYTES;
        }
        return slot;
    }

    private void runWithEntries(CommandSlot slot, int fixedBytes, GpuResource resource, Backing backing) {
        // From the moment it is sent until the device says no, it counts as attached: the device may read it.
        resource.attached(backing);
        try {
            control.run(slot, fixedBytes + backing.entriesBytes());
        } catch (GpuCommandException e) {
            resource.detached();
            if (slot.type() == GpuCommand.RESOURCE_CREATE_BLOB) {
                resources.remove(resource.id());
            }
            throw e;
        }
    }

    void detachBacking(GpuResource resource) {
        use(resource);
        if (!resource.hasBacking()) {
            throw new IllegalStateException(resource + " has no backing");
        }
        control.settle();
        CommandSlot slot = control.begin(GpuCommand.RESOURCE_DETACH_BACKING);
        slot.putLe32(ResourceOnly.RESOURCE_ID, resource.id());
        control.run(slot, ResourceOnly.LENGTH_BYTES);
        resource.detached();
    }

    UUID uuid(GpuResource resource) {
        use(resource);
        session.checkFeature(GpuFeatureBits.RESOURCE_UUID, "RESOURCE_UUID");
        if (resource instanceof BlobResource blob && !blob.uses().contains(BlobUse.CROSS_DEVICE)) {
            throw new IllegalStateException(blob + " was made without " + BlobUse.CROSS_DEVICE);
        }
        return resource.uuid().orElseGet(() -> askForUuid(resource));
    }

    private UUID askForUuid(GpuResource resource) {
        CommandSlot slot = control.begin(GpuCommand.RESOURCE_ASSIGN_UUID);
        slot.putLe32(ResourceOnly.RESOURCE_ID, resource.id());
        control.run(slot, ResourceOnly.LENGTH_BYTES, GpuResponse.OK_RESOURCE_UUID, ResourceUuid.LENGTH_BYTES);
        byte[] bytes = new byte[ResourceUuid.UUID_BYTES];
        slot.responseBytes(ResourceUuid.UUID, bytes);
        // Most significant byte first, as ByteBuffer reads.
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        UUID uuid = new UUID(buffer.getLong(), buffer.getLong());
        resource.assigned(uuid);
        return uuid;
    }

    /** The device was reset: it holds nothing any more. */
    void forgetAll() {
        resources.values().forEach(GpuResource::detached);
        resources.clear();
    }
}
