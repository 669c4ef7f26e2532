// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.queue.RingFormat;
import java.util.function.Consumer;

/** Something that no honest driver writes into a ring. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record DriverLie(RingFormat format, String name, int[] featureBits, Consumer<HostileDriver> write) {
    static DriverLie of(RingFormat format, String name, Consumer<HostileDriver> write, int... featureBits) {
        return new DriverLie(format, name, featureBits, write);
    }

    HostileDriver tell() {
        HostileDriver driver = new HostileDriver(format, featureBits);
        write.accept(driver);
        return driver;
    }

    @Override
    public String toString() {
        return format + ": " + name;
    }
}
