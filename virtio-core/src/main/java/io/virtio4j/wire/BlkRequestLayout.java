// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

/**
 * A request to a block device: a header that the device reads, data in either direction, and a status that it writes. Offsets
 * and lengths in bytes.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+  0   readable
 *   |                             type                              |
 *   +---------------------------------------------------------------+  4
 *   |                           reserved                            |
 *   +---------------------------------------------------------------+  8
 *   |                            sector                             |
 *   |                                                               |
 *   +---------------------------------------------------------------+  16  readable or writable
 *   |                         data   ...                            |
 *   +---------------+-----------------------------------------------+
 *   |    status     |  the last writable byte
 *   +---------------+
 * </pre>
 *
 * <p>How the bytes are cut into descriptors means nothing. VirtIO 1.2, 5.2.6 Device Operation.
 */
public final class BlkRequestLayout {
    /** What is asked for, le32, see {@link BlkRequestType}. */
    public static final int TYPE = 0;

    /** Zero, le32. */
    public static final int RESERVED = 4;

    /** Where the data starts on the disk, in sectors, le64; 0 for requests without a place. */
    public static final int SECTOR = 8;

    /** Length of the header. */
    public static final int HEADER_BYTES = 16;

    /** Length of the status. */
    public static final int STATUS_BYTES = 1;

    /** The protocol's unit of place and length on a disk, whatever its blocks are. */
    public static final int SECTOR_BYTES = 512;

    /** Length of the device's id string: ASCII, padded with zeros, with none at the end when it is this long. */
    public static final int ID_BYTES = 20;

    private BlkRequestLayout() {}
}
