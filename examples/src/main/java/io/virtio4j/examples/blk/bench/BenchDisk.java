// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import io.virtio4j.blk.BlkData;
import io.virtio4j.blk.BlkDevice;
import io.virtio4j.blk.BlkOptions;
import io.virtio4j.blk.BlkQueue;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueCounters;
import io.virtio4j.sim.InProcessOptions;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import java.util.ArrayList;
import java.util.List;
import org.agrona.ErrorHandler;

/** A block driver on a simulated device, with a queue and buffers for each job. */
final class BenchDisk implements AutoCloseable {
    private static final int SECTOR_BYTES = 512;

    private final SimBlk simulated;
    private final InProcessTransport transport;
    private final DmaArena arena;
    private final BlkDevice device;
    private final List<List<DmaBuffer>> buffers;

    private BenchDisk(
            SimBlk simulated,
            InProcessTransport transport,
            DmaArena arena,
            BlkDevice device,
            List<List<DmaBuffer>> buffers) {
        this.simulated = simulated;
        this.transport = transport;
        this.arena = arena;
        this.device = device;
        this.buffers = buffers;
    }

    /**
     * Brings the device up.
     *
     * @param depth how many requests a job has in flight
     * @param threads how many serve the queues on the device's side
     */
    static BenchDisk open(BlockStore store, Workload workload, int depth, Ring ring, int threads, ErrorHandler errors) {
        int jobs = workload.jobs();
        int queueSize = Layout.queueSize(depth);
        SharedMemory[] regions = new SharedMemory[1 + jobs];
        regions[0] = SharedMemory.allocate(Layout.driverBytes(jobs, queueSize), Layout.driverAddress());
        List<List<DmaBuffer>> buffers = new ArrayList<>();
        for (int job = 0; job < jobs; job++) {
            regions[1 + job] =
                    SharedMemory.allocate(Layout.bufferBytes(workload.blockBytes(), depth), Layout.bufferAddress(job));
            buffers.add(carve(new DmaArena(regions[1 + job]), workload.blockBytes(), depth));
        }
        SimBlkOptions shape = SimBlkOptions.DEFAULTS.withQueueSize(queueSize).withQueues(jobs);
        SimBlk simulated = new SimBlk(store, shape, errors);
        InProcessTransport transport = InProcessTransport.start(
                simulated, GuestMemory.of(regions), InProcessOptions.DEFAULTS.withWorkers(threads), errors);
        try {
            BlkOptions options = BlkOptions.defaults(errors)
                    .withQueueSize(queueSize)
                    .withQueues(jobs)
                    .withRingFeatures(ring.features());
            DmaArena arena = new DmaArena(regions[0]);
            return new BenchDisk(simulated, transport, arena, BlkDevice.open(transport, arena, options), buffers);
        } catch (RuntimeException e) {
            transport.close();
            throw e;
        }
    }

    private static List<DmaBuffer> carve(DmaArena arena, int blockBytes, int depth) {
        List<DmaBuffer> carved = new ArrayList<>();
        for (int slot = 0; slot < depth; slot++) {
            carved.add(arena.allocate(blockBytes, Layout.alignBytes(blockBytes)));
        }
        return carved;
    }

    BlkQueue queue(int job) {
        return device.queue(job);
    }

    /** The buffers of a job, one for each request in flight. */
    List<DmaBuffer> buffers(int job) {
        return buffers.get(job);
    }

    /** The counters of the device's half of a job's queue. */
    QueueCounters deviceCounters(int job) {
        return simulated.counters(job).orElseThrow();
    }

    /** Writes the first bytes of the disk once, so that no request meets memory that is not there yet. */
    void layOut(long lengthBytes) {
        DmaBuffer block = arena.allocate(Layout.LAYOUT_BYTES, SECTOR_BYTES);
        block.memory().fill(block.offset(), block.lengthBytes(), Layout.FILL);
        for (long at = 0; at < lengthBytes; at += Layout.LAYOUT_BYTES) {
            long part = Math.min(Layout.LAYOUT_BYTES, lengthBytes - at);
            device.write(at / SECTOR_BYTES, new BlkData().add(block, 0, part));
        }
        block.free();
    }

    @Override
    public void close() {
        try {
            device.close();
        } finally {
            transport.close();
        }
    }
}
