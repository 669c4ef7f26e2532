// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import io.virtio4j.device.DeviceSession;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A device, honest rings to it, and requests that are anything: cut anywhere, with canaries around what may be written. */
final class RequestRig {
    static final int SLOTS = 4;
    static final int AREA_BYTES = 2560;
    static final int QUEUE_SIZE = 16;
    static final int NEEDED = DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER;
    private static final long BASE = 0x4000_0000L;
    private static final int RINGS_BYTES = 8192;
    private static final int STRIDE = 2 * AREA_BYTES;
    private static final byte CANARY = (byte) 0xEE;

    final List<Throwable> errors = new ArrayList<>();
    final SharedMemory memory = SharedMemory.allocate(RINGS_BYTES + SLOTS * STRIDE, BASE);
    final GuestMemory guest;
    final DeviceSession session;
    final DriverQueue[] queues;
    private final VirtioDevice device;
    private final Features features;
    private final UsedHandler onUsed = this::used;
    private final Sent[] sent = new Sent[SLOTS];
    private final byte[] scratch = new byte[STRIDE];
    private final byte[] canaries = new byte[STRIDE];

    /** A request in flight, or an answer: what the writable bytes hold. */
    static final class Sent {
        byte[] readable = {};
        int writableBytes;
        boolean answered;
        long usedBytes;
        byte[] writable = {};

        int le32(int at) {
            return ByteBuffer.wrap(writable).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
        }

        long le64(int at) {
            return ByteBuffer.wrap(writable).order(ByteOrder.LITTLE_ENDIAN).getLong(at);
        }
    }

    RequestRig(VirtioDevice device, SharedMemory more, int dial) {
        Arrays.fill(canaries, CANARY);
        this.device = device;
        this.guest = more == null ? GuestMemory.of(memory) : GuestMemory.of(memory, more);
        this.session = new DeviceSession(device, guest, () -> {}, errors::add);
        Features all = session.offeredFeatures().without(FeatureBits.NOTIFICATION_DATA);
        all = (dial & 1) == 0 ? all.without(FeatureBits.RING_PACKED) : all;
        this.features = (dial & 2) == 0 ? all.without(FeatureBits.IN_ORDER) : all;
        this.queues = new DriverQueue[device.queueCount()];
        start();
    }

    Features features() {
        return features;
    }

    /** Resets the device and brings it up as a driver does. */
    void start() {
        session.writeStatus(DeviceStatus.RESET);
        Finding.unlessEqual(session.status(), 0, "status after a reset");
        Arrays.fill(sent, null);
        session.writeStatus(DeviceStatus.ACKNOWLEDGE);
        session.writeStatus(NEEDED);
        session.acknowledgeFeatures(features);
        session.writeStatus(NEEDED | DeviceStatus.FEATURES_OK);
        for (int i = 0; i < queues.length; i++) {
            long rings = BASE + 4096L * i;
            int size = Math.min(QUEUE_SIZE, device.maxQueueSize(i));
            QueueConfig config =
                    new QueueConfig(i, size, features, new QueueAddresses(rings, rings + 1024, rings + 2048));
            queues[i] = DriverQueue.create(config, guest, BarrierPolicy.OPTIMIZED, errors::add);
            session.configureQueue(config, CallSink.NONE);
        }
        int ready = session.writeStatus(NEEDED | DeviceStatus.FEATURES_OK | DeviceStatus.DRIVER_OK);
        Finding.unlessEqual(ready, 15, "status of a device that works");
    }

    /** {@return a slot that nothing is in flight in, or -1} */
    int freeSlot() {
        for (int slot = 0; slot < SLOTS; slot++) {
            if (sent[slot] == null) {
                return slot;
            }
        }
        return -1;
    }

    /** Sends readable bytes and room for an answer, cut where the input says. */
    void send(int queue, int slot, byte[] readable, int writableBytes, Steps steps) {
        Sent request = new Sent();
        request.readable = readable;
        request.writableBytes = writableBytes;
        long out = RINGS_BYTES + (long) slot * STRIDE;
        memory.fill(out, STRIDE, CANARY);
        memory.putBytes(out, readable, 0, readable.length);
        BufferChain chain = new BufferChain(QUEUE_SIZE);
        int left = QUEUE_SIZE / SLOTS;
        left -= cut(chain, true, out, readable.length, writableBytes > 0 ? left - 1 : left, steps);
        cut(chain, false, out + AREA_BYTES, writableBytes, left, steps);
        Finding.unless(queues[queue].offer(chain, slot) >= 0, "the driver takes a request");
        sent[slot] = request;
    }

    private int cut(BufferChain chain, boolean readable, long offset, int lengthBytes, int most, Steps steps) {
        int parts = 0;
        int at = 0;
        while (at < lengthBytes) {
            int left = lengthBytes - at;
            int part = parts == most - 1 || steps.oneIn(2) ? left : 1 + steps.le16() % left;
            if (readable) {
                chain.addReadable(BASE + offset + at, part);
            } else {
                chain.addWritable(BASE + offset + at, part);
            }
            at += part;
            parts++;
        }
        return parts;
    }

    /** Lets the device work and takes what it has used. */
    void serve() {
        for (int i = 0; i < 3; i++) {
            session.service();
        }
        for (DriverQueue queue : queues) {
            Finding.unless(queue.poll(onUsed, QUEUE_SIZE) >= 0, "the device broke a ring");
        }
        Finding.unlessEqual(session.status(), 15, "status of a device that was asked for what it need not do");
    }

    private void used(long token, long usedBytes) {
        Sent request = sent[(int) token];
        Finding.unless(request != null && !request.answered, "an answer to nothing: " + token);
        request.answered = true;
        request.usedBytes = usedBytes;
        long out = RINGS_BYTES + token * STRIDE;
        memory.getBytes(out, scratch, 0, STRIDE);
        Finding.unless(
                Arrays.equals(scratch, 0, request.readable.length, request.readable, 0, request.readable.length),
                "the device wrote to what it may read");
        untouched(request.readable.length, AREA_BYTES);
        untouched(AREA_BYTES + request.writableBytes, STRIDE);
        request.writable = Arrays.copyOfRange(scratch, AREA_BYTES, AREA_BYTES + request.writableBytes);
    }

    private void untouched(int from, int to) {
        int at = Arrays.mismatch(scratch, from, to, canaries, from, to);
        Finding.unlessEqual(at, -1, "first byte that the device wrote outside the chain");
    }

    /** {@return the answer to what was sent in a slot, which is free again; or null} */
    Sent take(int slot) {
        Sent request = sent[slot];
        if (request == null || !request.answered) {
            return null;
        }
        sent[slot] = null;
        return request;
    }
}
