// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.QueueState;
import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.AgentInvoker;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A block device's queue is stopped through a transport while its store holds requests, saved as bytes, and goes on. */
class SimBlkQueueStopTest {
    private static final int SECTOR_BYTES = 512;

    private final SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
    private final DmaArena arena = new DmaArena(memory);
    private final List<Throwable> errors = new ArrayList<>();
    private final HeldStore held = new HeldStore(1 << 20);
    private final List<Long> done = new ArrayList<>();
    private final List<DmaBuffer> answers = new ArrayList<>();

    private void sendRead(ActiveQueue active, int sector) {
        byte[] header = BlkRig.header(BlkRequestType.IN, sector);
        DmaBuffer request = arena.allocate(header.length, 16);
        memory.putBytes(request.offset(), header, 0, header.length);
        DmaBuffer answer = arena.allocate(SECTOR_BYTES + 1, 16);
        memory.fill(answer.offset(), SECTOR_BYTES + 1, BlkRig.POISON);
        answers.add(answer);
        assertThat(active.queue().offer(new BufferChain(2).addReadable(request).addWritable(answer), sector))
                .isNotNegative();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void requestsThatTheStoreHoldsAreDoneAfterTheQueueGoesOnAndAnsweredOnce(boolean packed) {
        SimBlk device = new SimBlk(held, SimBlkOptions.DEFAULTS, errors::add);
        InProcessTransport transport = InProcessTransport.forAgent(device, GuestMemory.of(memory), errors::add);
        AgentInvoker invoker = new AgentInvoker(errors::add, null, transport.agent());
        invoker.start();
        Features ring = packed ? Features.of(FeatureBits.RING_PACKED) : Features.NONE;
        DriverSession session = DriverSession.open(transport, new DriverSpec(DeviceId.BLOCK, ring, ring, List.of()));
        ActiveQueue active = session.setUpQueue(0, 16, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, errors::add);
        session.driverOk();
        for (int sector = 0; sector < 3; sector++) {
            sendRead(active, sector);
        }
        invoker.invoke();
        List<BlockRequest> before = List.copyOf(held.held);
        assertThat(before).hasSize(3);

        byte[] saved = transport.stopQueue(0).toBytes();
        sendRead(active, 3);
        invoker.invoke();
        // The store may not begin any more what it held.
        assertThat(before.stream().filter(BlockRequest::claim)).isEmpty();
        held.held.clear();
        assertThat(active.queue().poll((token, written) -> done.add(token), 16)).isZero();

        transport.startQueue(0, QueueState.fromBytes(saved));
        invoker.invoke();
        assertThat(held.held).hasSize(4);
        while (!held.held.isEmpty()) {
            assertThat(held.finish(0)).isTrue();
        }
        for (int turn = 0; turn < 5; turn++) {
            invoker.invoke();
            active.queue().poll((token, written) -> done.add(token), 16);
        }

        assertThat(done).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
        for (DmaBuffer answer : answers) {
            assertThat(memory.getByte(answer.offset() + SECTOR_BYTES)).isEqualTo(BlkStatus.OK);
        }
        assertThat(errors).isEmpty();
    }
}
