// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.queue.RingFormat;
import java.util.HashMap;
import java.util.Map;

/**
 * The driver's half of a ring, and a device that writes what it likes between any two of its steps. Whatever that is, what the
 * driver is told of a request can be true, is told once, and no descriptor is lost.
 */
final class DriverRingTarget implements FuzzTarget {
    private final RingFormat format;

    DriverRingTarget(RingFormat format) {
        this.format = format;
    }

    @Override
    public String name() {
        return "driver-" + (format == RingFormat.SPLIT ? "split" : "packed");
    }

    @Override
    public String toString() {
        return name();
    }

    @Override
    public long play(byte[] input) {
        Steps steps = new Steps(input);
        Play play = new Play(new RingRig(format, steps), steps);
        while (steps.next()) {
            play.step();
        }
        play.reset();
        return steps.done();
    }

    /** What the driver waits for. The answer is known where the device has been honest. */
    private static final class Request {
        final int id;
        final int slots;
        final long writableBytes;
        boolean published;

        Request(int id, int slots, long writableBytes) {
            this.id = id;
            this.slots = slots;
            this.writableBytes = writableBytes;
        }
    }

    private static final class Play {
        private final RingRig rig;
        private final Steps steps;
        private final RingVandal vandal;
        private final Map<Long, Request> waiting = new HashMap<>();
        private long tokens;
        private boolean honest = true;
        private boolean broken;
        private boolean cancelled;

        /** Where the device writes its next answer, as long as it has been honest. */
        private int slot;

        private boolean wrap = true;

        Play(RingRig rig, Steps steps) {
            this.rig = rig;
            this.steps = steps;
            this.vandal = new RingVandal(rig, steps.byteValue());
        }

        void step() {
            switch (steps.below(16)) {
                case 0, 1 -> add(true);
                case 2 -> add(false);
                case 3 -> publish();
                case 4, 5 -> poll();
                case 6 -> pollUsed();
                case 7, 8, 9 -> serve();
                case 10 -> callbacks();
                case 11 -> kick();
                case 12 -> vandalise(this::use);
                case 13 -> vandalise(() -> vandal.scribble(steps));
                case 14 -> vandalise(() -> vandal.flip(steps));
                default -> {
                    int what = steps.below(32);
                    if (what == 0) {
                        reset();
                    } else if (what == 1) {
                        cancel();
                    }
                }
            }
        }

        private void vandalise(Runnable what) {
            if (vandal.strikes(steps)) {
                honest = false;
                what.run();
            }
        }

        /** Answers a request, or one that never was. */
        private void use() {
            int id = steps.below(rig.config.size());
            long lengthBytes = steps.below(64);
            int slots = 1;
            for (Request request : waiting.values()) {
                if (steps.oneIn(2)) {
                    id = request.id;
                    lengthBytes = steps.oneIn(2) ? request.writableBytes : 0;
                    slots = request.slots;
                    break;
                }
            }
            vandal.use(steps, id, lengthBytes, slot, wrap);
            advance(slots);
        }

        private void advance(int slots) {
            slot += slots;
            if (slot >= rig.config.size()) {
                slot -= rig.config.size();
                wrap = !wrap;
            }
        }

        private void add(boolean publish) {
            BufferChain chain = rig.chain(steps);
            int free = rig.driver.freeDescriptors();
            int id = rig.driver.add(chain, tokens);
            if (id >= 0) {
                Finding.unless(!broken, "a broken queue takes a chain");
                waiting.put(tokens++, new Request(id, free - rig.driver.freeDescriptors(), chain.writableBytes()));
            } else {
                Finding.unlessEqual(id, broken ? DriverQueue.BROKEN : DriverQueue.FULL, "answer to a chain");
                Finding.unless(broken || chain.count() > free, "a queue with room is full");
            }
            afterDriver();
            if (publish) {
                publish();
            }
        }

        private void publish() {
            rig.driver.publish();
            if (!broken) {
                waiting.values().forEach(request -> request.published = true);
            }
            afterDriver();
        }

        private void kick() {
            boolean needed = rig.driver.kickNeeded();
            Finding.unless(!needed || !broken, "a broken queue wants to kick");
            afterDriver();
        }

        private void callbacks() {
            if (steps.oneIn(2)) {
                rig.driver.disableCallbacks();
            } else {
                boolean nothing = rig.driver.enableCallbacks();
                Finding.unless(!nothing || !broken, "a broken queue may be slept on");
            }
            afterDriver();
        }

        private void poll() {
            taken(rig.driver.poll(this::used, 1 + steps.below(8)));
        }

        private void pollUsed() {
            taken(rig.driver.pollUsed(this::used, 1 + steps.below(8), steps.below(3), NoIdle.INSTANCE));
        }

        private void taken(int count) {
            if (count == DriverQueue.BROKEN) {
                Finding.unless(!honest || broken, "an honest device broke the driver's half: " + rig.driverErrors);
                broken = true;
            } else {
                Finding.unless(!broken || count > 0, "a broken queue answers " + count);
            }
            broken |= rig.driver.isBroken();
            afterDriver();
        }

        private void used(long token, long written) {
            Request request = waiting.remove(token);
            Finding.unless(request != null, "an answer to a request that nobody waits for: " + token);
            Finding.unless(!broken, "an answer out of a broken queue");
            Finding.unless(request.published, "an answer to a request that the device cannot know: " + token);
            Finding.unless(
                    written >= 0 && written <= request.writableBytes,
                    written + " bytes written to " + request.writableBytes);
            if (honest) {
                Finding.unlessEqual(written, request.writableBytes, "bytes of an honest answer");
            }
        }

        /** The honest device, as far as it gets. */
        private void serve() {
            int most = 1 + steps.below(3);
            for (int i = 0; i < most; i++) {
                int handle = rig.device.next();
                if (handle < 0) {
                    Finding.unless(!honest || !rig.device.isBroken(), "an honest driver broke the device's half");
                    break;
                }
                rig.device.complete(handle, rig.device.chain(handle).writableBytes());
            }
            rig.device.flush();
            rig.acceptDevice();
            rig.ram.check("the honest device");
        }

        private void afterDriver() {
            if (!broken) {
                rig.acceptDriver();
            }
            rig.ram.check("the driver's half");
            RingRig.onlyTheBreak(rig.driverErrors, (broken && !cancelled) || brokeBeforeCancel, "the driver's half");
            int slots = 0;
            for (Request request : waiting.values()) {
                slots += request.slots;
            }
            if (!cancelled) {
                Finding.unlessEqual(rig.driver.inFlight(), waiting.size(), "chains in flight");
                Finding.unlessEqual(
                        rig.driver.freeDescriptors() + slots, rig.config.size(), "descriptors, free and not");
            }
        }

        private boolean brokeBeforeCancel;

        /** All that the device still owns comes back, once. */
        private void cancel() {
            brokeBeforeCancel |= broken && !cancelled;
            int expected = waiting.size();
            int count = rig.driver.cancelAll(token ->
                    Finding.unless(waiting.remove(token) != null, "a request is cancelled that nobody waits for"));
            Finding.unlessEqual(count, expected, "requests cancelled");
            Finding.unless(waiting.isEmpty(), "requests that never came back: " + waiting.keySet());
            Finding.unlessEqual(rig.driver.inFlight(), 0, "chains in flight");
            broken = true;
            cancelled = true;
            afterDriver();
        }

        void reset() {
            cancel();
            rig.renew();
            honest = true;
            broken = false;
            cancelled = false;
            brokeBeforeCancel = false;
            slot = 0;
            wrap = true;
            for (int i = 0; i < 2; i++) {
                BufferChain chain =
                        new BufferChain(2).addReadable(GuestRam.FAR, 16).addWritable(GuestRam.FAR + 64, 16);
                int id = rig.driver.add(chain, tokens);
                Finding.unless(id >= 0, "a good request is taken after a reset");
                int slots = rig.config.size() - rig.driver.freeDescriptors();
                waiting.put(tokens++, new Request(id, slots, 16));
                publish();
                serve();
                poll();
                Finding.unless(waiting.isEmpty(), "a good request is answered after a reset");
                advance(slots);
            }
        }
    }
}
