// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.sim.gpu.Messages.MemEntry;
import io.virtio4j.sim.gpu.Messages.Picture;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuResponse;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;

/**
 * What a 2D GPU is, as plainly as it can be said: resources are arrays of bytes, a backing is the address of each of its
 * bytes, and nothing is shared or shown in place. Every command returns the type of the response that it earns.
 */
final class GpuModel {
    private static final int ENTRY_COST_BYTES = 24;
    private static final int CURSOR_SIDE = 64;
    private static final int CURSOR_BYTES = 4 * CURSOR_SIDE * CURSOR_SIDE;

    /** A rectangle whose numbers are unsigned. */
    record Area(int x, int y, int width, int height) {
        long left() {
            return Integer.toUnsignedLong(x);
        }

        long top() {
            return Integer.toUnsignedLong(y);
        }

        long right() {
            return left() + Integer.toUnsignedLong(width);
        }

        long bottom() {
            return top() + Integer.toUnsignedLong(height);
        }

        boolean isEmpty() {
            return width == 0 || height == 0;
        }
    }

    private static final class Resource {
        int width;
        int height;
        byte[] pixels;
        long blobBytes;
        long[] backing;
        int entries;

        boolean isBlob() {
            return pixels == null;
        }
    }

    private record Shown(Resource resource, Area part, long first, int stride, long gatheredBytes) {}

    private final long maxHostBytes;
    private final int maxResources;

    /** A byte of the guest's memory. */
    private final LongUnaryOperator memory;

    private final Map<Integer, Resource> resources = new HashMap<>();
    private final Shown[] shown;

    /** By scanout: the pixels that its display has seen, null while it is off. */
    final int[][] screens;

    /** By scanout: the cursor's image, null while it has none. */
    final int[][] cursors;

    GpuModel(int scanouts, long maxHostBytes, int maxResources, LongUnaryOperator memory) {
        this.maxHostBytes = maxHostBytes;
        this.maxResources = maxResources;
        this.memory = memory;
        this.shown = new Shown[scanouts];
        this.screens = new int[scanouts][];
        this.cursors = new int[scanouts][];
    }

    void reset() {
        resources.clear();
        Arrays.fill(shown, null);
        Arrays.fill(screens, null);
        Arrays.fill(cursors, null);
    }

    private long freeBytes() {
        long used = 0;
        for (Resource each : resources.values()) {
            used += each.isBlob() ? 0 : each.pixels.length;
            used += (long) each.entries * ENTRY_COST_BYTES;
        }
        for (Shown each : shown) {
            used += each == null ? 0 : each.gatheredBytes;
        }
        return maxHostBytes - used;
    }

    int create2d(int id, int format, int width, int height) {
        if (id == 0 || resources.containsKey(id)) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        if (GpuFormat.ofCode(format).isEmpty() || width == 0 || height == 0) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        BigInteger bytes = BigInteger.valueOf(Integer.toUnsignedLong(width))
                .multiply(BigInteger.valueOf(Integer.toUnsignedLong(height)))
                .shiftLeft(2);
        if (resources.size() >= maxResources || bytes.compareTo(BigInteger.valueOf(freeBytes())) > 0) {
            return GpuResponse.ERR_OUT_OF_MEMORY;
        }
        Resource made = new Resource();
        made.width = width;
        made.height = height;
        made.pixels = new byte[bytes.intValueExact()];
        resources.put(id, made);
        return GpuResponse.OK_NODATA;
    }

    int createBlob(int id, int kind, int flags, long sizeBytes, List<MemEntry> entries, int said) {
        if (id == 0 || resources.containsKey(id)) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        if (kind != 1 || (flags & ~7) != 0 || sizeBytes <= 0 || Integer.toUnsignedLong(said) > entries.size()) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        if (resources.size() >= maxResources || (long) said * ENTRY_COST_BYTES > freeBytes()) {
            return GpuResponse.ERR_OUT_OF_MEMORY;
        }
        Resource made = new Resource();
        made.blobBytes = sizeBytes;
        if (said > 0) {
            made.backing = addresses(entries.subList(0, said));
            made.entries = said;
            if (made.backing == null || made.backing.length < sizeBytes) {
                return GpuResponse.ERR_INVALID_PARAMETER;
            }
        }
        resources.put(id, made);
        return GpuResponse.OK_NODATA;
    }

    int unref(int id) {
        Resource resource = resources.get(id);
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        hide(resource);
        resources.remove(id);
        return GpuResponse.OK_NODATA;
    }

    int attach(int id, List<MemEntry> entries, int said) {
        Resource resource = resources.get(id);
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        if (resource.backing != null) {
            return GpuResponse.ERR_UNSPEC;
        }
        if (said == 0 || Integer.toUnsignedLong(said) > entries.size()) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        if ((long) said * ENTRY_COST_BYTES > freeBytes()) {
            return GpuResponse.ERR_OUT_OF_MEMORY;
        }
        long[] backing = addresses(entries.subList(0, said));
        if (backing == null || (resource.isBlob() && backing.length < resource.blobBytes)) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        resource.backing = backing;
        resource.entries = said;
        return GpuResponse.OK_NODATA;
    }

    int detach(int id) {
        Resource resource = resources.get(id);
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        if (resource.backing == null) {
            return GpuResponse.ERR_UNSPEC;
        }
        if (resource.isBlob()) {
            hide(resource);
        }
        resource.backing = null;
        resource.entries = 0;
        return GpuResponse.OK_NODATA;
    }

    int transfer(int id, Area area, long offset) {
        Resource resource = resources.get(id);
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        if (resource.backing == null) {
            return GpuResponse.ERR_UNSPEC;
        }
        if (resource.isBlob()) {
            return GpuResponse.OK_NODATA;
        }
        if (area.right() > resource.width || area.bottom() > resource.height) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        if (area.isEmpty()) {
            return GpuResponse.OK_NODATA;
        }
        int stride = 4 * resource.width;
        long needed = (long) (area.height - 1) * stride + 4L * area.width;
        if (offset < 0 || offset > resource.backing.length || needed > resource.backing.length - offset) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        for (int row = 0; row < area.height; row++) {
            for (int i = 0; i < 4 * area.width; i++) {
                resource.pixels[(area.y + row) * stride + 4 * area.x + i] =
                        (byte) memory.applyAsLong(resource.backing[(int) offset + row * stride + i]);
            }
        }
        return GpuResponse.OK_NODATA;
    }

    int setScanout(int scanout, int id, Area area) {
        Resource resource = resources.get(id);
        int answer = checkScanout(scanout, id, resource);
        if (answer != GpuResponse.OK_NODATA || id == 0) {
            return answer;
        }
        if (resource.isBlob()) {
            return GpuResponse.ERR_UNSPEC;
        }
        if (area.isEmpty() || area.right() > resource.width || area.bottom() > resource.height) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        int stride = 4 * resource.width;
        show(scanout, new Shown(resource, area, (long) area.y * stride + 4L * area.x, stride, 0));
        return GpuResponse.OK_NODATA;
    }

    int setScanoutBlob(int scanout, int id, Area area, Picture picture) {
        Resource resource = resources.get(id);
        int answer = checkScanout(scanout, id, resource);
        if (answer != GpuResponse.OK_NODATA || id == 0) {
            return answer;
        }
        if (!resource.isBlob() || resource.backing == null) {
            return GpuResponse.ERR_UNSPEC;
        }
        BigInteger stride = unsigned(picture.strideBytes());
        BigInteger rowBytes = unsigned(picture.width()).shiftLeft(2);
        BigInteger end = unsigned(picture.offsetBytes())
                .add(unsigned(picture.height()).subtract(BigInteger.ONE).multiply(stride))
                .add(rowBytes);
        if (GpuFormat.ofCode(picture.format()).isEmpty()
                || picture.width() == 0
                || picture.height() <= 0
                || picture.strideBytes() < 0
                || stride.compareTo(rowBytes) < 0
                || end.compareTo(BigInteger.valueOf(resource.blobBytes)) > 0
                || area.isEmpty()
                || area.right() > picture.width()
                || area.bottom() > picture.height()) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        long first = picture.offsetBytes() + (long) area.y * picture.strideBytes() + 4L * area.x;
        long gathered = isInOneRow(resource, first, (area.height - 1L) * picture.strideBytes() + 4L * area.width)
                ? 0
                : 4L * area.width * area.height;
        if (gathered > freeBytes()) {
            return GpuResponse.ERR_OUT_OF_MEMORY;
        }
        show(scanout, new Shown(resource, area, first, picture.strideBytes(), gathered));
        return GpuResponse.OK_NODATA;
    }

    private static BigInteger unsigned(int value) {
        return BigInteger.valueOf(Integer.toUnsignedLong(value));
    }

    private int checkScanout(int scanout, int id, Resource resource) {
        if (scanout < 0 || scanout >= shown.length) {
            return GpuResponse.ERR_INVALID_SCANOUT_ID;
        }
        if (id == 0) {
            show(scanout, null);
        } else if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        return GpuResponse.OK_NODATA;
    }

    private static boolean isInOneRow(Resource resource, long first, long lengthBytes) {
        long border = GpuRig.PAGES + GpuRig.PAGES_BYTES / 2;
        for (int i = (int) first + 1; i < first + lengthBytes; i++) {
            if (resource.backing[i] != resource.backing[i - 1] + 1 || resource.backing[i] == border) {
                return false;
            }
        }
        return true;
    }

    private void show(int scanout, Shown next) {
        shown[scanout] = next;
        screens[scanout] = next == null ? null : new int[next.part.width * next.part.height];
    }

    private void hide(Resource resource) {
        for (int i = 0; i < shown.length; i++) {
            if (shown[i] != null && shown[i].resource == resource) {
                show(i, null);
            }
        }
    }

    int flush(int id, Area area) {
        Resource resource = resources.get(id);
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        if (!resource.isBlob() && (area.right() > resource.width || area.bottom() > resource.height)) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        for (int i = 0; i < shown.length; i++) {
            Shown each = shown[i];
            if (each != null && each.resource == resource) {
                for (int y = 0; y < each.part.height; y++) {
                    for (int x = 0; x < each.part.width; x++) {
                        long column = each.part.left() + x;
                        long row = each.part.top() + y;
                        if (column >= area.left()
                                && column < area.right()
                                && row >= area.top()
                                && row < area.bottom()) {
                            screens[i][y * each.part.width + x] =
                                    pixel(resource, each.first + (long) y * each.stride + 4L * x);
                        }
                    }
                }
            }
        }
        return GpuResponse.OK_NODATA;
    }

    private int pixel(Resource resource, long offset) {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int at = (int) offset + i;
            long bits = resource.isBlob() ? memory.applyAsLong(resource.backing[at]) : resource.pixels[at];
            value |= (int) (bits & 0xFF) << (8 * i);
        }
        return value;
    }

    int updateCursor(int scanout, int id) {
        if (scanout < 0 || scanout >= shown.length) {
            return GpuResponse.ERR_INVALID_SCANOUT_ID;
        }
        if (id == 0) {
            cursors[scanout] = null;
            return GpuResponse.OK_NODATA;
        }
        Resource resource = resources.get(id);
        if (resource == null) {
            return GpuResponse.ERR_INVALID_RESOURCE_ID;
        }
        boolean isImage = resource.isBlob()
                ? resource.backing != null && resource.blobBytes >= CURSOR_BYTES
                : resource.width == CURSOR_SIDE && resource.height == CURSOR_SIDE;
        if (!isImage) {
            return GpuResponse.ERR_INVALID_PARAMETER;
        }
        cursors[scanout] = new int[CURSOR_BYTES / 4];
        Arrays.setAll(cursors[scanout], i -> pixel(resource, 4L * i));
        return GpuResponse.OK_NODATA;
    }

    /** The address of each byte, or null if one lies outside the pages. */
    private static long[] addresses(List<MemEntry> entries) {
        long total = entries.stream()
                .mapToLong(each -> Integer.toUnsignedLong(each.lengthBytes()))
                .sum();
        for (MemEntry each : entries) {
            long length = Integer.toUnsignedLong(each.lengthBytes());
            boolean within =
                    each.address() >= GpuRig.PAGES && each.address() + length <= GpuRig.PAGES + GpuRig.PAGES_BYTES;
            if (length > 0 && !within) {
                return null;
            }
        }
        long[] addresses = new long[Math.toIntExact(total)];
        int at = 0;
        for (MemEntry each : entries) {
            for (int i = 0; i < each.lengthBytes(); i++) {
                addresses[at++] = each.address() + i;
            }
        }
        return addresses;
    }
}
