// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/**
 * The header that starts every GPU request and every response. VirtIO 1.2, 5.7.6.7 Device Operation: Request header.
 *
 * <pre>
 *   0        4        8                 16       20     21         24
 *   +--------+--------+-----------------+--------+------+----------+
 *   | type   | flags  | fence_id        | ctx_id | ring | padding  |
 *   | le32   | le32   | le64            | le32   | _idx |          |
 *   +--------+--------+-----------------+--------+------+----------+
 * </pre>
 */
public final class GpuHeader {
    /** Offset of the type, le32: a {@link GpuCommand} or a {@link GpuResponse}. */
    public static final int TYPE = 0;

    /** Offset of the flags, le32. */
    public static final int FLAGS = 4;

    /** Offset of the fence's id, le64. */
    public static final int FENCE_ID = 8;

    /** Offset of the rendering context's id, le32; 3D mode only. */
    public static final int CTX_ID = 16;

    /** Offset of the timeline's index, one byte, followed by three of padding. */
    public static final int RING_IDX = 20;

    /** Length of the header in bytes. */
    public static final int LENGTH_BYTES = 24;

    /** Flag: the response may come only after the request was processed in full, and carries the fence's id. */
    public static final int FLAG_FENCE = 1;

    /** Flag: {@link #RING_IDX} is valid; needs CONTEXT_INIT. */
    public static final int FLAG_INFO_RING_IDX = 2;

    private GpuHeader() {}
}
