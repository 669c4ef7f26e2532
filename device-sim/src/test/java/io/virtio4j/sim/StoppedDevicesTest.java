// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.QueueState;
import io.virtio4j.device.VirtioDevice;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.sim.gpu.SimGpu;
import io.virtio4j.sim.gpu.SimGpuConfig;
import io.virtio4j.sim.rng.SimRng;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.AgentInvoker;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The library's devices are stopped through a transport with requests in flight, saved as bytes, and go on. */
final class StoppedDevicesTest {
    private static final int RESPONSE_BYTES = 24;
    private static final int CREATE_BYTES = 40;

    private final SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
    private final DmaArena arena = new DmaArena(memory);
    private final List<Throwable> errors = new ArrayList<>();
    private final List<Long> done = new ArrayList<>();
    private InProcessTransport transport;
    private AgentInvoker invoker;
    private ActiveQueue active;

    private void open(VirtioDevice device, boolean packed) {
        transport = InProcessTransport.forAgent(device, GuestMemory.of(memory), errors::add);
        invoker = new AgentInvoker(errors::add, null, transport.agent());
        invoker.start();
        Features ring = packed ? Features.of(FeatureBits.RING_PACKED) : Features.NONE;
        DriverSession session = DriverSession.open(transport, new DriverSpec(device.deviceId(), ring, ring, List.of()));
        active = session.setUpQueue(0, 16, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, errors::add);
        session.driverOk();
    }

    private void poll() {
        active.queue().poll((token, written) -> done.add(token), 16);
    }

    /** Nobody answers what is offered while it stands still. */
    private void stopAndGoOn(Runnable meanwhile) {
        byte[] saved = transport.stopQueue(0).toBytes();
        meanwhile.run();
        List<Long> before = List.copyOf(done);
        poll();
        List<Long> atStop = List.copyOf(done);
        for (int turn = 0; turn < 5; turn++) {
            invoker.invoke();
            poll();
        }
        assertThat(done).as("after %s", before).isEqualTo(atStop);
        transport.startQueue(0, QueueState.fromBytes(saved));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEntropyDeviceFillsEachRequestOnce(boolean packed) {
        Random random = new Random(1);
        List<Integer> fills = new ArrayList<>();
        open(
                new SimRng(bytes -> {
                    random.nextBytes(bytes);
                    fills.add(bytes.length);
                }),
                packed);
        List<DmaBuffer> buffers = new ArrayList<>();
        for (long token = 0; token < 4; token++) {
            if (token == 2) {
                // Two are filled and not taken yet.
                invoker.invoke();
            }
            offerEntropy(buffers, token);
        }
        assertThat(fills).hasSize(2);

        stopAndGoOn(() -> offerEntropy(buffers, 4));
        invoker.invoke();
        poll();

        assertThat(done).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L);
        assertThat(fills).hasSize(5);
        for (DmaBuffer buffer : buffers) {
            assertThat(memory.getLe64(buffer.offset())).isNotZero();
        }
        assertThat(errors).isEmpty();
    }

    private void offerEntropy(List<DmaBuffer> buffers, long token) {
        DmaBuffer buffer = arena.allocate(16, 16);
        buffers.add(buffer);
        assertThat(active.queue().offer(new BufferChain(1).addWritable(buffer), token))
                .isNotNegative();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aGpuCommandThatWasDoneAndNotAnsweredIsNotDoneAgain(boolean packed) {
        // A command's time never comes by itself here: the first is done and held back.
        open(new SimGpu(SimGpuConfig.of(8, 8).withServiceTimeNanos(TimeUnit.DAYS.toNanos(1))), packed);
        List<DmaBuffer> responses = new ArrayList<>();
        create(responses, 0);
        create(responses, 1);
        invoker.invoke();
        poll();
        assertThat(done).isEmpty();

        stopAndGoOn(() -> create(responses, 2));

        assertThat(done).containsExactly(0L);
        // Each stop gives back the one that the turn before it did.
        for (int request = 1; request < 3; request++) {
            invoker.invoke();
            stopAndGoOn(() -> {});
        }
        assertThat(done).containsExactly(0L, 1L, 2L);
        for (DmaBuffer response : responses) {
            // A second try would find the resource there already.
            assertThat(memory.getLe32(response.offset())).isEqualTo(GpuResponse.OK_NODATA);
        }
        assertThat(errors).isEmpty();
    }

    private void create(List<DmaBuffer> responses, int token) {
        DmaBuffer request = arena.allocate(CREATE_BYTES, 16);
        memory.fill(request.offset(), CREATE_BYTES, 0);
        memory.putLe32(request.offset(), GpuCommand.RESOURCE_CREATE_2D);
        memory.putLe32(request.offset() + 24, token + 1);
        memory.putLe32(request.offset() + 28, GpuFormat.B8G8R8A8.code());
        memory.putLe32(request.offset() + 32, 8);
        memory.putLe32(request.offset() + 36, 8);
        DmaBuffer response = arena.allocate(RESPONSE_BYTES, 16);
        responses.add(response);
        assertThat(active.queue().offer(new BufferChain(2).addReadable(request).addWritable(response), token))
                .isNotNegative();
    }
}
