// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.wire.Features;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A device that works, but for a chain now and then of the queue {@link ContractDriver#INDEX}, with which it does wrong. */
final class FaultyDevice implements VirtioDevice {
    private static final int ONE_IN = 3;
    private static final int LATE_BYTE = 0x11;

    /** What is wrong with the device. */
    enum Fault {
        /** Takes a chain and never uses it. */
        LOSES_A_CHAIN,

        /** Uses a chain and says that it wrote nothing. */
        SAYS_THAT_IT_WROTE_NOTHING,

        /** Uses a chain and says that it wrote all of it, and has not. */
        SAYS_THAT_IT_WROTE_ALL,

        /** Answers a chain without a request as it should, and puts the used element into the split ring once more. */
        ANSWERS_TWICE,

        /** Holds a chain, and writes to it after it was reset, or its queue was. */
        WRITES_AFTER_RESET
    }

    private final VirtioDevice device;
    private final Fault fault;
    private @Nullable DescriptorChain held;
    private boolean afterReset;
    private int served;

    FaultyDevice(VirtioDevice device, Fault fault) {
        this.device = device;
        this.fault = fault;
    }

    /** Something of the device that a reset did not stop gets its turn. */
    void goOn() {
        DescriptorChain chain = held;
        if (afterReset && chain != null && fault == Fault.WRITES_AFTER_RESET) {
            chain.putByte(0, LATE_BYTE);
        }
    }

    @Override
    public int onQueue(DeviceQueue queue) {
        if (queue.config().index() != ContractDriver.INDEX || ++served % ONE_IN != 0) {
            return device.onQueue(queue);
        }
        int handle = queue.next();
        if (handle < 0) {
            return 0;
        }
        DescriptorChain chain = queue.chain(handle);
        switch (fault) {
            case LOSES_A_CHAIN, WRITES_AFTER_RESET -> held = chain;
            case SAYS_THAT_IT_WROTE_NOTHING -> use(queue, handle, 0);
            case SAYS_THAT_IT_WROTE_ALL -> use(queue, handle, chain.writableBytes());
            case ANSWERS_TWICE -> {
                for (long i = 0; i < chain.writableBytes(); i++) {
                    chain.putByte(i, ContractProtocol.FILL);
                }
                use(queue, handle, chain.writableBytes());
                repeatLastUsedElement(queue);
            }
        }
        return 1;
    }

    private static void use(DeviceQueue queue, int handle, long writtenBytes) {
        queue.complete(handle, writtenBytes);
        queue.flush();
    }

    private static void repeatLastUsedElement(DeviceQueue queue) {
        SharedMemory memory = queue.memory().region(0);
        long used = queue.config().addresses().deviceArea() - memory.guestAddress();
        int size = queue.config().size();
        int idx = memory.getLe16(used + 2);
        long last = used + 4 + ((idx - 1) & (size - 1)) * 8L;
        long next = used + 4 + (idx & (size - 1)) * 8L;
        memory.putLe64(next, memory.getLe64(last));
        memory.putLe16(used + 2, idx + 1);
    }

    @Override
    public void start(Features negotiated, List<DeviceQueue> queues) {
        goesOnSound();
        device.start(negotiated, queues);
    }

    @Override
    public boolean onQueueStop(int queueIndex) {
        afterReset = true;
        return device.onQueueStop(queueIndex);
    }

    @Override
    public void onQueueStart(DeviceQueue queue) {
        goesOnSound();
        device.onQueueStart(queue);
    }

    private void goesOnSound() {
        afterReset = false;
        held = null;
    }

    @Override
    public void reset() {
        afterReset = true;
        device.reset();
    }

    @Override
    public int deviceId() {
        return device.deviceId();
    }

    @Override
    public Features offeredFeatures() {
        return device.offeredFeatures();
    }

    @Override
    public int queueCount() {
        return device.queueCount();
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return device.maxQueueSize(queueIndex);
    }

    @Override
    public ConfigSpace config() {
        return device.config();
    }

    @Override
    public boolean acceptsFeatures(Features acknowledged) {
        return device.acceptsFeatures(acknowledged);
    }

    @Override
    public void attach(Runnable wakeUp) {
        device.attach(wakeUp);
    }

    @Override
    public int doWork() {
        return device.doWork();
    }

    @Override
    public void onConfigWrite(int offset, byte[] source) {
        device.onConfigWrite(offset, source);
    }
}
