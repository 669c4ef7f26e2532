// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.FeatureBits;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Often enough for every index to wrap, and without an object a request. */
final class BlkEnduranceTest {
    private static final int WARM_UP = 5_000;
    private static final int REQUESTS = 70_000;
    private static final int IN_FLIGHT = 32;
    private static final int PART = 1024;
    private static final int PARTS = 64;

    private final long[] generation = new long[PARTS];
    private final boolean[] inFlight = new boolean[PARTS];
    private BlkDevice device;
    private DmaBuffer memory;
    private Rig rig;
    private int done;
    private int wrong;
    private final BlkHandler handler = this::completed;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void pipelinedRequestsAllocateNothingAndSurviveTheWrap(boolean packed) {
        SimBlk sim = new SimBlk(new MemoryBlockStore(PARTS * PART), SimBlkOptions.DEFAULTS, Rig::fail);
        try (Rig opened = new Rig(sim, DeviceIdle.NOTIFIED)) {
            rig = opened;
            device = rig.open(rig.options()
                    .withRingFeatures(
                            packed
                                    ? DriverSpec.RING_FEATURES
                                    : DriverSpec.RING_FEATURES.without(FeatureBits.RING_PACKED)));
            memory = rig.buffer(2 * PARTS * PART);
            BlkData data = new BlkData();
            pipeline(WARM_UP, data);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            pipeline(REQUESTS, data);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            device.close();

            assertThat(wrong).isZero();
            assertThat(done).isEqualTo(WARM_UP + REQUESTS);
            assertThat(rig.driverErrors).isEmpty();
            // The measurement itself takes a little; a single object a request would be a million bytes.
            assertThat(allocated).isLessThan(REQUESTS);
        }
    }

    /** Writes and reads back each part of the disk in turn, IN_FLIGHT at a time. */
    private void pipeline(int requests, BlkData data) {
        int sent = 0;
        int target = done + requests;
        while (done < target) {
            int part = sent % PARTS;
            if (sent < requests && !inFlight[part] && sent - (done - (target - requests)) < IN_FLIGHT) {
                send(part, data);
                sent++;
            } else if (device.await(handler) < 0) {
                throw new AssertionError("broken after " + done);
            }
        }
    }

    private void send(int part, BlkData data) {
        generation[part]++;
        boolean write = (generation[part] & 1) != 0;
        long offset = (long) part * 2 * PART + (write ? 0 : PART);
        rig.memory.putLe64(memory.offset() + offset, write ? generation[part] : -1);
        rig.memory.putLe64(memory.offset() + offset + PART - Long.BYTES, write ? part : -1);
        data.clear().add(memory, offset, PART);
        inFlight[part] = true;
        long sector = (long) part * PART / 512;
        int sent = write ? device.submitWrite(sector, data, part) : device.submitRead(sector, data, part);
        if (sent != BlkDevice.SUBMITTED) {
            throw new AssertionError("request " + generation[part] + " of part " + part + ": " + sent);
        }
    }

    private void completed(long token, int status) {
        int part = (int) token;
        long at = memory.offset() + (long) part * 2 * PART + PART;
        boolean read = (generation[part] & 1) == 0;
        if (status != BlkStatus.OK
                || (read
                        && (rig.memory.getLe64(at) != generation[part] - 1
                                || rig.memory.getLe64(at + PART - Long.BYTES) != part))) {
            wrong++;
        }
        inFlight[part] = false;
        done++;
    }
}
