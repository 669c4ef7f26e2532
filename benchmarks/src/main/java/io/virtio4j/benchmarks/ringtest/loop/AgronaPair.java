// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest.loop;

import io.virtio4j.benchmarks.ringtest.Ring;
import io.virtio4j.benchmarks.ringtest.Run;
import io.virtio4j.benchmarks.ringtest.Settings;
import java.nio.ByteBuffer;
import org.agrona.BitUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** Two of Agrona's one-to-one ring buffers, there and back: a message of 16 bytes names the buffer, or what became of it. */
public final class AgronaPair implements Ring {
    private static final int MESSAGE_BYTES = 16;
    private static final int RECORD_BYTES = 24;
    private static final int SECOND = Long.BYTES;
    private static final int TYPE = 1;

    private final OneToOneRingBuffer there;
    private final OneToOneRingBuffer back;
    private final Settings settings;
    private final DriverEnd driver;

    /** Made by the device's thread: where the two ends would lie side by side, they would share cache lines. */
    private DeviceEnd device;

    /**
     * Makes it.
     *
     * @param variant has no meaning
     * @param settings of the measurement
     */
    public AgronaPair(String variant, Settings settings) {
        this.settings = settings;
        there = make(settings.ringSize());
        back = make(settings.ringSize());
        driver = new DriverEnd();
    }

    private static OneToOneRingBuffer make(int messages) {
        int capacity = BitUtil.findNextPositivePowerOfTwo(messages * RECORD_BYTES);
        return new OneToOneRingBuffer(
                new UnsafeBuffer(ByteBuffer.allocateDirect(capacity + RingBufferDescriptor.TRAILER_LENGTH)));
    }

    @Override
    public void drive(long buffers, Run run) {
        driver.run(buffers, run);
    }

    @Override
    public void serve(Run run) {
        if (device == null) {
            device = new DeviceEnd();
        }
        device.run(run);
    }

    private static UnsafeBuffer message() {
        return new UnsafeBuffer(ByteBuffer.allocateDirect(MESSAGE_BYTES));
    }

    /** Sends and takes back. */
    private final class DriverEnd implements MessageHandler {
        private final UnsafeBuffer message = message();
        private long returned;

        void run(long buffers, Run run) {
            int outstanding = settings.outstanding();
            long sent = returned;
            long end = sent + buffers;
            long looks = 0;
            while (returned < end) {
                if (sent < end && sent - returned < outstanding && send(sent)) {
                    sent++;
                    continue;
                }
                if (back.read(this, outstanding) > 0) {
                    looks = 0;
                } else {
                    run.waited(++looks);
                }
            }
        }

        private boolean send(long serial) {
            message.putLong(0, settings.offset(serial));
            message.putLong(SECOND, serial);
            return there.write(TYPE, message, 0, MESSAGE_BYTES);
        }

        @Override
        public void onMessage(int type, MutableDirectBuffer buffer, int index, int length) {
            Check.same("token", returned, buffer.getLong(index));
            Check.same("bytes written", Settings.BUFFER_BYTES, buffer.getLong(index + SECOND));
            returned++;
        }
    }

    /** Gives back. */
    private final class DeviceEnd implements MessageHandler {
        private final UnsafeBuffer message = message();
        private long serial;

        void run(Run run) {
            int outstanding = settings.outstanding();
            long looks = 0;
            do {
                looks = there.read(this, outstanding) > 0 ? 0 : looks + 1;
            } while (looks == 0 || !run.isOver(looks));
        }

        @Override
        public void onMessage(int type, MutableDirectBuffer buffer, int index, int length) {
            Check.same("buffer", settings.offset(serial++), buffer.getLong(index));
            message.putLong(0, buffer.getLong(index + SECOND));
            message.putLong(SECOND, Settings.BUFFER_BYTES);
            if (!back.write(TYPE, message, 0, MESSAGE_BYTES)) {
                throw new IllegalStateException("no room for buffer " + serial + " on the way back");
            }
        }
    }
}
