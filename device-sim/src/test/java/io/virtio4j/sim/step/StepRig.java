// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;

/** A driver's two queues over a stepped device that adds 1 to a byte. */
final class StepRig {
    static final int QUEUE_SIZE = 16;
    static final int MANY = 10_000;
    private static final int DEVICE_ID = 63;

    private static final ChainHandler ADD_ONE = (queueIndex, chain) -> {
        chain.putByte(0, chain.getByte(0) + 1);
        return 1;
    };

    final SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
    final DmaArena arena = new DmaArena(memory);
    final List<Throwable> errors = new ArrayList<>();

    /** What happened, in the order in which it did. */
    final List<String> log = new ArrayList<>();

    /** Queues that the driver was told to look at. */
    final List<Integer> calls = new ArrayList<>();

    final SteppedDevice device;
    private final DriverSpec spec;
    final SteppedTransport transport;
    DriverSession session;
    ActiveQueue[] queues = new ActiveQueue[2];

    StepRig(StepPlan plan) {
        this(plan, ADD_ONE);
    }

    StepRig(StepPlan plan, ChainHandler handler) {
        this(plan, handler, DriverSpec.RING_FEATURES);
    }

    /** A driver that wants these features of queues. */
    StepRig(StepPlan plan, Features ring) {
        this(plan, ADD_ONE, ring);
    }

    private StepRig(StepPlan plan, ChainHandler handler, Features ring) {
        spec = new DriverSpec(DEVICE_ID, ring, Features.NONE, List.of());
        device = new SteppedDevice(new DeviceType(DEVICE_ID, Features.NONE, 2, 64, 8), handler, plan);
        transport = SteppedTransport.of(device, GuestMemory.of(memory), errors::add);
        open();
    }

    void open() {
        session = DriverSession.open(transport, spec);
        for (int i = 0; i < queues.length; i++) {
            setUp(i, QUEUE_SIZE);
        }
        session.driverOk();
    }

    void setUp(int queueIndex, int size) {
        queues[queueIndex] =
                session.setUpQueue(queueIndex, size, arena, BarrierPolicy.OPTIMIZED, calls::add, errors::add);
    }

    DriverQueue queue(int index) {
        return queues[index].queue();
    }

    /** Offers a byte and kicks; returns where the answer will be. */
    DmaBuffer offer(int queueIndex, int value, long token) {
        DmaBuffer request = arena.allocate(1, 1);
        DmaBuffer response = arena.allocate(1, 1);
        memory.putByte(request.offset(), value);
        int id = queue(queueIndex).offer(new BufferChain(2).addReadable(request).addWritable(response), token);
        if (id < 0) {
            throw new AssertionError("no room for " + token);
        }
        kick(queueIndex);
        return response;
    }

    boolean kick(int queueIndex) {
        return queue(queueIndex).kick(queues[queueIndex].doorbell());
    }

    /** Takes what is used, and returns the tokens in their order. */
    List<Long> poll(int queueIndex) {
        List<Long> tokens = new ArrayList<>();
        queue(queueIndex)
                .poll(
                        (token, written) -> {
                            tokens.add(token);
                            log.add("step " + transport.steps() + ": " + token + " on " + queueIndex);
                        },
                        QUEUE_SIZE);
        return tokens;
    }

    /** Sends bytes on both queues until the device is quiet, polling after each step. */
    List<Long> exchange(int requests) {
        List<Long> tokens = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            offer(i & 1, i & 0x7F, i);
            for (int step = 0; step < 3 || queue(i & 1).freeDescriptors() < 4; step++) {
                transport.step();
                tokens.addAll(poll(0));
                tokens.addAll(poll(1));
            }
        }
        transport.run(MANY);
        tokens.addAll(poll(0));
        tokens.addAll(poll(1));
        return tokens;
    }
}
