// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.memory.RecordingMemory;

/** A configuration of two bytes over memory that records. */
public final class RecordedConfig {
    public static final int LENGTH_BYTES = 2;

    public final RecordingMemory memory = new RecordingMemory(ConfigSpace.memoryBytes(LENGTH_BYTES), 0);
    public final ConfigSpace config = new ConfigSpace(LENGTH_BYTES, memory);

    public RecordedConfig() {
        memory.nameBy(RecordedConfig::name);
    }

    public static String name(long offset, long lengthBytes) {
        if (offset == 0) {
            return "generation";
        }
        return lengthBytes == LENGTH_BYTES ? "fields" : "field[" + (offset - 64) + "]";
    }

    /** Both bytes become the same. */
    public void show(int value) {
        config.update(fields -> {
            fields.putByte(0, value);
            fields.putByte(1, value);
        });
    }
}
