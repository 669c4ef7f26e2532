// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.DisplaySource;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuLayout.AttachBacking;
import io.virtio4j.wire.GpuLayout.CapsetInfo;
import io.virtio4j.wire.GpuLayout.Create2d;
import io.virtio4j.wire.GpuLayout.Flush;
import io.virtio4j.wire.GpuLayout.MemEntry;
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
 *   <li>INVALID_RESOURCE_ID: no such resource; for RESOURCE_CREATE_2D, id 0 or one that is taken
 *   <li>INVALID_SCANOUT_ID: no such scanout
 *   <li>OUT_OF_MEMORY: a limit of the host
 *   <li>INVALID_PARAMETER: a request too short for its fields, an unknown format, a size of 0, a rectangle or an offset
 *       that leads outside, a backing entry outside guest memory, a capability set (there are none)
 *   <li>UNSPEC: a command that this device does not have, a transfer without backing, a second backing, no backing to
 *       detach
 * </ul>
 *
 * <p>A command that fails changes nothing.
 */
final class ControlCommands implements Commands {
    private static final int UNKNOWN = -1;
    private static final int ENTRIES_AT_ONCE = 256;

    private final DisplaySource displays;
    private final ResourceTable resources;
    private final ScanoutTable scanouts;
    private final SharedMemory entries = SharedMemory.allocate((long) ENTRIES_AT_ONCE * MemEntry.LENGTH_BYTES, 0);
    private final Rect rect = new Rect();

    ControlCommands(DisplaySource displays, ResourceTable resources, ScanoutTable scanouts) {
        this.displays = displays;
        this.resources = resources;
        this.scanouts = scanouts;
    }

    @Override
    public int execute(Request request, Response response) {
        int fixedBytes = fixedBytes(request.type());
        if (fixedBytes == UNKNOWN) {
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
            // num_capsets is 0: every index and every id is out of range.
            default -> GpuResponse.ERR_INVALID_PARAMETER;
        };
    }

    /** What the fields of a command take, or UNKNOWN if this device does not have the command. */
    private static int fixedBytes(int type) {
        return switch (type) {
            case GpuCommand.GET_DISPLAY_INFO -> GpuHeader.LENGTH_BYTES;
            case GpuCommand.RESOURCE_CREATE_2D -> Create2d.LENGTH_BYTES;
            case GpuCommand.RESOURCE_UNREF, GpuCommand.RESOURCE_DETACH_BACKING -> ResourceOnly.LENGTH_BYTES;
            case GpuCommand.SET_SCANOUT -> SetScanout.LENGTH_BYTES;
            case GpuCommand.RESOURCE_FLUSH -> Flush.LENGTH_BYTES;
            case GpuCommand.TRANSFER_TO_HOST_2D -> Transfer2d.LENGTH_BYTES;
            case GpuCommand.RESOURCE_ATTACH_BACKING -> AttachBacking.LENGTH_BYTES;
            case GpuCommand.GET_CAPSET_INFO, GpuCommand.GET_CAPSET -> CapsetInfo.LENGTH_BYTES;
            default -> UNKNOWN;
        };
    }

    private int displayInfo(Response response) {
        response.beginDisplayInfo();
        for (int i = 0; i < scanouts.count(); i++) {
            response.putDisplay(i, displays.mode(i));
        }
        return GpuResponse.OK_DISPLAY_INFO;
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
        Resource2d resource = resources.find(id);
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
        Resource2d resource = resources.find(id);
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        request.rect(SetScanout.RECT, rect);
        if (rect.isEmpty() || !resource.covers(rect)) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        scanouts.show((int) scanoutId, resource, rect);
        return GpuResponse.OK_NODATA;
    }

    private int flush(Request request) {
        Resource2d resource = resources.find(request.le32(Flush.RESOURCE_ID));
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        request.rect(Flush.RECT, rect);
        if (!resource.covers(rect)) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        scanouts.flush(resource, rect);
        return GpuResponse.OK_NODATA;
    }

    private int transferToHost2d(Request request) {
        Resource2d resource = resources.find(request.le32(Transfer2d.RESOURCE_ID));
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        Backing backing = resource.backing();
        if (backing == null) {
            return GpuResponse.ERR_UNSPEC;
        }
        request.rect(Transfer2d.RECT, rect);
        return resource.covers(rect) && resource.transfer(backing, request.le64(Transfer2d.OFFSET), rect)
                ? GpuResponse.OK_NODATA
                : GpuResponse.ERR_INVALID_PARAMETER;
    }

    private int attachBacking(Request request) {
        Resource2d resource = resources.find(request.le32(AttachBacking.RESOURCE_ID));
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        if (resource.backing() != null) {
            return GpuResponse.ERR_UNSPEC;
        }
        long count = request.u32(AttachBacking.NR_ENTRIES);
        long listBytes = request.lengthBytes() - AttachBacking.LENGTH_BYTES;
        if (count == 0 || count * MemEntry.LENGTH_BYTES > listBytes) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        if (!resources.hasRoomForBacking(count)) {
            return GpuResponse.ERR_OUT_OF_MEMORY;
        }
        Backing backing = new Backing(request.guestMemory());
        for (long done = 0; done < count; done += ENTRIES_AT_ONCE) {
            if (!addEntries(request, backing, done, (int) Math.min(count - done, ENTRIES_AT_ONCE))) {
                return GpuResponse.ERR_INVALID_PARAMETER;
            }
        }
        resources.attach(resource, backing, count);
        return GpuResponse.OK_NODATA;
    }

    private boolean addEntries(Request request, Backing backing, long first, int count) {
        long position = AttachBacking.LENGTH_BYTES + first * MemEntry.LENGTH_BYTES;
        request.copyTail(position, entries, (long) count * MemEntry.LENGTH_BYTES);
        for (int i = 0; i < count; i++) {
            long at = (long) i * MemEntry.LENGTH_BYTES;
            long address = entries.getLe64(at + MemEntry.ADDR);
            long lengthBytes = Integer.toUnsignedLong(entries.getLe32(at + MemEntry.LENGTH));
            if (!backing.add(address, lengthBytes)) {
                return false;
            }
        }
        return true;
    }

    private int detachBacking(Request request) {
        Resource2d resource = resources.find(request.le32(ResourceOnly.RESOURCE_ID));
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        if (resource.backing() == null) {
            return GpuResponse.ERR_UNSPEC;
        }
        resources.detach(resource);
        return GpuResponse.OK_NODATA;
    }
}
