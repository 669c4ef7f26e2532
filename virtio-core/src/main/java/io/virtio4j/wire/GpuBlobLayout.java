// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/**
 * Requests for blob resources: ones that have a size in bytes, and get a meaning as pixels where they are shown. Offsets
 * count from the start of the message, lengths are in bytes; bytes 0..23 are the {@link GpuHeader}. All fields are le32
 * unless it says otherwise. They need {@link GpuFeatureBits#RESOURCE_BLOB}.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq.
 */
public final class GpuBlobLayout {
    /** {@code blob_mem}: the blob is made of the guest's memory alone. */
    public static final int MEM_GUEST = 1;

    /** {@code blob_mem}: of the host's memory alone; needs {@link GpuFeatureBits#VIRGL}. */
    public static final int MEM_HOST3D = 2;

    /** {@code blob_mem}: of the host's memory, with guest memory behind it; needs {@link GpuFeatureBits#VIRGL}. */
    public static final int MEM_HOST3D_GUEST = 3;

    /** {@code blob_flags}: the driver may map the blob. */
    public static final int FLAG_USE_MAPPABLE = 1;

    /** {@code blob_flags}: the driver may share the blob with other processes of its own. */
    public static final int FLAG_USE_SHAREABLE = 2;

    /** {@code blob_flags}: the driver may hand the blob to other devices. */
    public static final int FLAG_USE_CROSS_DEVICE = 4;

    private GpuBlobLayout() {}

    /**
     * RESOURCE_CREATE_BLOB, followed by its {@link GpuLayout.MemEntry entries}.
     *
     * <pre>
     *   24         28         32         36           40         48         56 + 16 i
     *   +----------+----------+----------+------------+----------+----------+----------------+
     *   | resource | blob_mem | blob_    | nr_entries | blob_id, | size,    | entry i        |
     *   | _id      |          | flags    |            | le64     | le64     |                |
     *   +----------+----------+----------+------------+----------+----------+----------------+
     * </pre>
     */
    public static final class Create {
        /** Offset of the resource's id, which the driver chooses; not 0. */
        public static final int RESOURCE_ID = 24;

        /** Offset of what memory the blob is made of, one of the {@code MEM} values. */
        public static final int BLOB_MEM = 28;

        /** Offset of what the driver means to do with it, the {@code FLAG} values. */
        public static final int BLOB_FLAGS = 32;

        /** Offset of how many entries follow; may be 0, and the backing be attached later. */
        public static final int NR_ENTRIES = 36;

        /** Offset of a le64: an object of a rendering context; 3D mode only. */
        public static final int BLOB_ID = 40;

        /** Offset of a le64: the blob's size in bytes. */
        public static final int SIZE = 48;

        /** Length of the request without its entries; offset of the first of them. */
        public static final int LENGTH_BYTES = 56;

        private Create() {}
    }

    /**
     * SET_SCANOUT_BLOB.
     *
     * <pre>
     *   24                40         44         48       52       56       60        64             80             96
     *   +-----------------+----------+----------+--------+--------+--------+---------+--------------+--------------+
     *   | rect, 16 bytes  | scanout  | resource | width  | height | format | padding | strides,     | offsets,     |
     *   |                 | _id      | _id      |        |        |        |         | four of le32 | four of le32 |
     *   +-----------------+----------+----------+--------+--------+--------+---------+--------------+--------------+
     * </pre>
     */
    public static final class SetScanout {
        /** Offset of the part of the picture that is shown. */
        public static final int RECT = 24;

        /** Offset of the scanout's number. */
        public static final int SCANOUT_ID = 40;

        /** Offset of the resource's id; 0 turns the scanout off. */
        public static final int RESOURCE_ID = 44;

        /** Offset of the width of the picture that the blob holds, in pixels. */
        public static final int WIDTH = 48;

        /** Offset of the picture's height in pixels. */
        public static final int HEIGHT = 52;

        /** Offset of the pixel format, see {@link GpuFormat}. */
        public static final int FORMAT = 56;

        /** Offset of the bytes from one row to the next, by plane. Every format here has one plane, the first. */
        public static final int STRIDES = 64;

        /** Offset of where in the blob the first row begins, in bytes, by plane. */
        public static final int OFFSETS = 80;

        /** How many planes there is room for. */
        public static final int PLANES = 4;

        /** Length of the request. */
        public static final int LENGTH_BYTES = 96;

        private SetScanout() {}
    }
}
