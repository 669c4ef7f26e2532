// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.wire.GpuBlobLayout;
import io.virtio4j.wire.GpuBlobLayout.Create;
import io.virtio4j.wire.GpuBlobLayout.SetScanout;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuResponse;
import java.util.Optional;

/**
 * The commands for blobs of the guest's memory, called by {@link ControlCommands}, which says what each error code means.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq.
 */
final class BlobCommands {
    private static final int KNOWN_FLAGS =
            GpuBlobLayout.FLAG_USE_MAPPABLE | GpuBlobLayout.FLAG_USE_SHAREABLE | GpuBlobLayout.FLAG_USE_CROSS_DEVICE;

    private final ResourceTable resources;
    private final ScanoutTable scanouts;
    private final MemEntries entries;
    private final Rect rect = new Rect();

    BlobCommands(ResourceTable resources, ScanoutTable scanouts, MemEntries entries) {
        this.resources = resources;
        this.scanouts = scanouts;
        this.entries = entries;
    }

    /** Without entries, the pages are attached later. The blob's id within a rendering context says nothing here. */
    int create(Request request, int alignmentBytes) {
        int id = request.le32(Create.RESOURCE_ID);
        if (!resources.isFree(id)) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        int flags = request.le32(Create.BLOB_FLAGS);
        long sizeBytes = request.le64(Create.SIZE);
        long count = request.u32(Create.NR_ENTRIES);
        // The host has no memory to make blobs of: that takes VIRGL.
        if (request.le32(Create.BLOB_MEM) != GpuBlobLayout.MEM_GUEST
                || (flags & ~KNOWN_FLAGS) != 0
                || sizeBytes <= 0
                || sizeBytes % alignmentBytes != 0
                || !MemEntries.fit(request, Create.LENGTH_BYTES, count)) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        if (!resources.hasRoomForOneMore() || !resources.hasRoomForBacking(count)) {
            return GpuResponse.ERR_OUT_OF_MEMORY;
        }
        BlobResource blob = new BlobResource(sizeBytes, flags);
        if (count > 0) {
            Backing pages = entries.read(request, Create.LENGTH_BYTES, count);
            if (pages == null || !blob.takesBacking(pages.lengthBytes())) {
                return GpuResponse.ERR_INVALID_PARAMETER;
            }
            resources.attach(blob, pages, count);
        }
        resources.add(id, blob);
        return GpuResponse.OK_NODATA;
    }

    int setScanout(Request request) {
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
        if (!(resource instanceof BlobResource blob)) {
            return GpuResponse.ERR_UNSPEC;
        }
        Backing pages = blob.backing();
        if (pages == null) {
            return GpuResponse.ERR_UNSPEC;
        }
        Optional<GpuFormat> format = GpuFormat.ofCode(request.le32(SetScanout.FORMAT));
        request.rect(SetScanout.RECT, rect);
        if (format.isEmpty()) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        BlobPicture picture = new BlobPicture(
                format.get(),
                request.u32(SetScanout.WIDTH),
                request.u32(SetScanout.HEIGHT),
                request.u32(SetScanout.STRIDES),
                request.u32(SetScanout.OFFSETS));
        if (!picture.isWithin(blob.sizeBytes()) || rect.isEmpty() || !picture.covers(rect)) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        return scanouts.show((int) scanoutId, blob, pages, picture, rect)
                ? GpuResponse.OK_NODATA
                : GpuResponse.ERR_OUT_OF_MEMORY;
    }
}
