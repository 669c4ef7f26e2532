// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.message;

import java.nio.ByteBuffer;

/**
 * A range of guest memory that lies in a file. Numbers are as sent, taken as unsigned.
 *
 * @param guestAddress what descriptors name it by
 * @param lengthBytes how long it is
 * @param userAddress what SET_VRING_ADDR names it by
 * @param fileOffset where it begins in the file
 */
public record MemoryRegion(long guestAddress, long lengthBytes, long userAddress, long fileOffset) {
    static final int BYTES = 4 * Long.BYTES;

    static MemoryRegion read(ByteBuffer from) {
        return new MemoryRegion(from.getLong(), from.getLong(), from.getLong(), from.getLong());
    }

    void write(ByteBuffer to) {
        to.putLong(guestAddress).putLong(lengthBytes).putLong(userAddress).putLong(fileOffset);
    }

    @Override
    public String toString() {
        return "region of 0x" + Long.toHexString(lengthBytes) + " bytes at guest address 0x"
                + Long.toHexString(guestAddress) + ", user address 0x" + Long.toHexString(userAddress)
                + ", file offset 0x" + Long.toHexString(fileOffset);
    }
}
