// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkRequestType;

/** The bytes of a disk, for a {@link ScriptedBlk}. */
final class DataBlk {
    final byte[] disk;

    DataBlk(int sectors) {
        disk = new byte[sectors * BlkRequestLayout.SECTOR_BYTES];
    }

    /** Reads and writes; other requests change nothing. On the device's thread. */
    void serve(ScriptedBlk.Seen request, DescriptorChain chain) {
        int at = (int) request.sector() * BlkRequestLayout.SECTOR_BYTES;
        if (request.type() == BlkRequestType.IN) {
            chain.putBytes(0, disk, at, (int) request.writableBytes() - 1);
        } else if (request.type() == BlkRequestType.OUT) {
            int length = (int) request.readableBytes() - BlkRequestLayout.HEADER_BYTES;
            chain.getBytes(BlkRequestLayout.HEADER_BYTES, disk, at, length);
        }
    }
}
