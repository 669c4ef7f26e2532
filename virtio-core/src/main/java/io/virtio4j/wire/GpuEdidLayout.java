// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/**
 * GET_EDID and what answers it. Offsets count from the start of the message, lengths are in bytes; bytes 0..23 are the
 * {@link GpuHeader}. The request, and the answer:
 *
 * <pre>
 *   24       28        32
 *   +--------+---------+
 *   | scan-  | padding |
 *   | out    |         |
 *   +--------+---------+
 *
 *   24       28        32                                       1056
 *   +--------+---------+----------------------------------------+
 *   | size   | padding | edid, 1024 bytes: of use are size ones |
 *   +--------+---------+----------------------------------------+
 * </pre>
 *
 * <p>All fields but the EDID are le32. The command needs {@link GpuFeatureBits#EDID}.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq, GET_EDID; the bytes of an EDID are those of VESA's E-EDID standard.
 */
public final class GpuEdidLayout {
    /** In the request: offset of the scanout's number. */
    public static final int SCANOUT_ID = 24;

    /** Length of the request. */
    public static final int REQUEST_BYTES = 32;

    /** In the answer: offset of how many bytes of the EDID are of use. */
    public static final int SIZE = 24;

    /** In the answer: offset of the EDID. */
    public static final int EDID = 32;

    /** Room for the EDID, used or not. */
    public static final int EDID_BYTES = 1024;

    /** Length of the answer. */
    public static final int RESPONSE_BYTES = EDID + EDID_BYTES;

    private GpuEdidLayout() {}
}
