// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.wire.GpuBlobLayout;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuLayout.SetScanout;

/** Says what the scanouts show. */
final class ScanoutCommands {
    private final GpuSession session;
    private final CommandQueue control;

    ScanoutCommands(GpuSession session) {
        this.session = session;
        this.control = session.control();
    }

    void set(int scanoutId, Resource resource, int x, int y, int width, int height) {
        resource.checkRect(x, y, width, height);
        checkShown(width, height);
        send(scanoutId, resource.id(), x, y, width, height);
    }

    void disable(int scanoutId) {
        send(scanoutId, 0, 0, 0, 0, 0);
    }

    private void send(int scanoutId, int resourceId, int x, int y, int width, int height) {
        session.checkScanout(scanoutId);
        CommandSlot slot = control.begin(GpuCommand.SET_SCANOUT);
        slot.putRect(SetScanout.RECT, x, y, width, height);
        slot.putLe32(SetScanout.SCANOUT_ID, scanoutId);
        slot.putLe32(SetScanout.RESOURCE_ID, resourceId);
        control.run(slot, SetScanout.LENGTH_BYTES);
    }

    void setBlob(int scanoutId, BlobResource blob, BlobImage image, int x, int y, int width, int height) {
        session.checkScanout(scanoutId);
        blob.checkHolds(image);
        blob.checkRect(x, y, width, height, image.width(), image.height());
        checkShown(width, height);
        CommandSlot slot = control.begin(GpuCommand.SET_SCANOUT_BLOB);
        slot.putRect(GpuBlobLayout.SetScanout.RECT, x, y, width, height);
        slot.putLe32(GpuBlobLayout.SetScanout.SCANOUT_ID, scanoutId);
        slot.putLe32(GpuBlobLayout.SetScanout.RESOURCE_ID, blob.id());
        slot.putLe32(GpuBlobLayout.SetScanout.WIDTH, image.width());
        slot.putLe32(GpuBlobLayout.SetScanout.HEIGHT, image.height());
        slot.putLe32(GpuBlobLayout.SetScanout.FORMAT, image.format().code());
        slot.putLe32(GpuBlobLayout.SetScanout.STRIDES, image.strideBytes());
        slot.putLe32(GpuBlobLayout.SetScanout.OFFSETS, image.offsetBytes());
        control.run(slot, GpuBlobLayout.SetScanout.LENGTH_BYTES);
        blob.shown(image);
    }

    private static void checkShown(int width, int height) {
        if (width == 0 || height == 0) {
            throw new IllegalArgumentException("a scanout shows at least one pixel, not " + width + "x" + height);
        }
    }
}
