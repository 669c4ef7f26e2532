// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest.loop;

import io.virtio4j.benchmarks.ringtest.Settings;

/** A buffer as the peers hand it over: an object, or the event of a Disruptor. Made before anything is measured. */
final class Buffer {
    long offset;
    int lengthBytes;
    long token;
    int writtenBytes;

    void send(Settings settings, long serial) {
        offset = settings.offset(serial);
        lengthBytes = Settings.BUFFER_BYTES;
        token = serial;
    }

    /** The device's look at it. */
    void use(Settings settings, long serial) {
        Check.same("buffer", settings.offset(serial), offset);
        writtenBytes = lengthBytes;
    }

    void checkBack(long serial) {
        Check.same("token", serial, token);
        Check.same("bytes written", Settings.BUFFER_BYTES, writtenBytes);
    }
}
