// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.device.ConfigSpace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * G and G': the device changes two fields of its configuration in one update; the driver reads the generation, both fields,
 * and the generation again.
 *
 * <p>All samples share one configuration, whose fields hold the number of the last update and the number's complement.
 */
final class ConfigRace implements Race {
    private static final int LENGTH_BYTES = 16;
    private static final int NUMBER = 0;
    private static final int COMPLEMENT = 8;

    private final ConfigSpace config = new ConfigSpace(LENGTH_BYTES);
    private final boolean compares;

    // The device's.
    private long updates;

    // The driver's.
    private final byte[] bytes = new byte[LENGTH_BYTES];
    private final ByteBuffer read = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    private long lastNumber;

    /** @param compares whether the driver compares the generations, as it must */
    ConfigRace(boolean compares) {
        this.compares = compares;
        device();
    }

    @Override
    public String device() {
        long number = ++updates;
        config.update(fields -> {
            fields.putLe64(NUMBER, number);
            fields.putLe64(COMPLEMENT, ~number);
        });
        return "updated";
    }

    @Override
    public String driver() {
        int before = config.generation();
        config.read(0, bytes);
        int after = config.generation();
        if (compares && (before != after || (before & 1) != 0)) {
            return "changed meanwhile";
        }
        long number = read.getLong(NUMBER);
        if (read.getLong(COMPLEMENT) != ~number) {
            return "torn";
        }
        if (number < lastNumber) {
            return "an older one than before";
        }
        lastNumber = number;
        return "one state";
    }

    @Override
    public String ring() {
        return "";
    }
}
