// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest.loop;

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.RingBuffer;
import io.virtio4j.benchmarks.ringtest.Ring;
import io.virtio4j.benchmarks.ringtest.Run;
import io.virtio4j.benchmarks.ringtest.Settings;

/**
 * Two Disruptors with one producer each, there and back. The driver's end claims and publishes as many events at once as it has
 * room for, up to a batch; the device's end takes what is there and gives it back one by one.
 */
public final class DisruptorPair implements Ring {
    private final RingBuffer<Buffer> there;
    private final RingBuffer<Buffer> back;
    private final Settings settings;
    private final DriverEnd driver;
    private final EventPoller<Buffer> arrived;

    /** Made by the device's thread: where the two ends would lie side by side, they would share cache lines. */
    private DeviceEnd device;

    /**
     * Makes it.
     *
     * @param variant has no meaning
     * @param settings of the measurement
     */
    public DisruptorPair(String variant, Settings settings) {
        this.settings = settings;
        there = RingBuffer.createSingleProducer(Buffer::new, settings.ringSize(), new BusySpinWaitStrategy());
        back = RingBuffer.createSingleProducer(Buffer::new, settings.ringSize(), new BusySpinWaitStrategy());
        driver = new DriverEnd(poller(back));
        arrived = poller(there);
    }

    private static EventPoller<Buffer> poller(RingBuffer<Buffer> ring) {
        EventPoller<Buffer> poller = ring.newPoller();
        ring.addGatingSequences(poller.getSequence());
        return poller;
    }

    /** The poller's method declares any exception; no handler here throws a checked one. */
    private static boolean poll(EventPoller<Buffer> poller, EventPoller.Handler<Buffer> handler) {
        try {
            return poller.poll(handler) == EventPoller.PollState.PROCESSING;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a handler threw", e);
        }
    }

    @Override
    public void drive(long buffers, Run run) {
        driver.run(buffers, run);
    }

    @Override
    public void serve(Run run) {
        if (device == null) {
            device = new DeviceEnd(arrived);
        }
        device.run(run);
    }

    /** Sends and takes back. */
    private final class DriverEnd implements EventPoller.Handler<Buffer> {
        private final EventPoller<Buffer> poller;
        private long returned;

        DriverEnd(EventPoller<Buffer> poller) {
            this.poller = poller;
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
                    send(sent, wanted);
                    sent += wanted;
                }
                if (poll(poller, this)) {
                    looks = 0;
                } else {
                    run.waited(++looks);
                }
            }
        }

        private void send(long serial, int count) {
            long last = there.next(count);
            long first = last - count + 1;
            for (int i = 0; i < count; i++) {
                there.get(first + i).send(settings, serial + i);
            }
            there.publish(first, last);
        }

        @Override
        public boolean onEvent(Buffer event, long sequence, boolean endOfBatch) {
            event.checkBack(returned++);
            return true;
        }
    }

    /** Gives back. */
    private final class DeviceEnd implements EventPoller.Handler<Buffer> {
        private final EventPoller<Buffer> poller;
        private long serial;

        DeviceEnd(EventPoller<Buffer> poller) {
            this.poller = poller;
        }

        void run(Run run) {
            long looks = 0;
            do {
                looks = poll(poller, this) ? 0 : looks + 1;
            } while (looks == 0 || !run.isOver(looks));
        }

        @Override
        public boolean onEvent(Buffer event, long sequence, boolean endOfBatch) {
            event.use(settings, serial++);
            long slot = back.next();
            Buffer used = back.get(slot);
            used.token = event.token;
            used.writtenBytes = event.writtenBytes;
            back.publish(slot);
            return true;
        }
    }
}
