// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.rng;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.ResetIncompleteException;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An entropy device that writes down what it is asked and answers as a test says, right or wrong. */
final class ScriptedRng implements VirtioDevice {
    /** An answer: no answer, ever. */
    static final long SILENCE = -1;

    /** An answer: the test wrote the used element itself; what is left to do is to have the driver look. */
    static final long WRITTEN_BY_HAND = -2;

    /** What the device writes where it writes anything. */
    static final byte NOISE = 0x5A;

    /** What to do with a request: write into it what should be there, and say how many bytes to claim. */
    @FunctionalInterface
    interface Script {
        long answer(DescriptorChain chain, QueueConfig queue);
    }

    /** Fills all of a request. */
    static final Script FILL = (chain, queue) -> fill(chain, chain.writableBytes());

    /** A request as it arrived. */
    record Seen(long readableBytes, long writableBytes) {}

    final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final ConfigSpace config = new ConfigSpace(0);
    private final int deviceId;
    private final Script script;
    private volatile boolean holding;
    private volatile boolean clinging;
    private volatile Runnable wakeUp = () -> {};

    ScriptedRng(Script script) {
        this(DeviceId.ENTROPY, script);
    }

    ScriptedRng(int deviceId, Script script) {
        this.deviceId = deviceId;
        this.script = script;
    }

    static long fill(DescriptorChain chain, long lengthBytes) {
        for (long i = 0; i < lengthBytes; i++) {
            chain.putByte(i, NOISE);
        }
        return lengthBytes;
    }

    /** Any thread: the device leaves requests where they are, or takes them up again. */
    void hold(boolean newHolding) {
        holding = newHolding;
        wakeUp.run();
    }

    /** Any thread: the device cannot end a reset, as one that still writes to the driver's memory, or it can. */
    void cling(boolean newClinging) {
        clinging = newClinging;
    }

    @Override
    public int deviceId() {
        return deviceId;
    }

    @Override
    public Features offeredFeatures() {
        return Features.NONE;
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
    public void start(Features negotiated, List<DeviceQueue> queues) {}

    @Override
    public boolean onQueueStop(int queueIndex) {
        return true;
    }

    @Override
    public void onQueueStart(DeviceQueue queue) {}

    @Override
    public int onQueue(DeviceQueue queue) {
        int taken = 0;
        int handle;
        while (!holding && (handle = queue.next()) >= 0) {
            DescriptorChain chain = queue.chain(handle);
            seen.add(new Seen(chain.readableBytes(), chain.writableBytes()));
            long claimed = script.answer(chain, queue.config());
            if (claimed == WRITTEN_BY_HAND) {
                config.update(fields -> {}); // a change of the configuration wakes the driver too
            } else if (claimed != SILENCE) {
                queue.complete(handle, claimed);
            }
            taken++;
        }
        queue.flush();
        return taken;
    }

    @Override
    public void reset() {
        if (clinging) {
            throw new ResetIncompleteException("still writing");
        }
    }
}
