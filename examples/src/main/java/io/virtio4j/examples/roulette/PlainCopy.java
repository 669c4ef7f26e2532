// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import io.virtio4j.memory.SharedMemory;

/** The yardstick: one plain copy of as many bytes as a frame moves, from memory to memory, without a device. */
final class PlainCopy {
    private final SharedMemory source;
    private final SharedMemory destination;

    PlainCopy(FrameSize size) {
        this.source = SharedMemory.allocate(size.bytes(), 0);
        this.destination = SharedMemory.allocate(size.bytes(), 0);
        source.fill(0, size.bytes(), 0x5A);
        destination.fill(0, size.bytes(), 0xA5);
    }

    long copyNanos(long lengthBytes) {
        long startNanos = System.nanoTime();
        source.copyTo(0, destination, 0, lengthBytes);
        return System.nanoTime() - startNanos;
    }
}
