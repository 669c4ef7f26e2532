// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/**
 * Requests and responses of a 2D GPU; those for EDIDs are in {@link GpuEdidLayout}, those for blobs in {@link
 * GpuBlobLayout}. Offsets count from the start of the message; bytes 0..23 are the
 * {@link GpuHeader}. All fields are le32 unless it says otherwise.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq, and 5.7.6.10 Device Operation: cursorq.
 */
public final class GpuLayout {
    private GpuLayout() {}

    /**
     * A rectangle within a message; offsets count from its own start.
     *
     * <pre>
     *   0        4        8        12       16
     *   +--------+--------+--------+--------+
     *   | x      | y      | width  | height |
     *   +--------+--------+--------+--------+
     * </pre>
     */
    public static final class Rect {
        /** Offset of the left edge. */
        public static final int X = 0;

        /** Offset of the top edge. */
        public static final int Y = 4;

        /** Offset of the width. */
        public static final int WIDTH = 8;

        /** Offset of the height. */
        public static final int HEIGHT = 12;

        /** Length in bytes. */
        public static final int LENGTH_BYTES = 16;

        private Rect() {}
    }

    /**
     * One run of guest memory within a message that lists them; offsets count from its own start.
     *
     * <pre>
     *   0                 8        12        16
     *   +-----------------+--------+---------+
     *   | addr, le64      | length | padding |
     *   +-----------------+--------+---------+
     * </pre>
     */
    public static final class MemEntry {
        /** Offset of the guest address, le64. */
        public static final int ADDR = 0;

        /** Offset of the length in bytes. */
        public static final int LENGTH = 8;

        /** Length of one entry in bytes. */
        public static final int LENGTH_BYTES = 16;

        private MemEntry() {}
    }

    /**
     * The response of GET_DISPLAY_INFO: one entry for each of 16 scanouts, whether or not the device has so many.
     *
     * <pre>
     *   24 + 24 i         40 + 24 i 44 + 24 i 48 + 24 i
     *   +-----------------+---------+---------+
     *   | rect, 16 bytes  | enabled | flags   |
     *   +-----------------+---------+---------+
     * </pre>
     */
    public static final class DisplayInfo {
        /** Offset of the first entry. */
        public static final int MODES = 24;

        /** Length of one entry in bytes. */
        public static final int MODE_BYTES = 24;

        /** Offset of the preferred position and size within an entry. */
        public static final int MODE_RECT = 0;

        /** Offset of the enabled flag within an entry. */
        public static final int MODE_ENABLED = 16;

        /** Offset of the flags within an entry. */
        public static final int MODE_FLAGS = 20;

        /** Length of the response in bytes. */
        public static final int LENGTH_BYTES = MODES + MODE_BYTES * GpuConfigLayout.MAX_SCANOUTS;

        private DisplayInfo() {}
    }

    /**
     * RESOURCE_CREATE_2D.
     *
     * <pre>
     *   24            28       32       36       40
     *   +-------------+--------+--------+--------+
     *   | resource_id | format | width  | height |
     *   +-------------+--------+--------+--------+
     * </pre>
     */
    public static final class Create2d {
        /** Offset of the resource's id, which the driver chooses; not 0. */
        public static final int RESOURCE_ID = 24;

        /** Offset of the pixel format, see {@link GpuFormat}. */
        public static final int FORMAT = 28;

        /** Offset of the width in pixels. */
        public static final int WIDTH = 32;

        /** Offset of the height in pixels. */
        public static final int HEIGHT = 36;

        /** Length of the request in bytes. */
        public static final int LENGTH_BYTES = 40;

        private Create2d() {}
    }

    /**
     * RESOURCE_UNREF, RESOURCE_DETACH_BACKING and RESOURCE_ASSIGN_UUID, and the shape of every other request that has one number only.
     *
     * <pre>
     *   24            28        32
     *   +-------------+---------+
     *   | resource_id | padding |
     *   +-------------+---------+
     * </pre>
     */
    public static final class ResourceOnly {
        /** Offset of the resource's id. */
        public static final int RESOURCE_ID = 24;

        /** Length of the request in bytes. */
        public static final int LENGTH_BYTES = 32;

        private ResourceOnly() {}
    }

    /**
     * The response of RESOURCE_ASSIGN_UUID.
     *
     * <pre>
     *   24                40
     *   +-----------------+
     *   | uuid, 16 bytes  |
     *   +-----------------+
     * </pre>
     */
    public static final class ResourceUuid {
        /** Offset of the UUID: 16 bytes in the order in which RFC 4122 writes them, the most significant one first. */
        public static final int UUID = 24;

        /** Length of the UUID in bytes. */
        public static final int UUID_BYTES = 16;

        /** Length of the response in bytes. */
        public static final int LENGTH_BYTES = 40;

        private ResourceUuid() {}
    }

    /**
     * SET_SCANOUT.
     *
     * <pre>
     *   24                40           44            48
     *   +-----------------+------------+-------------+
     *   | rect, 16 bytes  | scanout_id | resource_id |
     *   +-----------------+------------+-------------+
     * </pre>
     */
    public static final class SetScanout {
        /** Offset of the part of the resource that is shown. */
        public static final int RECT = 24;

        /** Offset of the scanout's number. */
        public static final int SCANOUT_ID = 40;

        /** Offset of the resource's id; 0 turns the scanout off. */
        public static final int RESOURCE_ID = 44;

        /** Length of the request in bytes. */
        public static final int LENGTH_BYTES = 48;

        private SetScanout() {}
    }

    /**
     * RESOURCE_FLUSH.
     *
     * <pre>
     *   24                40            44        48
     *   +-----------------+-------------+---------+
     *   | rect, 16 bytes  | resource_id | padding |
     *   +-----------------+-------------+---------+
     * </pre>
     */
    public static final class Flush {
        /** Offset of the rectangle of the resource that is to be shown. */
        public static final int RECT = 24;

        /** Offset of the resource's id. */
        public static final int RESOURCE_ID = 40;

        /** Length of the request in bytes. */
        public static final int LENGTH_BYTES = 48;

        private Flush() {}
    }

    /**
     * TRANSFER_TO_HOST_2D.
     *
     * <pre>
     *   24                40              48            52        56
     *   +-----------------+---------------+-------------+---------+
     *   | rect, 16 bytes  | offset, le64  | resource_id | padding |
     *   +-----------------+---------------+-------------+---------+
     * </pre>
     */
    public static final class Transfer2d {
        /** Offset of the rectangle of the resource that is written. */
        public static final int RECT = 24;

        /**
         * Offset of a le64: where in the backing the rectangle's first pixel lies. Each further row lies one row of the
         * resource on. (The text speaks of a destination offset; drivers and devices in use agree on this.)
         */
        public static final int OFFSET = 40;

        /** Offset of the resource's id. */
        public static final int RESOURCE_ID = 48;

        /** Length of the request in bytes. */
        public static final int LENGTH_BYTES = 56;

        private Transfer2d() {}
    }

    /**
     * RESOURCE_ATTACH_BACKING, followed by its {@link MemEntry entries}.
     *
     * <pre>
     *   24            28           32 + 16 i
     *   +-------------+------------+------------------+
     *   | resource_id | nr_entries | entry i          |
     *   +-------------+------------+------------------+
     * </pre>
     */
    public static final class AttachBacking {
        /** Offset of the resource's id. */
        public static final int RESOURCE_ID = 24;

        /** Offset of how many entries follow. */
        public static final int NR_ENTRIES = 28;

        /** Length of the request without its entries, in bytes; offset of the first of them. */
        public static final int LENGTH_BYTES = 32;

        private AttachBacking() {}
    }

    /**
     * GET_CAPSET_INFO.
     *
     * <pre>
     *   24             28        32
     *   +--------------+---------+
     *   | capset_index | padding |
     *   +--------------+---------+
     * </pre>
     */
    public static final class CapsetInfo {
        /** Offset of the capability set's index. */
        public static final int CAPSET_INDEX = 24;

        /** Length of the request in bytes. */
        public static final int LENGTH_BYTES = 32;

        private CapsetInfo() {}
    }

    /**
     * UPDATE_CURSOR and MOVE_CURSOR.
     *
     * <pre>
     *   24           28       32       36        40            44       48       52        56
     *   +------------+--------+--------+---------+-------------+--------+--------+---------+
     *   | scanout_id | x      | y      | padding | resource_id | hot_x  | hot_y  | padding |
     *   +------------+--------+--------+---------+-------------+--------+--------+---------+
     * </pre>
     */
    public static final class Cursor {
        /** Offset of the scanout's number. */
        public static final int SCANOUT_ID = 24;

        /** Offset of the position from the left. */
        public static final int X = 28;

        /** Offset of the position from the top. */
        public static final int Y = 32;

        /** Offset of the image's resource id; 0 hides the cursor. */
        public static final int RESOURCE_ID = 40;

        /** Offset of the hot spot's position from the image's left edge. */
        public static final int HOT_X = 44;

        /** Offset of the hot spot's position from the image's top edge. */
        public static final int HOT_Y = 48;

        /** Length of the request in bytes. */
        public static final int LENGTH_BYTES = 56;

        /** Width and height of every cursor image in pixels. */
        public static final int IMAGE_SIZE = 64;

        private Cursor() {}
    }
}
