// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Checksums of whole pictures, over colour and not over the alpha that a display ignores. One thread. */
final class PictureChecksum {
    private static final int COLOUR = 0x00FF_FFFF;

    private final ByteBuffer bytes;
    private final CRC32C checksum = new CRC32C();

    PictureChecksum(FrameSize size) {
        this.bytes = ByteBuffer.allocate(Math.toIntExact(size.bytes()));
    }

    long of(int[] pixels) {
        bytes.clear();
        for (int pixel : pixels) {
            bytes.putInt(pixel & COLOUR);
        }
        bytes.flip();
        checksum.reset();
        checksum.update(bytes);
        return checksum.getValue();
    }
}
