// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.wire.BlkCacheMode;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkSegmentLayout;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongUnaryOperator;
import java.util.function.ToIntFunction;

/** A block device that writes down what it is asked, byte for byte, and answers as a test says. */
final class ScriptedBlk implements VirtioDevice {
    /** An answer: no answer, ever. */
    static final int SILENCE = -1;

    /** An answer: the chain comes back, and the status was not written. */
    static final int NOTHING_WRITTEN = -2;

    static final int CAPACITY_SECTORS = 1000;

    /** A request as it arrived. */
    record Seen(int type, int reserved, long sector, long readableBytes, long writableBytes) {}

    /** A range, as it arrived. */
    record Segment(long sector, long sectors, int flags) {}

    final List<Seen> seen = new CopyOnWriteArrayList<>();

    /** Of each request that has segments, those; in the order of {@link #seen}. */
    final List<List<Segment>> segments = new CopyOnWriteArrayList<>();

    /** Which queue each request came by; in the order of {@link #seen}. */
    final List<Integer> seenOn = new CopyOnWriteArrayList<>();

    /** The values that the driver wrote to {@code writeback}. */
    final List<Integer> cacheModes = new CopyOnWriteArrayList<>();

    final ConfigSpace config;
    volatile Features negotiated = Features.NONE;

    /** Guest address of the ring that the device writes. */
    volatile long deviceArea;

    /** Moves the data of requests that are answered with OK. */
    volatile BiConsumer<Seen, DescriptorChain> data = (request, chain) -> {};

    /** Whether the device takes what the driver writes to {@code writeback}. */
    volatile boolean takesCacheMode = true;

    /** What the device says to have written, by what it may write. */
    volatile LongUnaryOperator usedBytes = writable -> writable;

    private int queues = 1;
    private volatile boolean holding;

    /** What the device's thread goes by from its next look at a queue on. */
    private volatile boolean knowsHolding;

    private final Features offered;
    private final ToIntFunction<Seen> script;
    private volatile long newCapacity = CAPACITY_SECTORS;
    private long shownCapacity = CAPACITY_SECTORS;
    private volatile Runnable wakeUp = () -> {};

    ScriptedBlk(Features offered, ToIntFunction<Seen> script) {
        this(offered, BlkConfigLayout.LENGTH_BYTES, script);
    }

    ScriptedBlk(Features offered, int configBytes, ToIntFunction<Seen> script) {
        this.offered = offered;
        this.script = script;
        this.config = new ConfigSpace(configBytes);
        config.update(fields -> fields.putLe64(BlkConfigLayout.CAPACITY, CAPACITY_SECTORS));
    }

    ScriptedBlk with(int offset, int le32) {
        config.update(fields -> fields.putLe32(offset, le32));
        return this;
    }

    /** A device with so many request queues, if MQ is negotiated. */
    ScriptedBlk withQueues(int count) {
        queues = count;
        config.update(fields -> fields.putLe16(BlkConfigLayout.NUM_QUEUES, count));
        return this;
    }

    ScriptedBlk withByte(int offset, int value) {
        config.update(fields -> fields.putByte(offset, value));
        return this;
    }

    /** Any thread: the device leaves requests where they are, or takes them up again. */
    void hold(boolean newHolding) {
        holding = newHolding;
        wakeUp.run();
    }

    /** Leaves requests where they are, and returns when the device's thread, which must run, knows it. */
    void holdNow() {
        hold(true);
        long deadlineNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!knowsHolding) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new AssertionError("the device's thread does not run");
            }
            Thread.onSpinWait();
        }
    }

    /** Any thread: the device changes its size when it gets to it. */
    void resize(long sectors) {
        newCapacity = sectors;
        wakeUp.run();
    }

    @Override
    public int deviceId() {
        return DeviceId.BLOCK;
    }

    @Override
    public Features offeredFeatures() {
        return offered;
    }

    @Override
    public int queueCount() {
        return queues;
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return 64;
    }

    @Override
    public ConfigSpace config() {
        return config;
    }

    @Override
    public void attach(Runnable newWakeUp) {
        wakeUp = newWakeUp;
    }

    @Override
    public void start(Features features, List<DeviceQueue> queues) {
        negotiated = features;
        deviceArea = queues.get(0).config().addresses().deviceArea();
    }

    @Override
    public boolean onQueueStop(int queueIndex) {
        return true;
    }

    @Override
    public void onQueueStart(DeviceQueue queue) {}

    @Override
    public int onQueue(DeviceQueue queue) {
        if (holding) {
            return 0;
        }
        int taken = 0;
        int handle = queue.next();
        while (handle >= 0) {
            seenOn.add(queue.config().index());
            answer(queue, queue.chain(handle));
            taken++;
            handle = queue.next();
        }
        queue.flush();
        return taken;
    }

    private void answer(DeviceQueue queue, DescriptorChain chain) {
        Seen request = new Seen(
                chain.getLe32(BlkRequestLayout.TYPE),
                chain.getLe32(BlkRequestLayout.RESERVED),
                chain.getLe64(BlkRequestLayout.SECTOR),
                chain.readableBytes(),
                chain.writableBytes());
        seen.add(request);
        if (request.type() >= BlkRequestType.DISCARD) {
            segments.add(segmentsOf(chain));
        }
        int status = script.applyAsInt(request);
        if (status == NOTHING_WRITTEN) {
            queue.complete(chain.handle(), 0);
        } else if (status != SILENCE) {
            if (status == BlkStatus.OK) {
                data.accept(request, chain);
            }
            chain.putByte(chain.writableBytes() - 1, status);
            queue.complete(chain.handle(), usedBytes.applyAsLong(chain.writableBytes()));
        }
    }

    private static List<Segment> segmentsOf(DescriptorChain chain) {
        List<Segment> list = new ArrayList<>();
        for (long at = BlkRequestLayout.HEADER_BYTES;
                at + BlkSegmentLayout.LENGTH_BYTES <= chain.readableBytes();
                at += BlkSegmentLayout.LENGTH_BYTES) {
            list.add(new Segment(
                    chain.getLe64(at + BlkSegmentLayout.SECTOR),
                    chain.getLe32(at + BlkSegmentLayout.NUM_SECTORS) & 0xFFFF_FFFFL,
                    chain.getLe32(at + BlkSegmentLayout.FLAGS)));
        }
        return list;
    }

    @Override
    public void onConfigWrite(int offset, byte[] source) {
        if (offset == BlkConfigLayout.WRITEBACK && source.length == 1) {
            cacheModes.add((int) source[0]);
            if (takesCacheMode) {
                config.update(fields -> fields.putByte(offset, source[0]));
            }
        }
    }

    @Override
    public int doWork() {
        knowsHolding = holding;
        long capacity = newCapacity;
        if (capacity == shownCapacity) {
            return 0;
        }
        shownCapacity = capacity;
        config.update(fields -> fields.putLe64(BlkConfigLayout.CAPACITY, capacity));
        return 1;
    }

    /** The cache mode is back at its start. */
    @Override
    public void reset() {
        if (config.lengthBytes() > BlkConfigLayout.WRITEBACK) {
            config.update(fields -> fields.putByte(BlkConfigLayout.WRITEBACK, BlkCacheMode.WRITEBACK));
        }
    }
}
