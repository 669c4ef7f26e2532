// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.DeviceSession;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkSegmentLayout;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/**
 * A block device under test and the hand that drives it: both halves of a real ring on the test's own thread, requests
 * put together byte by byte and cut into descriptors as the test likes.
 *
 * <p>The memory is two regions that touch, so that a buffer in the middle lies in both. The upper one is made of windows of
 * a page, as a region of many gibibytes is of large ones.
 */
final class BlkRig {
    static final int QUEUE_SIZE = 64;
    static final int POISON = 0xEE;

    private static final int PAGE_BYTES = 4096;
    private static final long REGION_BYTES = 1 << 20;
    private static final long GUEST_ADDRESS = 0x4000_0000;
    private static final int NO_STATUS = -1;

    final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    final SharedMemory low = SharedMemory.allocate(REGION_BYTES, GUEST_ADDRESS);
    final SharedMemory high = SharedMemory.wrap(pages(), GUEST_ADDRESS + REGION_BYTES);
    final GuestMemory memory = GuestMemory.of(low, high);
    final DmaArena arena = new DmaArena(low);
    final VirtioDevice device;
    final DeviceSession session;

    /** Queue 0. */
    DriverQueue queue;

    /** How often the driver was told that the configuration has changed. */
    int configChanges;

    private final List<DriverQueue> queues = new ArrayList<>();
    private final Map<Long, Sent> inFlight = new HashMap<>();
    private final Map<Long, Answer> answers = new HashMap<>();
    private long nextToken;
    private Features features = Features.NONE;

    /** What a request's writable buffers held when it came back. */
    static final class Answer {
        private final byte[] writable;
        private final long usedBytes;

        private Answer(byte[] writable, long usedBytes) {
            this.writable = writable;
            this.usedBytes = usedBytes;
        }

        int status() {
            return writable.length == 0 ? NO_STATUS : writable[writable.length - 1] & 0xFF;
        }

        byte[] data() {
            return Arrays.copyOf(writable, Math.max(0, writable.length - 1));
        }

        long usedBytes() {
            return usedBytes;
        }
    }

    private record Sent(List<DmaBuffer> readable, List<DmaBuffer> writable) {}

    private static List<ByteBuffer> pages() {
        ByteBuffer all =
                ByteBuffer.allocateDirect((int) REGION_BYTES + PAGE_BYTES).alignedSlice(PAGE_BYTES);
        return IntStream.range(0, (int) REGION_BYTES / PAGE_BYTES)
                .mapToObj(page -> all.slice(page * PAGE_BYTES, PAGE_BYTES))
                .toList();
    }

    BlkRig(VirtioDevice device) {
        this(device, everything(device));
    }

    /** All that the device offers, on a split ring whose buffers come back in any order. */
    static Features everything(VirtioDevice device) {
        return DeviceSession.offeredFeatures(device)
                .without(FeatureBits.RING_PACKED)
                .without(FeatureBits.IN_ORDER);
    }

    /** The same on a ring of either format. */
    static Features everything(VirtioDevice device, boolean packed) {
        Features split = everything(device);
        return packed ? split.with(FeatureBits.RING_PACKED) : split;
    }

    BlkRig(VirtioDevice device, Features acknowledged) {
        this.device = device;
        this.session = new DeviceSession(device, memory, () -> configChanges++, errors::add);
        start(acknowledged);
    }

    void start(Features acknowledged) {
        session.writeStatus(DeviceStatus.ACKNOWLEDGE);
        session.writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
        session.acknowledgeFeatures(acknowledged);
        int ready = session.writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER | DeviceStatus.FEATURES_OK);
        assertThat(ready & DeviceStatus.FEATURES_OK).isNotZero();
        features = acknowledged;
        queues.clear();
        for (int index = 0; index < device.queueCount(); index++) {
            queues.add(enableQueue(index, QUEUE_SIZE));
        }
        queue = queues.get(0);
        session.writeStatus(ready | DeviceStatus.DRIVER_OK);
        inFlight.clear();
        answers.clear();
    }

    /** Sets queue 0 up, anew and elsewhere. */
    void enableQueue(int size) {
        queue = enableQueue(0, size);
        queues.set(0, queue);
    }

    private DriverQueue enableQueue(int index, int size) {
        RingFormat format = RingFormat.of(features);
        QueueConfig config = new QueueConfig(
                index,
                size,
                features,
                new QueueAddresses(
                        allocate(format.descriptorAreaBytes(size)),
                        allocate(format.driverAreaBytes(size)),
                        allocate(format.deviceAreaBytes(size))));
        DriverQueue enabled = DriverQueue.create(config, memory, BarrierPolicy.OPTIMIZED, errors::add);
        session.configureQueue(config, CallSink.NONE);
        return enabled;
    }

    private long allocate(int lengthBytes) {
        return arena.allocate(lengthBytes, 128).guestAddress();
    }

    static byte[] header(int type, long sector) {
        return ByteBuffer.allocate(BlkRequestLayout.HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(BlkRequestLayout.TYPE, type)
                .putLong(BlkRequestLayout.SECTOR, sector)
                .array();
    }

    /** One segment of a discard, write-zeroes or secure-erase request. */
    static byte[] segment(long sector, int sectors, int flags) {
        return ByteBuffer.allocate(BlkSegmentLayout.LENGTH_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(BlkSegmentLayout.SECTOR, sector)
                .putInt(BlkSegmentLayout.NUM_SECTORS, sectors)
                .putInt(BlkSegmentLayout.FLAGS, flags)
                .array();
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    /** A request with segments for data; its status. */
    int ranges(int type, byte[]... segments) {
        return request(type, 0, join(segments), 0).status();
    }

    byte[] read(long sector, int sectors) {
        return request(BlkRequestType.IN, sector, new byte[0], sectors * BlkRequestLayout.SECTOR_BYTES)
                .data();
    }

    /** Header, data, status in one descriptor each, as Linux sends them. */
    Answer request(int type, long sector, byte[] out, int inBytes) {
        List<byte[]> readable = new ArrayList<>();
        readable.add(header(type, sector));
        if (out.length > 0) {
            readable.add(out);
        }
        return exchange(readable, inBytes > 0 ? List.of(inBytes, 1) : List.of(1));
    }

    /** Sends one request and serves the device until it comes back. */
    Answer exchange(List<byte[]> readable, List<Integer> writable) {
        long token = send(readable, writable);
        serve();
        return take(token);
    }

    long send(List<byte[]> readable, List<Integer> writable) {
        return send(0, readable, writable);
    }

    long send(int queueIndex, List<byte[]> readable, List<Integer> writable) {
        List<DmaBuffer> in = new ArrayList<>();
        List<DmaBuffer> out = new ArrayList<>();
        BufferChain chain = new BufferChain(QUEUE_SIZE);
        for (byte[] bytes : readable) {
            DmaBuffer buffer = arena.allocate(bytes.length, 1);
            low.putBytes(buffer.offset(), bytes, 0, bytes.length);
            chain.addReadable(buffer);
            in.add(buffer);
        }
        for (int length : writable) {
            DmaBuffer buffer = arena.allocate(length, 1);
            low.fill(buffer.offset(), length, POISON);
            chain.addWritable(buffer);
            out.add(buffer);
        }
        long token = nextToken++;
        inFlight.put(token, new Sent(in, out));
        assertThat(queues.get(queueIndex).offer(chain, token)).isNotNegative();
        return token;
    }

    /** Lets the device work, and takes what it has used. */
    void serve() {
        session.service();
        queues.forEach(each -> each.poll(this::used, QUEUE_SIZE));
    }

    private void used(long token, long writtenBytes) {
        Sent sent = inFlight.remove(token);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (DmaBuffer buffer : sent.writable) {
            byte[] part = new byte[(int) buffer.lengthBytes()];
            low.getBytes(buffer.offset(), part, 0, part.length);
            bytes.writeBytes(part);
            buffer.free();
        }
        sent.readable.forEach(DmaBuffer::free);
        answers.put(token, new Answer(bytes.toByteArray(), writtenBytes));
    }

    boolean isAnswered(long token) {
        return answers.containsKey(token);
    }

    Answer take(long token) {
        assertThat(answers).as("answers").containsKey(token);
        return answers.remove(token);
    }

    /** The bytes of a request's writable buffers while it is in flight. */
    byte[] writableNow(long token) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (DmaBuffer buffer : inFlight.get(token).writable) {
            byte[] part = new byte[(int) buffer.lengthBytes()];
            low.getBytes(buffer.offset(), part, 0, part.length);
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    /** The driver changes its mind about what the device was to read. */
    void overwriteReadable(long token, int value) {
        inFlight.get(token).readable.forEach(buffer -> low.fill(buffer.offset(), buffer.lengthBytes(), value));
    }

    static byte[] pattern(int lengthBytes, int seed) {
        byte[] bytes = new byte[lengthBytes];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
