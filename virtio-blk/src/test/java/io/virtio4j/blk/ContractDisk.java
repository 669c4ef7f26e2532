// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A disk behind the real device and the real driver, and what must be on it. Requests go through the queues by turns, so that
 * what one of them has written another reads.
 */
final class ContractDisk implements AutoCloseable {
    final StagedStore store;
    final Rig rig;
    final BlkDevice device;

    /** What must be on the disk. */
    final byte[] model;

    private int turn;
    private int seed = 1;

    ContractDisk(StagedStore store, byte[] bytes, SimBlkOptions options, DriverVariant driver) {
        this.store = store;
        this.model = bytes.clone();
        this.rig = Rig.of(errors -> new SimBlk(store, options.withQueues(driver.queues()), errors));
        this.device = rig.open(driver.of(rig.options()));
    }

    /** The queue whose turn it is. */
    BlkQueue next() {
        return device.queue(turn++ % device.queueCount());
    }

    Iterable<BlkQueue> queues() {
        return () ->
                IntStream.range(0, device.queueCount()).mapToObj(device::queue).iterator();
    }

    /** Bytes that were never there before. */
    byte[] fresh(int sectors) {
        return Rig.pattern(sectors * 512, 1000L + seed++);
    }

    /** Writes something new. */
    void write(int sector, int sectors) {
        byte[] bytes = fresh(sectors);
        DmaBuffer buffer = rig.buffer(bytes);
        next().write(sector, buffer);
        buffer.free();
        wrote(sector, bytes);
    }

    void wrote(int sector, byte[] bytes) {
        System.arraycopy(bytes, 0, model, sector * 512, bytes.length);
    }

    void zeroed(int sector, int sectors) {
        Arrays.fill(model, sector * 512, (sector + sectors) * 512, (byte) 0);
    }

    byte[] expected(int sector, int sectors) {
        return Arrays.copyOfRange(model, sector * 512, (sector + sectors) * 512);
    }

    byte[] read(int sector, int sectors) {
        DmaBuffer buffer = rig.buffer(sectors * 512);
        next().read(sector, buffer);
        byte[] bytes = rig.bytes(buffer);
        buffer.free();
        return bytes;
    }

    /** All of the disk is as it must be. */
    void assertHolds() {
        assertThat(read(0, model.length / 512)).isEqualTo(model);
    }

    /** Something has just failed: the queue goes on, and so does the disk. */
    void assertGoesOn(BlkQueue queue) {
        DmaBuffer buffer = rig.buffer(512);
        queue.read(3, buffer);
        assertThat(rig.bytes(buffer)).isEqualTo(expected(3, 1));
        buffer.free();
    }

    /** Nobody has complained of anything that the test has not taken out of the lists. */
    @Override
    public void close() throws IOException {
        try (store;
                rig;
                device) {
            assertThat(rig.deviceErrors).isEmpty();
            assertThat(rig.driverErrors).isEmpty();
        }
    }
}
