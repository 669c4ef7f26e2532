// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest.loop;

import io.virtio4j.benchmarks.QueuePlace;
import io.virtio4j.benchmarks.ringtest.Ring;
import io.virtio4j.benchmarks.ringtest.Run;
import io.virtio4j.benchmarks.ringtest.Settings;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.transport.Doorbell;

/**
 * A virtqueue whose ends sleep when they find nothing, and tell each other when the other one wishes it. As under a hypervisor, it is the
 * driver whom that holds up: a kick is an exit from the virtual machine before it is anything else, and a call an entry.
 */
public final class NotifiedRing implements Ring {
    private static final String EVENT_INDEX = "event-index";

    private final Settings settings;
    private final QueuePlace place;
    private final long base;
    private final long exitNanos;
    private final Bell kicks = new Bell();
    private final Bell calls = new Bell();
    private final DriverEnd driver;

    /** Made by the device's thread. */
    private DeviceQueue device;

    /**
     * Makes it.
     *
     * @param variant as {@link QueuePlace} takes it; behind a colon {@code event-index} or {@code flag}, and behind another what an
     *     exit or an entry takes, in nanoseconds
     * @param settings of the measurement
     */
    public NotifiedRing(String variant, Settings settings) {
        String[] parts = variant.split(":");
        this.settings = settings;
        this.place = new QueuePlace(parts[0], parts[1].equals(EVENT_INDEX), settings.ringSize());
        this.exitNanos = Long.parseLong(parts[2]);
        this.base = place.allocate((long) settings.ringSize() * Settings.BUFFER_BYTES)
                .guestAddress();
        this.driver = new DriverEnd(place.newDriver());
    }

    @Override
    public void drive(long buffers, Run run) {
        driver.run(buffers, run);
    }

    @Override
    public long kicks() {
        return kicks.rings();
    }

    @Override
    public long calls() {
        return calls.rings();
    }

    @Override
    public void serve(Run run) {
        if (device == null) {
            device = place.newDevice(queue -> calls.ring());
            device.disableNotifications();
        }
        int batch = settings.batch();
        while (true) {
            int taken = 0;
            int handle = 0;
            while (taken < batch && (handle = device.next()) >= 0) {
                device.complete(handle, Settings.BUFFER_BYTES);
                taken++;
            }
            if (taken > 0) {
                device.flush();
            } else if (run.isStopped()) {
                return;
            } else {
                if (device.enableNotifications()) {
                    kicks.await(run);
                }
                device.disableNotifications();
            }
        }
    }

    /** Sends and takes back. */
    private final class DriverEnd implements UsedHandler {
        private final DriverQueue queue;
        private final BufferChain chain = new BufferChain(1);
        private final Doorbell doorbell = payload -> {
            Bell.pause(exitNanos);
            kicks.ring();
        };
        private long returned;

        DriverEnd(DriverQueue queue) {
            this.queue = queue;
            queue.disableCallbacks();
        }

        void run(long buffers, Run run) {
            long sent = returned;
            long end = sent + buffers;
            while (returned < end) {
                int wanted = (int) Math.min(settings.batch(), end - sent);
                if (wanted > 0 && settings.outstanding() - (sent - returned) >= wanted) {
                    for (int i = 0; i < wanted; i++) {
                        chain.clear().addWritable(base + settings.offset(sent), Settings.BUFFER_BYTES);
                        if (queue.add(chain, sent++) < 0) {
                            throw new IllegalStateException("the queue took no more at buffer " + sent);
                        }
                    }
                    queue.publish();
                    queue.kick(doorbell);
                } else if (queue.poll(this, settings.outstanding()) == 0) {
                    sleep(run);
                }
            }
        }

        private void sleep(Run run) {
            if (queue.enableCallbacks()) {
                calls.await(run);
                Bell.pause(exitNanos);
            }
            queue.disableCallbacks();
        }

        @Override
        public void onUsed(long token, long writtenBytes) {
            Check.same("token", returned, token);
            Check.same("bytes written", Settings.BUFFER_BYTES, writtenBytes);
            returned++;
        }
    }
}
