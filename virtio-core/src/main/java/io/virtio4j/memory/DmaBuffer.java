// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

/**
 * A piece of shared memory that a driver gives to a device.
 *
 * <p>A driver pins a buffer while a request that uses it is in flight, and a pinned buffer cannot be freed: a request that
 * timed out still belongs to the device, which may write the memory at any moment until it has returned the chain or
 * the queue has been reset (VirtIO 1.2, 3.3.1 Driver Requirements: Device Cleanup). The block and GPU drivers do that. A
 * queue knows addresses only and pins nothing: whoever offers chains to one directly pins for itself.
 *
 * <p>Used by the thread of its {@link DmaArena}.
 */
public final class DmaBuffer {
    private final DmaArena arena;
    private final SharedMemory memory;
    private final long offset;
    private final long lengthBytes;
    private int pins;
    private boolean freed;

    DmaBuffer(DmaArena arena, SharedMemory memory, long offset, long lengthBytes) {
        this.arena = arena;
        this.memory = memory;
        this.offset = offset;
        this.lengthBytes = lengthBytes;
    }

    /** {@return the region that holds the buffer} */
    public SharedMemory memory() {
        return memory;
    }

    /** {@return the first byte's offset in {@link #memory()}} */
    public long offset() {
        return offset;
    }

    /** {@return the first byte's guest address, as descriptors carry it} */
    public long guestAddress() {
        return memory.guestAddress() + offset;
    }

    /** {@return the length in bytes} */
    public long lengthBytes() {
        return lengthBytes;
    }

    /** Marks one more request in flight that uses the buffer. */
    public void pin() {
        if (freed) {
            throw new IllegalStateException("already freed: " + this);
        }
        pins++;
    }

    /** Marks the end of a request that {@link #pin()} had announced. */
    public void unpin() {
        if (pins == 0) {
            throw new IllegalStateException("not pinned: " + this);
        }
        pins--;
    }

    /** {@return whether a request in flight uses the buffer} */
    public boolean isPinned() {
        return pins > 0;
    }

    /**
     * Gives the memory back.
     *
     * @throws IllegalStateException if the device may still use it, or if it was freed before
     */
    public void free() {
        if (freed || pins > 0) {
            throw new IllegalStateException((freed ? "already freed: " : pins + " requests in flight use ") + this);
        }
        freed = true;
        arena.release(offset, lengthBytes);
    }

    @Override
    public String toString() {
        return "DmaBuffer[0x" + Long.toHexString(guestAddress()) + ", " + lengthBytes + " bytes]";
    }
}
