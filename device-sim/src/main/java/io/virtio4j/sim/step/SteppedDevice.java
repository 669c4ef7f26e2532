// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A device of any type for tests: a {@link ChainHandler} says what its requests do, a {@link StepPlan} when they are
 * completed.
 *
 * <pre>
 *   onQueue:  next() --&gt; held, one chain a step
 *   doWork:   held, its delay over --&gt; handler --&gt; complete --&gt; flush, one batch a step
 *   dropped:  stays with the device until it is reset
 * </pre>
 *
 * <p>Made for {@link SteppedTransport}; behind any other transport it does the same, its steps being the turns that the
 * device's thread gives it. The handler runs when the chain is completed: a driver that takes its buffers back too early, or
 * that reads them too early, is found out.
 *
 * <p>One thread, the device's, which under {@link SteppedTransport} is the test's. The configuration may be updated there at
 * any time; the driver is told in a later step.
 */
public final class SteppedDevice implements VirtioDevice {
    private static final int ALL_PERCENT = 100;

    private final DeviceType type;
    private final ChainHandler handler;
    private final StepPlan plan;
    private final CompletionPlan completions;
    private final SplittableRandom random;
    private final ConfigSpace config;

    /** In the order taken. */
    private final List<HeldChain> held = new ArrayList<>();

    /** By queue. */
    private final int[] dropped;

    private long steps;

    private record HeldChain(DeviceQueue queue, int handle, long dueStep) {}

    /**
     * Makes a device.
     *
     * @param type what it says of itself
     * @param handler what its requests do
     * @param plan when they are completed
     */
    public SteppedDevice(DeviceType type, ChainHandler handler, StepPlan plan) {
        this.type = type;
        this.handler = handler;
        this.plan = plan;
        this.completions = plan.completions();
        this.random = new SplittableRandom(plan.seed());
        this.config = new ConfigSpace(type.configLengthBytes());
        this.dropped = new int[type.queueCount()];
    }

    /** {@return how it behaves} */
    public StepPlan plan() {
        return plan;
    }

    /** {@return how many chains are taken, neither completed nor dropped} */
    public int heldChains() {
        return held.size();
    }

    /**
     * {@return how many chains were dropped: they are with the device until it, or their queue, is reset. Those of a queue that
     * is stopped are in its state, and are taken again when it goes on}
     */
    public int droppedChains() {
        return Arrays.stream(dropped).sum();
    }

    @Override
    public int deviceId() {
        return type.deviceId();
    }

    @Override
    public Features offeredFeatures() {
        return type.features();
    }

    @Override
    public int queueCount() {
        return type.queueCount();
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return type.maxQueueSize();
    }

    @Override
    public ConfigSpace config() {
        return config;
    }

    @Override
    public void start(Features negotiated, List<DeviceQueue> queues) {
        // Nothing to prepare: what a queue needs begins with its first chain.
    }

    /** Chains held are let go of: none of them has been answered. */
    @Override
    public boolean onQueueStop(int queueIndex) {
        dropped[queueIndex] = 0;
        held.removeIf(chain -> chain.queue.config().index() == queueIndex);
        return true;
    }

    @Override
    public void onQueueStart(DeviceQueue queue) {
        // Nothing to prepare here either.
    }

    @Override
    public int onQueue(DeviceQueue queue) {
        steps++;
        int handle = queue.next();
        if (handle < 0) {
            return 0;
        }
        if (random.nextInt(ALL_PERCENT) < completions.dropPercent()) {
            dropped[queue.config().index()]++;
        } else {
            int delay = random.nextInt(completions.minDelaySteps(), completions.maxDelaySteps() + 1);
            held.add(new HeldChain(queue, handle, steps + delay));
        }
        return 1;
    }

    @Override
    public int doWork() {
        steps++;
        if (held.isEmpty()) {
            return 0;
        }
        Set<DeviceQueue> changed = new HashSet<>();
        int batch = 1 + random.nextInt(completions.maxBatch());
        for (int i = 0; i < batch; i++) {
            List<HeldChain> ready = ready();
            if (ready.isEmpty()) {
                break;
            }
            HeldChain chain = ready.get(random.nextInt(ready.size()));
            held.remove(chain);
            complete(chain);
            changed.add(chain.queue);
        }
        changed.forEach(DeviceQueue::flush);
        return 1;
    }

    /** What may be completed now. */
    private List<HeldChain> ready() {
        Set<DeviceQueue> seen = new HashSet<>();
        return held.stream()
                .filter(chain -> seen.add(chain.queue) || completions.outOfOrder())
                .filter(chain -> chain.dueStep <= steps)
                .toList();
    }

    private void complete(HeldChain chain) {
        long written = handler.answer(chain.queue.config().index(), chain.queue.chain(chain.handle));
        if (written == ChainHandler.NEVER) {
            dropped[chain.queue.config().index()]++;
        } else {
            chain.queue.complete(chain.handle, written);
        }
    }

    /** The driver's bytes are written as they are: a driver that writes to its configuration reads them back. */
    @Override
    public void onConfigWrite(int offset, byte[] source) {
        config.update(fields -> {
            for (int i = 0; i < source.length; i++) {
                fields.putByte(offset + i, source[i]);
            }
        });
    }

    @Override
    public void reset() {
        held.clear();
        Arrays.fill(dropped, 0);
    }

    @Override
    public String toString() {
        return "SteppedDevice[seed " + plan.seed() + ", " + held.size() + " chains held, " + droppedChains()
                + " dropped]";
    }
}
