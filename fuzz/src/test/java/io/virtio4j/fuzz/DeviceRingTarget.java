// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.RingFormat;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The device's half of a ring, and a driver that writes what it likes between any two of its steps. As long as that has not
 * happened since the last reset, every chain must come as it was offered, and every answer as it was given.
 */
final class DeviceRingTarget implements FuzzTarget {
    private final RingFormat format;

    DeviceRingTarget(RingFormat format) {
        this.format = format;
    }

    @Override
    public String name() {
        return "device-" + (format == RingFormat.SPLIT ? "split" : "packed");
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

    /** What was offered and not yet taken, or taken and not yet used. */
    private record Request(long token, long readableBytes, long writableBytes) {}

    private static final class Play {
        private final RingRig rig;
        private final Steps steps;
        private final RingVandal vandal;
        private final List<Integer> taken = new ArrayList<>();

        /** What the driver has offered, as long as nobody has written anything that he should not. */
        private final Deque<Request> added = new ArrayDeque<>();

        private final Deque<Request> published = new ArrayDeque<>();
        private final Map<Integer, Request> requests = new HashMap<>();
        private final Map<Long, Long> answers = new HashMap<>();
        private boolean honest = true;
        private boolean broken;
        private long tokens;

        /** Where a vandal's next chain goes. */
        private int slot;

        private boolean wrap = true;

        Play(RingRig rig, Steps steps) {
            this.rig = rig;
            this.steps = steps;
            this.vandal = new RingVandal(rig, steps.byteValue());
        }

        void step() {
            switch (steps.below(16)) {
                case 0, 1 -> offer(true);
                case 2 -> offer(false);
                case 3 -> publish();
                case 4 -> poll();
                case 5, 6, 7 -> take();
                case 8, 9 -> complete();
                case 10 -> flush();
                case 11 -> notifications();
                case 12 -> vandalise(() -> vandal.offer(steps, slot, wrap), 1 + steps.below(3));
                case 13 -> vandalise(() -> vandal.scribble(steps), 0);
                case 14 -> vandalise(() -> vandal.flip(steps), 0);
                default -> {
                    if (steps.oneIn(16)) {
                        reset();
                    }
                }
            }
        }

        private void vandalise(Runnable what, int slots) {
            if (vandal.strikes(steps)) {
                honest = false;
                what.run();
                advance(slots);
            }
        }

        private void advance(int slots) {
            slot += slots;
            if (slot >= rig.config.size()) {
                slot -= rig.config.size();
                wrap = !wrap;
            }
        }

        private void offer(boolean publish) {
            BufferChain chain = rig.chain(steps);
            int free = rig.driver.freeDescriptors();
            int id = rig.driver.add(chain, tokens);
            if (id >= 0) {
                added.add(new Request(tokens++, rig.readableBytes, chain.writableBytes()));
                advance(free - rig.driver.freeDescriptors());
            }
            rig.acceptDriver();
            Finding.unless(id != DriverQueue.BROKEN || !honest, "an honest device broke the driver's half");
            if (publish) {
                publish();
            }
        }

        private void publish() {
            rig.driver.publish();
            rig.driver.kickNeeded();
            rig.acceptDriver();
            published.addAll(added);
            added.clear();
        }

        private void poll() {
            int count = rig.driver.poll((token, written) -> answered(token, written), 1 + steps.below(8));
            rig.acceptDriver();
            Finding.unless(count >= 0 || !honest, "an honest device broke the driver's half");
        }

        private void answered(long token, long written) {
            if (honest) {
                Long expected = answers.remove(token);
                Finding.unless(expected != null, "an answer to a request that was not answered: " + token);
                Finding.unlessEqual(written, expected, "bytes of request " + token);
            }
        }

        private void take() {
            int handle = rig.device.next();
            if (handle == DeviceQueue.BROKEN) {
                Finding.unless(!honest, "an honest driver broke the device's half: " + rig.deviceErrors);
                broken = true;
            } else if (handle == DeviceQueue.EMPTY) {
                Finding.unless(!broken, "a broken queue is empty");
                Finding.unless(!honest || published.isEmpty(), "a published chain is not found");
            } else {
                Finding.unless(!broken, "a broken queue gives a chain");
                Finding.unless(!taken.contains(handle), "a chain is given twice");
                taken.add(handle);
                look(rig.device.chain(handle));
                if (honest) {
                    compare(handle, rig.device.chain(handle));
                }
            }
            RingRig.onlyTheBreak(rig.deviceErrors, broken, "the device's half");
            afterDevice(false);
        }

        private void compare(int handle, DescriptorChain chain) {
            Request request = published.poll();
            Finding.unless(request != null, "a chain that was not published");
            Finding.unlessEqual(chain.readableBytes(), request.readableBytes, "readable bytes");
            Finding.unlessEqual(chain.writableBytes(), request.writableBytes, "writable bytes");
            requests.put(handle, request);
        }

        /** Every piece lies in memory, and together they are what the chain says. */
        private void look(DescriptorChain chain) {
            long bytes = 0;
            for (int piece = 0; piece < chain.pieces(); piece++) {
                long end = chain.pieceOffset(piece) + chain.pieceLengthBytes(piece);
                Finding.unless(
                        chain.pieceOffset(piece) >= 0
                                && chain.pieceLengthBytes(piece) > 0
                                && end <= chain.pieceMemory(piece).lengthBytes(),
                        "a piece lies outside memory: " + chain);
                bytes += chain.pieceLengthBytes(piece);
            }
            Finding.unlessEqual(bytes, chain.readableBytes() + chain.writableBytes(), "bytes in pieces");
            Finding.unless(bytes <= 1L << 32, "a chain of more than 2^32 bytes: " + chain);
            if (chain.readableBytes() > 0) {
                chain.getByte(chain.readableBytes() - 1);
                byte[] some = new byte[(int) Math.min(16, chain.readableBytes())];
                chain.getBytes(chain.readableBytes() - some.length, some, 0, some.length);
            }
        }

        private void complete() {
            if (taken.isEmpty()) {
                return;
            }
            int handle = taken.remove(steps.below(taken.size()));
            DescriptorChain chain = rig.device.chain(handle);
            long written = chain.writableBytes() == 0 ? 0 : steps.le16() % (chain.writableBytes() + 1);
            write(chain, written);
            rig.device.complete(handle, written);
            Request request = requests.remove(handle);
            if (honest && request != null) {
                answers.put(request.token, written);
            }
            afterDevice(!broken);
        }

        /** The first and the last of the bytes that are said to be written. */
        private void write(DescriptorChain chain, long written) {
            if (written > 0) {
                writeByte(chain, 0);
                writeByte(chain, written - 1);
            }
        }

        private void writeByte(DescriptorChain chain, long position) {
            int value = steps.byteValue();
            chain.putByte(position, value);
            long left = position;
            int piece = chain.readablePieces();
            while (left >= chain.pieceLengthBytes(piece)) {
                left -= chain.pieceLengthBytes(piece);
                piece++;
            }
            SharedMemory region = chain.pieceMemory(piece);
            rig.ram.allow(region, chain.pieceOffset(piece) + left, value);
        }

        private void flush() {
            rig.device.flush();
            afterDevice(!broken);
        }

        private void notifications() {
            int what = steps.byteValue();
            if ((what & 1) == 0) {
                rig.device.disableNotifications();
            } else {
                boolean nothing = rig.device.enableNotifications();
                Finding.unless(!honest || broken || nothing == published.isEmpty(), "the last look before a sleep");
            }
            afterDevice(!broken);
        }

        private void afterDevice(boolean mayWrite) {
            if (mayWrite) {
                rig.acceptDevice();
            }
            rig.ram.check("the device's half");
            Finding.unlessEqual(rig.device.inFlight(), taken.size(), "chains in flight");
            Finding.unless(rig.device.isBroken() == broken || !broken, "a broken queue is whole again");
        }

        /** Chains in hand are dropped; the queue of before is broken for whoever still has it. Then a good request is served. */
        void reset() {
            taken.clear();
            added.clear();
            published.clear();
            requests.clear();
            answers.clear();
            rig.renew();
            honest = true;
            broken = false;
            slot = 0;
            wrap = true;
            BufferChain chain = new BufferChain(2).addReadable(GuestRam.FAR, 16).addWritable(GuestRam.FAR + 64, 16);
            Finding.unless(rig.driver.offer(chain, 77) >= 0, "the driver takes a good request");
            advance(rig.config.size() - rig.driver.freeDescriptors());
            rig.acceptDriver();
            int handle = rig.device.next();
            Finding.unless(handle >= 0, "a good request is served after a reset: " + rig.deviceErrors);
            rig.device.chain(handle).putLe32(12, 0x1234_5678);
            rig.ram.poke(GuestRam.FAR + 64 + 12, 0x1234_5678, 4);
            rig.device.complete(handle, 16);
            rig.device.flush();
            rig.acceptDevice();
            long[] got = {-1, -1};
            rig.driver.poll(
                    (token, written) -> {
                        got[0] = token;
                        got[1] = written;
                    },
                    8);
            rig.acceptDriver();
            Finding.unlessEqual(got[0], 77, "token after a reset");
            Finding.unlessEqual(got[1], 16, "bytes after a reset");
            rig.ram.check("a good request");
        }
    }
}
