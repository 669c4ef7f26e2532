// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest.loop;

import io.virtio4j.benchmarks.QueuePlace;
import io.virtio4j.benchmarks.ringtest.Ring;
import io.virtio4j.benchmarks.ringtest.Run;
import io.virtio4j.benchmarks.ringtest.Settings;
import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.transport.CallSink;

/**
 * A virtqueue of the library, both halves with all their checks. Both sides poll, so nobody is notified. Up to a batch of buffers
 * is behind one index (or, packed, behind one head's flags), on the way there and on the way back.
 */
public final class VirtioRing implements Ring {
    private final Settings settings;
    private final QueuePlace place;
    private final boolean table;
    private final long base;
    private final DriverEnd driver;

    /** Made by the device's thread: where the two halves would lie side by side, they would share cache lines. */
    private DeviceEnd device;

    /**
     * Makes it.
     *
     * @param variant as {@link QueuePlace} takes it; with {@code indirect} a buffer is two parts in a table
     * @param settings of the measurement
     */
    public VirtioRing(String variant, Settings settings) {
        this.settings = settings;
        this.table = variant.contains("indirect");
        this.place = new QueuePlace(variant, false, settings.ringSize());
        this.base = place.allocate((long) settings.ringSize() * Settings.BUFFER_BYTES)
                .guestAddress();
        this.driver = new DriverEnd(place.newDriver());
    }

    @Override
    public void drive(long buffers, Run run) {
        driver.run(buffers, run);
    }

    @Override
    public void serve(Run run) {
        if (device == null) {
            device = new DeviceEnd(place.newDevice(CallSink.NONE));
        }
        device.run(run);
    }

    /** Sends and takes back. */
    private final class DriverEnd implements UsedHandler {
        private static final int HEADER_BYTES = 16;

        private final DriverQueue queue;
        private final BufferChain chain = new BufferChain(2);
        private long returned;

        DriverEnd(DriverQueue queue) {
            this.queue = queue;
            queue.disableCallbacks();
        }

        void run(long buffers, Run run) {
            int outstanding = settings.outstanding();
            int batch = settings.batch();
            long sent = returned;
            long end = sent + buffers;
            long looks = 0;
            while (returned < end) {
                int wanted = (int) Math.min(batch, end - sent);
                if (wanted > 0 && outstanding - (sent - returned) >= wanted) {
                    for (int i = 0; i < wanted; i++) {
                        add(sent++);
                    }
                    queue.publish();
                }
                int taken = queue.poll(this, outstanding);
                if (taken > 0) {
                    looks = 0;
                } else {
                    run.waited(++looks);
                }
            }
        }

        private void add(long serial) {
            long address = base + settings.offset(serial);
            chain.clear();
            if (table) {
                chain.addReadable(address, HEADER_BYTES);
            }
            chain.addWritable(address, Settings.BUFFER_BYTES);
            if (queue.add(chain, serial) < 0) {
                throw new IllegalStateException("the queue took no more at buffer " + serial);
            }
        }

        @Override
        public void onUsed(long token, long writtenBytes) {
            Check.same("token", returned, token);
            Check.same("bytes written", Settings.BUFFER_BYTES, writtenBytes);
            returned++;
        }
    }

    /** Gives back. */
    private final class DeviceEnd {
        private final DeviceQueue queue;
        private final long memoryBase = place.guestAddress();
        private long serial;

        DeviceEnd(DeviceQueue queue) {
            this.queue = queue;
            queue.disableNotifications();
        }

        void run(Run run) {
            int batch = settings.batch();
            long looks = 0;
            while (true) {
                int taken = 0;
                while (taken < batch) {
                    int handle = queue.next();
                    if (handle < 0) {
                        break;
                    }
                    use(queue.chain(handle));
                    queue.complete(handle, Settings.BUFFER_BYTES);
                    taken++;
                }
                if (taken > 0) {
                    queue.publish();
                    looks = 0;
                } else if (run.isOver(++looks)) {
                    return;
                }
            }
        }

        private void use(DescriptorChain chain) {
            int writable = chain.readablePieces();
            Check.same("buffer", base + settings.offset(serial), memoryBase + chain.pieceOffset(writable));
            Check.same("bytes to write", Settings.BUFFER_BYTES, chain.writableBytes());
            serial++;
        }
    }
}
