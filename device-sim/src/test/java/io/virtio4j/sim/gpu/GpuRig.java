// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.DeviceSession;
import io.virtio4j.device.Scanout;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.SplitLayout;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuQueues;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A device and a driver's rings on one thread: the device does exactly what it is told to, when it is told to.
 *
 * <p>Guest memory is a region for rings and messages, and two smaller ones that touch each other, for backings.
 */
final class GpuRig {
    static final int QUEUE_SIZE = 256;
    static final long PAGES = 0x2000_0000L;
    static final int PAGES_BYTES = 1 << 16;
    private static final int MESSAGE_BYTES = 1 << 16;
    private static final int RESPONSE_BYTES = 2048;

    final RecordingScanout scanout = new RecordingScanout();
    final List<Throwable> errors = new ArrayList<>();
    final SimGpu device;
    final DeviceSession session;
    final SharedMemory lowPages;
    final SharedMemory highPages;
    int configChanges;

    private final SharedMemory ringMemory = SharedMemory.allocate(1 << 20, 0x1000_0000);
    private final GuestMemory guest;
    private final Features features;
    private DmaArena arena = new DmaArena(ringMemory);
    private DriverQueue[] queues = {};
    private DmaBuffer request = arena.allocate(MESSAGE_BYTES, 64);
    private DmaBuffer response = arena.allocate(MESSAGE_BYTES, 64);
    private long lastWritten = -1;
    private long lastToken = -1;

    GpuRig(SimGpuConfig config) {
        this(config, Features.NONE);
    }

    /** With a display of the test's own instead of the recording one. */
    GpuRig(SimGpuConfig config, Scanout display) {
        this(config, display, Features.NONE, PAGES_BYTES);
    }

    /** With a driver that acknowledges features of the device's own. */
    GpuRig(SimGpuConfig config, Features acknowledged) {
        this(config, null, acknowledged, PAGES_BYTES);
    }

    GpuRig(SimGpuConfig config, Scanout display, Features acknowledged, int pagesBytes) {
        lowPages = SharedMemory.allocate(pagesBytes / 2, PAGES);
        highPages = SharedMemory.allocate(pagesBytes / 2, PAGES + pagesBytes / 2);
        guest = GuestMemory.of(ringMemory, lowPages, highPages);
        features = acknowledged.with(FeatureBits.VERSION_1);
        device = new SimGpu(config.withScanout(display == null ? scanout : display));
        session = new DeviceSession(device, guest, () -> configChanges++, errors::add);
        start();
    }

    /** The next guest of a device that the last one has let go of: at the same addresses, in memory of its own. */
    GpuRig(GpuRig last) {
        last.session.writeStatus(DeviceStatus.RESET);
        lowPages = SharedMemory.allocate(last.lowPages.lengthBytes(), PAGES);
        highPages = SharedMemory.allocate(last.highPages.lengthBytes(), last.highPages.guestAddress());
        guest = GuestMemory.of(ringMemory, lowPages, highPages);
        features = last.features;
        device = last.device;
        session = new DeviceSession(device, guest, () -> configChanges++, errors::add);
        start();
    }

    static GpuRig withDisplay(int width, int height) {
        return new GpuRig(SimGpuConfig.of(width, height));
    }

    /** Resets the device and sets it up again, as a driver does. */
    void start() {
        session.writeStatus(DeviceStatus.RESET);
        arena = new DmaArena(ringMemory);
        request = arena.allocate(MESSAGE_BYTES, 64);
        response = arena.allocate(MESSAGE_BYTES, 64);
        session.acknowledgeFeatures(features);
        queues = new DriverQueue[GpuQueues.COUNT];
        for (int i = 0; i < GpuQueues.COUNT; i++) {
            int size = Math.min(QUEUE_SIZE, device.maxQueueSize(i));
            QueueAddresses addresses = new QueueAddresses(
                    arena.allocate(SplitLayout.descriptorTableBytes(size), 64).guestAddress(),
                    arena.allocate(SplitLayout.availRingBytes(size), 64).guestAddress(),
                    arena.allocate(SplitLayout.usedRingBytes(size), 64).guestAddress());
            QueueConfig queue = new QueueConfig(i, size, features, addresses);
            queues[i] = DriverQueue.create(queue, guest, BarrierPolicy.OPTIMIZED, errors::add);
            session.configureQueue(queue, CallSink.NONE);
        }
        session.writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
        session.writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER | DeviceStatus.FEATURES_OK);
        session.writeStatus(
                DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER | DeviceStatus.FEATURES_OK | DeviceStatus.DRIVER_OK);
    }

    /** A control command in two descriptors; returns what was written. */
    byte[] control(byte[] bytes) {
        return send(GpuQueues.CONTROL, bytes, new int[] {bytes.length}, new int[] {1056});
    }

    /** A control command; returns the response's type. */
    int type(byte[] bytes) {
        return Messages.le32(control(bytes), 0);
    }

    byte[] cursor(byte[] bytes) {
        return send(GpuQueues.CURSOR, bytes, new int[] {bytes.length}, new int[] {24});
    }

    /** A request cut as told, and a response area cut as told; served at once. */
    byte[] send(int queue, byte[] bytes, int[] requestCuts, int[] responseCuts) {
        offer(queue, bytes, requestCuts, responseCuts, 7);
        session.service();
        assertThat(poll(queue)).as("used at once").isTrue();
        assertThat(lastToken).isEqualTo(7);
        return written();
    }

    void offer(int queue, byte[] bytes, int[] requestCuts, int[] responseCuts, long token) {
        assertThat(IntStream.of(requestCuts).sum()).isEqualTo(bytes.length);
        ringMemory.putBytes(request.offset(), bytes, 0, bytes.length);
        ringMemory.fill(response.offset(), RESPONSE_BYTES, 0xEE);
        BufferChain chain = new BufferChain(QUEUE_SIZE);
        long at = request.guestAddress();
        for (int cut : requestCuts) {
            chain.addReadable(at, cut);
            at += cut;
        }
        at = response.guestAddress();
        for (int cut : responseCuts) {
            chain.addWritable(at, cut);
            at += cut;
        }
        assertThat(queues[queue].offer(chain, token)).isNotNegative();
    }

    /** Takes one used buffer, if there is one. */
    boolean poll(int queue) {
        return queues[queue].poll(
                        (token, written) -> {
                            lastToken = token;
                            lastWritten = written;
                        },
                        1)
                == 1;
    }

    long lastToken() {
        return lastToken;
    }

    /** What the last used buffer holds; nothing beyond it has been touched. */
    byte[] written() {
        byte[] bytes = new byte[(int) lastWritten];
        ringMemory.getBytes(response.offset(), bytes, 0, bytes.length);
        byte[] rest = new byte[RESPONSE_BYTES - bytes.length];
        ringMemory.getBytes(response.offset() + bytes.length, rest, 0, rest.length);
        for (byte untouched : rest) {
            if (untouched != (byte) 0xEE) {
                throw new AssertionError("the device wrote more than the " + bytes.length + " bytes that it reports");
            }
        }
        return bytes;
    }

    /** A byte of the pages, by guest address. */
    int getPage(long address) {
        SharedMemory region = address < highPages.guestAddress() ? lowPages : highPages;
        return region.getByte(address - region.guestAddress());
    }

    /** Fills both regions of pages with bytes that tell their places apart. */
    void fillPages(long seed) {
        Random random = new Random(seed);
        for (SharedMemory region : List.of(lowPages, highPages)) {
            byte[] bytes = new byte[(int) region.lengthBytes()];
            random.nextBytes(bytes);
            region.putBytes(0, bytes, 0, bytes.length);
        }
    }
}
