// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuLayout;

/**
 * The request at hand: a private copy of its fixed part, taken once. What the driver writes meanwhile cannot make two
 * looks differ, and how it cut the request into descriptors makes no difference. One object serves all requests of a
 * queue.
 */
final class Request {
    /** The longest fixed part of the commands that this device has. */
    private static final int MAX_FIXED_BYTES = 96;

    private final SharedMemory copy = SharedMemory.allocate(MAX_FIXED_BYTES, 0);
    private final GuestMemory guestMemory;
    private DescriptorChain chain;

    Request(DeviceQueue queue, DescriptorChain chain) {
        this.guestMemory = queue.memory();
        this.chain = chain;
        load(chain);
    }

    void load(DescriptorChain next) {
        chain = next;
        next.copyTo(0, copy, 0, Math.min(next.readableBytes(), MAX_FIXED_BYTES));
    }

    GuestMemory guestMemory() {
        return guestMemory;
    }

    long lengthBytes() {
        return chain.readableBytes();
    }

    boolean hasHeader() {
        return lengthBytes() >= GpuHeader.LENGTH_BYTES;
    }

    int type() {
        return le32(GpuHeader.TYPE);
    }

    boolean isFenced() {
        return hasHeader() && (le32(GpuHeader.FLAGS) & GpuHeader.FLAG_FENCE) != 0;
    }

    long fenceId() {
        return copy.getLe64(GpuHeader.FENCE_ID);
    }

    int contextId() {
        return le32(GpuHeader.CTX_ID);
    }

    int le32(int offset) {
        return copy.getLe32(offset);
    }

    long le64(int offset) {
        return copy.getLe64(offset);
    }

    /** A le32 as the unsigned number that it is. */
    long u32(int offset) {
        return Integer.toUnsignedLong(copy.getLe32(offset));
    }

    void rect(int offset, Rect rect) {
        rect.x = u32(offset + GpuLayout.Rect.X);
        rect.y = u32(offset + GpuLayout.Rect.Y);
        rect.width = u32(offset + GpuLayout.Rect.WIDTH);
        rect.height = u32(offset + GpuLayout.Rect.HEIGHT);
    }

    /** Copies what follows the fixed part. */
    void copyTail(long position, SharedMemory destination, long lengthBytes) {
        chain.copyTo(position, destination, 0, lengthBytes);
    }
}
