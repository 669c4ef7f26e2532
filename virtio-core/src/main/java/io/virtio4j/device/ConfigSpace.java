// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.barrier.Wmb;
import io.virtio4j.memory.SharedMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The device-specific configuration of one device, with the generation that tells a reader that it has changed.
 *
 * <pre>
 *   offset 0              64
 *   +---------------------+-----------------------+
 *   | generation (le32)   | configuration ...     |
 *   +---------------------+-----------------------+
 * </pre>
 *
 * <p>The generation is odd while the fields are being written, and even otherwise: a reader that saw the same even value
 * before and after its loads saw one state of the fields. One thread writes, the device's; any thread may read.
 *
 * <p>VirtIO 1.2, 2.5 Device Configuration Space. All fields are little-endian.
 */
public final class ConfigSpace {
    private static final int GENERATION = 0;
    private static final int FIELDS = 64;

    private final SharedMemory memory;
    private final int lengthBytes;

    /** What an update writes to; equal to the configuration between updates. */
    private final ByteBuffer staged;

    private boolean updating;
    private int generation;

    /**
     * Makes a configuration of zeros.
     *
     * @param lengthBytes its length, 0 or more
     */
    public ConfigSpace(int lengthBytes) {
        this(lengthBytes, SharedMemory.allocate(memoryBytes(lengthBytes), 0));
    }

    /** Over zeroed memory of {@link #memoryBytes}. */
    ConfigSpace(int lengthBytes, SharedMemory memory) {
        this.lengthBytes = lengthBytes;
        this.staged = ByteBuffer.allocate(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        this.memory = memory;
    }

    static long memoryBytes(int lengthBytes) {
        if (lengthBytes < 0) {
            throw new IllegalArgumentException("a configuration has 0 bytes or more, not " + lengthBytes);
        }
        return FIELDS + (long) Math.max(lengthBytes, 1);
    }

    /** Writes fields. Called by {@link #update}, with the configuration's own offsets. */
    @FunctionalInterface
    public interface Update {
        /**
         * Writes what changes.
         *
         * @param fields where to write to
         */
        void write(Fields fields);
    }

    /** Stores into the configuration, during its update only: later calls throw {@link IllegalStateException}. */
    public final class Fields {
        private boolean open = true;

        private Fields() {}

        private int at(int offset, int sizeBytes) {
            if (!open) {
                throw new IllegalStateException("the update that these fields belong to has ended");
            }
            requireInside(offset, sizeBytes);
            return offset;
        }

        /**
         * Stores a byte.
         *
         * @param offset where
         * @param value its low 8 bits
         */
        public void putByte(int offset, int value) {
            staged.put(at(offset, Byte.BYTES), (byte) value);
        }

        /**
         * Stores 16 bits.
         *
         * @param offset where
         * @param value its low 16 bits
         */
        public void putLe16(int offset, int value) {
            staged.putShort(at(offset, Short.BYTES), (short) value);
        }

        /**
         * Stores 32 bits.
         *
         * @param offset where
         * @param value the bits
         */
        public void putLe32(int offset, int value) {
            staged.putInt(at(offset, Integer.BYTES), value);
        }

        /**
         * Stores 64 bits.
         *
         * @param offset where
         * @param value the bits
         */
        public void putLe64(int offset, long value) {
            staged.putLong(at(offset, Long.BYTES), value);
        }
    }

    /**
     * Changes fields as one step. Only the device's thread may call it (or whoever sets the device up, before).
     *
     * <p>The fields are gathered first and shown when all are written. If the update throws, nothing has changed, the
     * generation included.
     *
     * @param update writes the fields; must not update this configuration itself
     * @throws IllegalStateException if called from within an update
     */
    public void update(Update update) {
        if (updating) {
            throw new IllegalStateException("an update of this configuration is under way");
        }
        updating = true;
        Fields fields = new Fields();
        boolean complete = false;
        try {
            update.write(fields);
            complete = true;
        } finally {
            fields.open = false;
            updating = false;
            if (!complete) {
                // Without a fence: this thread wrote them itself.
                memory.getBytes(FIELDS, staged.array(), 0, lengthBytes);
            }
        }
        publish();
    }

    private void publish() {
        publishGeneration(memory.wmb());
        // The odd generation before the fields: it is a store before stores, so it takes a fence of its own.
        memory.wmb();
        memory.putBytes(FIELDS, staged.array(), 0, lengthBytes);
        // G: fields before the generation. Partner: the two read barriers of readers, see read().
        publishGeneration(memory.wmb());
    }

    private void publishGeneration(Wmb wmb) {
        generation++;
        memory.putLe32Opaque(wmb, GENERATION, generation);
    }

    /** {@return the generation; odd while an update is under way} */
    public int generation() {
        return memory.getLe32Opaque(GENERATION);
    }

    /** {@return the length in bytes} */
    public int lengthBytes() {
        return lengthBytes;
    }

    /**
     * Reads bytes. Not atomic by itself: read the generation before and after.
     *
     * @param offset first byte
     * @param destination filled from its start to its end
     * @throws IndexOutOfBoundsException if the configuration is shorter
     */
    public void read(int offset, byte[] destination) {
        requireInside(offset, destination.length);
        long at = FIELDS + (long) offset;
        // G': the generation loaded before, the fields, the generation that will be loaded after.
        memory.rmb();
        for (int i = 0; i < destination.length; i++) {
            destination[i] = (byte) memory.getByte(at + i);
        }
        memory.rmb();
    }

    private void requireInside(int offset, int sizeBytes) {
        if (offset < 0 || sizeBytes > lengthBytes - offset) {
            throw new IndexOutOfBoundsException(
                    "offset " + offset + ", " + sizeBytes + " bytes, in a configuration of " + lengthBytes + " bytes");
        }
    }
}
