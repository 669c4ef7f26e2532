// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.sim.step.ChainHandler;
import io.virtio4j.sim.step.DeviceType;
import io.virtio4j.sim.step.StepPlan;
import io.virtio4j.sim.step.SteppedDevice;
import io.virtio4j.wire.Features;
import org.jspecify.annotations.Nullable;

/**
 * The device of the suites, and what is said to it.
 *
 * <pre>
 *   request   le32 command | le32 number | le32 bytes to write | any bytes
 *   response  bytes made from the number and the sum of the request's bytes
 * </pre>
 *
 * <p>A chain without a request gets its writable bytes filled with {@link #FILL}.
 */
final class ContractProtocol {
    static final int DEVICE_ID = 63;
    static final int DEVICE_FEATURE = 3;
    static final int QUEUES = 2;
    static final int MAX_QUEUE_SIZE = 32768;
    static final int CONFIG_BYTES = 16;

    static final int ECHO = 0;
    static final int FAIL = 1;
    static final int DIE = 2;
    static final int DROP = 3;
    static final int CHANGE_CONFIG = 4;

    static final int NUMBER = 4;
    static final int WRITE_BYTES = 8;
    static final int HEADER_BYTES = 12;
    static final int FILL = 0x5A;
    private static final int MULTIPLIER = 0x9E37_79B1;

    private ContractProtocol() {}

    static SteppedDevice device(long seed) {
        DeviceType type = new DeviceType(DEVICE_ID, Features.of(DEVICE_FEATURE), QUEUES, MAX_QUEUE_SIZE, CONFIG_BYTES);
        Handler handler = new Handler();
        SteppedDevice device = new SteppedDevice(type, handler, StepPlan.rough(seed));
        handler.device = device;
        return device;
    }

    /** Byte of a response. */
    static int responseByte(int number, int sum, int position) {
        return ((number + sum) * MULTIPLIER + position * 7) >>> 3 & 0xFF;
    }

    private static final class Handler implements ChainHandler {
        private @Nullable SteppedDevice device;

        @Override
        public long answer(int queueIndex, DescriptorChain chain) {
            if (chain.readableBytes() < HEADER_BYTES) {
                for (long i = 0; i < chain.writableBytes(); i++) {
                    chain.putByte(i, FILL);
                }
                return chain.writableBytes();
            }
            int number = chain.getLe32(NUMBER);
            switch (chain.getLe32(0)) {
                case ECHO -> {
                    // Answered below.
                }
                case FAIL -> throw new IllegalStateException("the test asked the device to fail");
                case DIE -> throw new DeviceDeath();
                case DROP -> {
                    return NEVER;
                }
                case CHANGE_CONFIG -> changeConfig(number);
                default -> throw new IllegalStateException("unknown command " + chain.getLe32(0) + " in " + chain);
            }
            int sum = 0;
            for (long i = 0; i < chain.readableBytes(); i++) {
                sum += chain.getByte(i);
            }
            int written = chain.getLe32(WRITE_BYTES);
            for (int i = 0; i < written; i++) {
                chain.putByte(i, responseByte(number, sum, i));
            }
            return written;
        }

        private void changeConfig(int value) {
            if (device != null) {
                device.config().update(fields -> fields.putLe32(0, value));
            }
        }
    }
}
