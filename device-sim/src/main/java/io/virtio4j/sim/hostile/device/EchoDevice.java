// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;

/** A device of no type in particular: fills all the room with what it was sent, changed byte by byte. */
final class EchoDevice implements HonestDevice {
    static final int CONFIG_BYTES = 16;

    /** So that an answer is not the request, which lies in memory anyway. */
    private static final int MASK = 0x5A;

    /** {@return the answer to a request} */
    static byte[] echo(byte[] request, int roomBytes) {
        byte[] answer = new byte[roomBytes];
        for (int i = 0; i < roomBytes; i++) {
            answer[i] = (byte) (request[i % request.length] ^ MASK);
        }
        return answer;
    }

    @Override
    public int deviceId() {
        // What its driver says is not looked at by anybody.
        return DeviceId.ENTROPY;
    }

    @Override
    public Features features() {
        return Features.NONE;
    }

    @Override
    public byte[] config() {
        byte[] config = new byte[CONFIG_BYTES];
        for (int i = 0; i < CONFIG_BYTES; i++) {
            config[i] = (byte) (i + 1);
        }
        return config;
    }

    @Override
    public int queueCount() {
        return 1;
    }

    @Override
    public byte[] answer(int queueIndex, byte[] request, int roomBytes) {
        return echo(request, roomBytes);
    }
}
