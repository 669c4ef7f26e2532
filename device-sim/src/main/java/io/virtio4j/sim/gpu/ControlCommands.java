// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.DisplaySource;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuBlobLayout;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuEdidLayout;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuLayout.AttachBacking;
import io.virtio4j.wire.GpuLayout.CapsetInfo;
import io.virtio4j.wire.GpuLayout.Create2d;
import io.virtio4j.wire.GpuLayout.Flush;
import io.virtio4j.wire.GpuLayout.ResourceOnly;
import io.virtio4j.wire.GpuLayout.SetScanout;
import io.virtio4j.wire.GpuLayout.Transfer2d;
import io.virtio4j.wire.GpuResponse;

/**
 * The commands of the control queue. VirtIO 1.2, 5.7.6.8 Device Operation: controlq.
 *
 * <p>The specification names the error codes and seldom says which of them a mistake earns. Here:
 *
 * <ul>
 *   <li>INVALID_RESOURCE_ID: no such resource; for RESOURCE_CREATE_2D and RESOURCE_CREATE_BLOB, id 0 or one that is taken
 *   <li>INVALID_SCANOUT_ID: no such scanout
 *   <li>OUT_OF_MEMORY: a limit of the host
 *   <li>INVALID_PARAMETER: a request too short for its fields, an unknown format, a size of 0, a rectangle or an offset
 *       that leads outside, a backing entry outside guest memory, a capability set (there are none), a blob of other memory than
 *       the guest's, with unknown flags, of a size that is not aligned, longer than its backing, or to be exported although
 *       it is not for other devices, a picture that does not lie in its blob
 *   <li>UNSPEC: a command that this device does not have or whose feature was not negotiated, a transfer without backing, a
 *       blob without backing to be shown, a second backing, no backing to detach, a command for the other kind of resource
 * </ul>
 *
 * <p>A command that fails changes nothing.
 */
final class ControlCommands implements Commands {
    private static final int UNKNOWN = -1;

    private final DisplaySource displays;
    private final ResourceTable resources;
    private final ScanoutTable scanouts;
    private final int blobAlignmentBytes;
    private final MemEntries entries = new MemEntries();
    private final BlobCommands blobs;
    private final Rect rect = new Rect();
    private Features negotiated = Features.NONE;

    ControlCommands(DisplaySource displays, ResourceTable resources, ScanoutTable scanouts, int blobAlignmentBytes) {
        this.displays = displays;
        this.blobAlignmentBytes = blobAlignmentBytes;
        this.blobs = new BlobCommands(resources, scanouts, entries);
        this.resources = resources;
        this.scanouts = scanouts;
    }

    /** Tells which commands there are from now on. */
    void start(Features features) {
        negotiated = features;
    }

    @Override
    public int execute(Request request, Response response) {
        int fixedBytes = fixedBytes(request.type());
        if (fixedBytes == UNKNOWN || !isNegotiated(request.type())) {
            return GpuResponse.ERR_UNSPEC;
        }
        if (request.lengthBytes() < fixedBytes) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        return switch (request.type()) {
            case GpuCommand.GET_DISPLAY_INFO -> displayInfo(response);
            case GpuCommand.RESOURCE_CREATE_2D -> create2d(request);
            case GpuCommand.RESOURCE_UNREF -> unref(request);
            case GpuCommand.SET_SCANOUT -> setScanout(request);
            case GpuCommand.RESOURCE_FLUSH -> flush(request);
            case GpuCommand.TRANSFER_TO_HOST_2D -> transferToHost2d(request);
            case GpuCommand.RESOURCE_ATTACH_BACKING -> attachBacking(request);
            case GpuCommand.RESOURCE_DETACH_BACKING -> detachBacking(request);
            case GpuCommand.GET_EDID -> edid(request, response);
            case GpuCommand.RESOURCE_ASSIGN_UUID -> assignUuid(request, response);
            case GpuCommand.RESOURCE_CREATE_BLOB -> blobs.create(request, alignmentBytes());
            case GpuCommand.SET_SCANOUT_BLOB -> blobs.setScanout(request);
            // num_capsets is 0: every index and every id is out of range.
            default -> GpuResponse.ERR_INVALID_PARAMETER;
        };
    }

    /** What the fields of a command take, or UNKNOWN if this device does not have the command. */
    private static int fixedBytes(int type) {
        return switch (type) {
            case GpuCommand.GET_DISPLAY_INFO -> GpuHeader.LENGTH_BYTES;
            case GpuCommand.RESOURCE_CREATE_2D -> Create2d.LENGTH_BYTES;
            case GpuCommand.RESOURCE_UNREF, GpuCommand.RESOURCE_DETACH_BACKING, GpuCommand.RESOURCE_ASSIGN_UUID ->
                ResourceOnly.LENGTH_BYTES;
            case GpuCommand.SET_SCANOUT -> SetScanout.LENGTH_BYTES;
            case GpuCommand.RESOURCE_FLUSH -> Flush.LENGTH_BYTES;
            case GpuCommand.TRANSFER_TO_HOST_2D -> Transfer2d.LENGTH_BYTES;
            case GpuCommand.RESOURCE_ATTACH_BACKING -> AttachBacking.LENGTH_BYTES;
            case GpuCommand.GET_CAPSET_INFO, GpuCommand.GET_CAPSET -> CapsetInfo.LENGTH_BYTES;
            case GpuCommand.GET_EDID -> GpuEdidLayout.REQUEST_BYTES;
            case GpuCommand.RESOURCE_CREATE_BLOB -> GpuBlobLayout.Create.LENGTH_BYTES;
            case GpuCommand.SET_SCANOUT_BLOB -> GpuBlobLayout.SetScanout.LENGTH_BYTES;
            default -> UNKNOWN;
        };
    }

    private boolean isNegotiated(int type) {
        return switch (type) {
            case GpuCommand.GET_EDID -> negotiated.has(GpuFeatureBits.EDID);
            case GpuCommand.RESOURCE_ASSIGN_UUID -> negotiated.has(GpuFeatureBits.RESOURCE_UUID);
            case GpuCommand.RESOURCE_CREATE_BLOB, GpuCommand.SET_SCANOUT_BLOB ->
                negotiated.has(GpuFeatureBits.RESOURCE_BLOB);
            default -> true;
        };
    }

    private int alignmentBytes() {
        return negotiated.has(GpuFeatureBits.BLOB_ALIGNMENT) ? blobAlignmentBytes : 1;
    }

    private int displayInfo(Response response) {
        response.beginDisplayInfo();
        for (int i = 0; i < scanouts.count(); i++) {
            response.putDisplay(i, displays.mode(i));
        }
        return GpuResponse.OK_DISPLAY_INFO;
    }

    private int edid(Request request, Response response) {
        long scanoutId = request.u32(GpuEdidLayout.SCANOUT_ID);
        if (scanoutId >= scanouts.count()) {
            return GpuResponse.ERR_INVALID_SCANOUT_ID;
        }
        response.putEdid(Edid.of((int) scanoutId, displays.mode((int) scanoutId)));
        return GpuResponse.OK_EDID;
    }

    private int assignUuid(Request request, Response response) {
        GpuResource resource = resources.find(request.le32(ResourceOnly.RESOURCE_ID));
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        if (!resource.isExportable()) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        response.putUuid(resource.uuid());
        return GpuResponse.OK_RESOURCE_UUID;
    }

    private int create2d(Request request) {
        return resources.create(
                request.le32(Create2d.RESOURCE_ID),
                request.le32(Create2d.FORMAT),
                request.u32(Create2d.WIDTH),
                request.u32(Create2d.HEIGHT));
    }

    private int unref(Request request) {
        int id = request.le32(ResourceOnly.RESOURCE_ID);
        GpuResource resource = resources.find(id);
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        scanouts.release(resource);
        resources.remove(id, resource);
        return GpuResponse.OK_NODATA;
    }

    private int setScanout(Request request) {
        long scanoutId = request.u32(SetScanout.SCANOUT_ID);
        if (scanoutId >= scanouts.count()) {
            return GpuResponse.ERR_INVALID_SCANOUT_ID;
        }
        int id = request.le32(SetScanout.RESOURCE_ID);
        if (id == 0) {
            scanouts.turnOff((int) scanoutId);
            return GpuResponse.OK_NODATA;
        }
        GpuResource resource = resources.find(id);
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        request.rect(SetScanout.RECT, rect);
        if (!(resource instanceof Resource2d resource2d)) {
            return GpuResponse.ERR_UNSPEC;
        }
        if (rect.isEmpty() || !resource2d.covers(rect)) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        scanouts.show((int) scanoutId, resource2d, rect);
        return GpuResponse.OK_NODATA;
    }

    private int flush(Request request) {
        GpuResource resource = resources.find(request.le32(Flush.RESOURCE_ID));
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        request.rect(Flush.RECT, rect);
        // A blob has no size in pixels: each scanout takes what it shows.
        if (resource instanceof Resource2d resource2d && !resource2d.covers(rect)) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        scanouts.flush(resource, rect);
        return GpuResponse.OK_NODATA;
    }

    private int transferToHost2d(Request request) {
        GpuResource resource = resources.find(request.le32(Transfer2d.RESOURCE_ID));
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        Backing backing = resource.backing();
        if (backing == null) {
            return GpuResponse.ERR_UNSPEC;
        }
        if (!(resource instanceof Resource2d resource2d)) {
            // A blob's pixels are its pages: they are there already. Linux transfers dumb buffers of either kind.
            return GpuResponse.OK_NODATA;
        }
        request.rect(Transfer2d.RECT, rect);
        return resource2d.covers(rect) && resource2d.transfer(backing, request.le64(Transfer2d.OFFSET), rect)
                ? GpuResponse.OK_NODATA
                : GpuResponse.ERR_INVALID_PARAMETER;
    }

    private int attachBacking(Request request) {
        GpuResource resource = resources.find(request.le32(AttachBacking.RESOURCE_ID));
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        if (resource.backing() != null) {
            return GpuResponse.ERR_UNSPEC;
        }
        long count = request.u32(AttachBacking.NR_ENTRIES);
        if (count == 0 || !MemEntries.fit(request, AttachBacking.LENGTH_BYTES, count)) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        if (!resources.hasRoomForBacking(count)) {
            return GpuResponse.ERR_OUT_OF_MEMORY;
        }
        Backing backing = entries.read(request, AttachBacking.LENGTH_BYTES, count);
        if (backing == null || !resource.takesBacking(backing.lengthBytes())) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        resources.attach(resource, backing, count);
        return GpuResponse.OK_NODATA;
    }

    private int detachBacking(Request request) {
        GpuResource resource = resources.find(request.le32(ResourceOnly.RESOURCE_ID));
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        if (resource.backing() == null) {
            return GpuResponse.ERR_UNSPEC;
        }
        if (resource instanceof BlobResource) {
            // What it showed are those pages, and they are the driver's alone now.
            scanouts.release(resource);
        }
        resources.detach(resource);
        return GpuResponse.OK_NODATA;
    }
}
