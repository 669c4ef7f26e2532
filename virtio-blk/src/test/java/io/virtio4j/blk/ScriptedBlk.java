// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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

    final List<Seen> seen = new CopyOnWriteArrayList<>();
    final ConfigSpace config;
    volatile Features negotiated = Features.NONE;

    /** Guest address of the ring that the device writes. */
    volatile long deviceArea;

    private volatile boolean holding;
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

    /** Any thread: the device leaves requests where they are, or takes them up again. */
    void hold(boolean newHolding) {
        holding = newHolding;
        wakeUp.run();
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
        return 1;
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
        int status = script.applyAsInt(request);
        if (status == NOTHING_WRITTEN) {
            queue.complete(chain.handle(), 0);
        } else if (status != SILENCE) {
            chain.putByte(chain.writableBytes() - 1, status);
            queue.complete(chain.handle(), 0);
        }
    }

    @Override
    public int doWork() {
        long capacity = newCapacity;
        if (capacity == shownCapacity) {
            return 0;
        }
        shownCapacity = capacity;
        config.update(fields -> fields.putLe64(BlkConfigLayout.CAPACITY, capacity));
        return 1;
    }

    @Override
    public void reset() {}
}
