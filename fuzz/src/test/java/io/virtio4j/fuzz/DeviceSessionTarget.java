// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import io.virtio4j.device.DeviceSession;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;

/**
 * Status, features, queue registers and configuration of a device, and a driver that writes to them in any order. No bit goes but
 * by a reset, the device works only with features agreed on, each need for a reset has its reason told, and after a reset the
 * device is as new.
 */
final class DeviceSessionTarget implements FuzzTarget {
    @Override
    public String name() {
        return "device-session";
    }

    @Override
    public String toString() {
        return name();
    }

    @Override
    public long play(byte[] input) {
        Steps steps = new Steps(input);
        Play play = new Play(steps);
        while (steps.next()) {
            play.step();
        }
        play.bringUp();
        return steps.done();
    }

    private static final class Play {
        private static final int MEMORY_BYTES = 1 << 16;
        private static final int ALL = 15;
        private static final int QUEUES = 2;

        private final Steps steps;
        private final SharedMemory memory = SharedMemory.allocate(MEMORY_BYTES, 0x1000);
        private final SimBlk device;
        private final DeviceSession session;
        private int told;
        private int status;

        Play(Steps steps) {
            this.steps = steps;
            device = new SimBlk(
                    new ArrayStore(4096),
                    SimBlkOptions.DEFAULTS.withQueues(QUEUES).withQueueSize(64),
                    error -> told++);
            session = new DeviceSession(device, GuestMemory.of(memory), () -> {}, error -> told++);
        }

        void step() {
            int before = told;
            int write = -1;
            switch (steps.below(16)) {
                case 0, 1, 2 -> write = nextStatus();
                case 3 -> write = steps.byteValue();
                case 4 -> write = steps.oneIn(4) ? steps.le32() : 0;
                case 5, 6 -> session.acknowledgeFeatures(features());
                case 7, 8, 9 -> configure();
                case 10 -> session.resetQueue(index());
                case 11 -> session.stopQueue(index());
                case 12 -> writeConfig();
                case 13 -> memory.putLe64(8L * steps.le16() % (MEMORY_BYTES - 8) & -8L, steps.le64());
                default -> session.service();
            }
            if (write >= 0 || write < -1) {
                written(write);
            }
            check(before);
        }

        /** What an honest driver would write next. */
        private int nextStatus() {
            for (int bit : new int[] {1, 2, 8, 4}) {
                if ((status & bit) == 0) {
                    return status | bit;
                }
            }
            return status;
        }

        private void written(int value) {
            int answer = session.writeStatus(value);
            Finding.unlessEqual(answer, session.status(), "status after it was written");
            if (value == 0) {
                status = 0;
            }
        }

        private Features features() {
            Features offered = session.offeredFeatures();
            return switch (steps.below(4)) {
                case 0 -> Features.NONE;
                case 1 -> Features.of(steps.below(128)).or(offered);
                default -> offered.without(steps.below(64)).without(steps.below(64));
            };
        }

        private int index() {
            return (int) steps.mostly(steps.below(QUEUES), 8);
        }

        private void configure() {
            int index = index();
            int size = (int) steps.mostly(1 << steps.below(7), 8);
            long base = 0x1000 + 0x1000L * steps.below(8);
            session.configureQueue(
                    index,
                    size,
                    new QueueAddresses(
                            steps.mostly(base, 12), steps.mostly(base + 0x800, 12), steps.mostly(base + 0xA00, 12)),
                    CallSink.NONE);
        }

        /** Within the configuration, as transports see to. */
        private void writeConfig() {
            int length = device.config().lengthBytes();
            int offset = steps.below(length);
            byte[] bytes = new byte[Math.min(1 << steps.below(4), length - offset)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) steps.byteValue();
            }
            device.onConfigWrite(offset, bytes);
        }

        private void check(int toldBefore) {
            int now = session.status();
            Finding.unlessEqual(status & ~now, 0, "bits that went without a reset, of " + now);
            Finding.unless(
                    (now & DeviceStatus.DRIVER_OK) == 0 || (now & DeviceStatus.FEATURES_OK) != 0,
                    "a device works without features agreed on");
            boolean failed = (now & ~status & DeviceStatus.DEVICE_NEEDS_RESET) != 0;
            Finding.unless(!failed || told > toldBefore, "a device needs a reset and nobody knows why");
            Finding.unless(told - toldBefore <= QUEUES, "one step has many reasons: " + (told - toldBefore));
            status = now;
            Finding.unless(
                    (now & DeviceStatus.DEVICE_NEEDS_RESET) == 0 || session.service() == 0,
                    "a device that needs a reset works");
        }

        /** What a driver does that finds the device like that. */
        void bringUp() {
            written(0);
            Finding.unlessEqual(session.status(), 0, "status after a reset");
            int before = told;
            for (int bits : new int[] {1, 3}) {
                session.writeStatus(bits);
            }
            session.acknowledgeFeatures(session.offeredFeatures());
            Finding.unlessEqual(session.writeStatus(11), 11, "status with good features");
            for (int i = 0; i < QUEUES; i++) {
                long base = 0x1000 + 0x1000L * i;
                memory.fill(base - 0x1000, 0x1000, 0);
                session.configureQueue(i, 8, new QueueAddresses(base, base + 0x800, base + 0xA00), CallSink.NONE);
            }
            Finding.unlessEqual(session.writeStatus(ALL), ALL, "status of a device that works");
            session.service();
            Finding.unlessEqual(session.status(), ALL, "status of a device that has nothing to do");
            Finding.unlessEqual(told, before, "errors of a good beginning");
        }
    }
}
