// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.ConfigChangeListener;
import io.virtio4j.transport.DmaMapper;
import io.virtio4j.transport.Doorbell;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.ObjIntConsumer;

/** A device that does as its fields say, behind a transport that writes down what the driver does. */
final class FakeTransport implements Transport {
    static final int DEVICE_ID = 63;

    /** The transport fails when it is asked for one of these, after it has written down that it was asked. */
    final Set<String> failsAt = new HashSet<>();

    /** Hears of every line of the trace. */
    Consumer<String> onTrace = line -> {};

    final List<String> trace = new ArrayList<>() {
        @Override
        public boolean add(String line) {
            super.add(line);
            onTrace.accept(line);
            if (failsAt.contains(line)) {
                throw new TransportException("no answer to: " + line);
            }
            return true;
        }
    };
    final List<QueueConfig> activated = new ArrayList<>();
    final SharedMemory memory;
    int deviceId = DEVICE_ID;
    Features offered = Features.of(FeatureBits.VERSION_1, 3, 5);
    Features acknowledged = Features.NONE;

    /** FEATURES_OK does not stick. */
    boolean refusesFeatures;

    /** After a reset, so many looks at the status still show the old one. */
    int looksUntilReset;

    /** The generation at each look; the fields are read in between. */
    IntSupplier generation = () -> 0;

    /** What the one queue takes, at each look. */
    IntSupplier queueSize = () -> 16;

    Runnable onStatusLook = () -> {};
    DmaMapper dmaMapper = DmaMapper.DIRECT;
    int notificationData = 0;
    byte[] config = {1, 2, 3, 4, 5, 6, 7, 8};

    /** Fills the bytes from an offset on. */
    ObjIntConsumer<byte[]> configReader =
            (destination, offset) -> System.arraycopy(config, offset, destination, 0, destination.length);

    private ConfigChangeListener listener = () -> {};
    private int status = 0x7F;
    private int looksLeft;

    /** A queue's reset is complete after so many looks; -1: never. */
    int looksUntilQueueReset;

    private int queueLooksLeft;

    FakeTransport() {
        this(SharedMemory.allocate(1 << 16, 0x10_0000));
    }

    FakeTransport(SharedMemory memory) {
        this.memory = memory;
    }

    @Override
    public int deviceId() {
        trace.add("device id");
        return deviceId;
    }

    @Override
    public Features offeredFeatures() {
        trace.add("offered features");
        return offered;
    }

    @Override
    public void acknowledgeFeatures(Features features) {
        trace.add("acknowledge " + features);
        acknowledged = features;
    }

    @Override
    public int status() {
        onStatusLook.run();
        if (looksLeft > 0) {
            looksLeft--;
            return 0x7F;
        }
        trace.add("status " + status);
        return status;
    }

    /** What the device shows by itself. */
    void show(int newStatus) {
        status = newStatus;
    }

    @Override
    public void writeStatus(int written) {
        trace.add("write status " + written);
        if (written == 0) {
            looksLeft = looksUntilReset;
        }
        status = refusesFeatures ? written & ~8 : written;
    }

    @Override
    public int configGeneration() {
        trace.add("generation");
        return generation.getAsInt();
    }

    @Override
    public int configLengthBytes() {
        return config.length;
    }

    @Override
    public void readConfig(int offset, byte[] destination) {
        trace.add("read config " + offset + " " + destination.length);
        configReader.accept(destination, offset);
    }

    @Override
    public void writeConfig(int offset, byte[] source) {
        trace.add("write config");
    }

    @Override
    public GuestMemory memory() {
        return GuestMemory.of(memory);
    }

    @Override
    public DmaMapper dmaMapper() {
        return dmaMapper;
    }

    @Override
    public int notificationData(int queueIndex) {
        return notificationData;
    }

    @Override
    public int queueCount() {
        return 1;
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return queueIndex == 0 ? queueSize.getAsInt() : 0;
    }

    @Override
    public Doorbell activate(QueueConfig queue, CallSink callSink) {
        trace.add("activate queue " + queue.index());
        activated.add(queue);
        return payload -> trace.add("kick " + payload);
    }

    @Override
    public void resetQueue(int queueIndex) {
        trace.add("reset queue " + queueIndex);
        queueLooksLeft = looksUntilQueueReset;
    }

    @Override
    public boolean isQueueReset(int queueIndex) {
        onStatusLook.run();
        if (queueLooksLeft != 0) {
            queueLooksLeft--;
            return false;
        }
        trace.add("queue " + queueIndex + " is reset");
        return true;
    }

    @Override
    public void onConfigChange(ConfigChangeListener newListener) {
        listener = newListener;
    }

    /** What the device tells by itself. */
    void tellOfChange() {
        listener.onConfigChange();
    }

    @Override
    public void close() {
        trace.add("close");
    }
}
