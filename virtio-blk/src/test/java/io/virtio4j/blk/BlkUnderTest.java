// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DeviceInitException;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.sim.hostile.device.DriverUnderTest;
import io.virtio4j.sim.hostile.device.HonestBlk;
import io.virtio4j.sim.hostile.device.HonestDevice;
import io.virtio4j.sim.hostile.device.Told;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The block driver, asked for all that it can do, by a user who remembers what is on the disk. */
final class BlkUnderTest implements DriverUnderTest {
    private static final int QUEUE_SIZE = 16;
    private static final int DATA_BYTES = 2 * BlkRequestLayout.SECTOR_BYTES;
    private static final int FIRST_SECTOR = 40;
    private static final int READS = 3;

    private final HonestDevice device = new HonestBlk();
    private final boolean sleep;
    private final List<DmaBuffer> buffers = new ArrayList<>();
    private @Nullable BlkDevice disk;
    private @Nullable Bench bench;

    /** What is asked for now. */
    private String asked = "";

    /** @param sleep whether waits sleep */
    BlkUnderTest(boolean sleep) {
        this.sleep = sleep;
    }

    @Override
    public HonestDevice device() {
        return device;
    }

    @Override
    public Told open(Bench newBench) {
        bench = newBench;
        BlkOptions options = BlkOptions.defaults(newBench.errorHandler())
                .withIdle(newBench.idle())
                .withQueues(2)
                .withQueueSize(QUEUE_SIZE)
                .withSleep(sleep)
                .withTimeoutNanos(newBench.timeoutNanos());
        try {
            disk = BlkDevice.open(newBench.transport(), newBench.arena(), options);
            return Told.DONE;
        } catch (DeviceInitException | TransportException e) {
            return Told.refused(e);
        }
    }

    @Override
    public void close() {
        BlkDevice open = disk;
        if (open != null) {
            open.close();
            disk = null;
        }
        freeBuffers();
    }

    @Override
    public List<String> inFlight() {
        return buffers.stream().map(buffer -> "in flight: " + buffer).toList();
    }

    /** Those of requests that timed out are the device's until it answers, or is reset. */
    private void freeBuffers() {
        buffers.removeIf(buffer -> {
            if (buffer.isPinned()) {
                return false;
            }
            buffer.free();
            return true;
        });
    }

    private DmaBuffer buffer(int lengthBytes) {
        Bench now = bench;
        if (now == null) {
            throw new IllegalStateException("not open");
        }
        DmaBuffer buffer = now.arena().allocate(lengthBytes, BlkRequestLayout.SECTOR_BYTES);
        buffers.add(buffer);
        return buffer;
    }

    @Override
    public Told request(long seed) {
        BlkDevice open = disk;
        if (open == null) {
            return Told.broken("not open");
        }
        try {
            return requests(open, seed);
        } catch (BlkDeviceException e) {
            return Told.broken(e.toString()).of(asked);
        } catch (BlkRequestException | BlkTimeoutException | TransportException e) {
            return Told.failed(e.toString()).of(asked);
        } finally {
            freeBuffers();
        }
    }

    private Told requests(BlkDevice open, long seed) {
        if (Long.compareUnsigned(open.capacitySectors(), HonestBlk.CAPACITY_SECTORS) < 0) {
            return beyondTheEnd(open);
        }
        byte[] data = new byte[DATA_BYTES];
        new Random(seed).nextBytes(data);
        long sector = FIRST_SECTOR + seed % (HonestBlk.CAPACITY_SECTORS - FIRST_SECTOR - 2);
        DmaBuffer source = buffer(DATA_BYTES);
        source.memory().putBytes(source.offset(), data, 0, DATA_BYTES);
        asked = "write";
        open.write(sector, source);
        asked = "flush";
        open.flush();
        asked = "read";
        DmaBuffer destination = buffer(DATA_BYTES);
        open.read(sector, destination);
        if (!Arrays.equals(data, bytes(destination))) {
            return Told.wrong("a read was reported good, and holds what was not written");
        }
        Told told = many(open, sector, data);
        if (told.kind() == Told.Kind.DONE) {
            told = facts(open);
        }
        return told.kind() == Told.Kind.DONE ? ranges(open, seed) : told;
    }

    /** VirtIO 1.2, 5.2.6.1: nothing is asked for past the end, whatever the disk was before. */
    private Told beyondTheEnd(BlkDevice open) {
        try {
            open.read(FIRST_SECTOR, buffer(DATA_BYTES));
            return Told.wrong("sectors were read that the disk of " + open.capacitySectors() + " has not");
        } catch (IllegalArgumentException e) {
            return Told.failed(e.toString());
        }
    }

    private Told many(BlkDevice open, long sector, byte[] data) {
        asked = "reads";
        List<DmaBuffer> destinations = new ArrayList<>();
        for (int i = 0; i < READS; i++) {
            DmaBuffer destination = buffer(DATA_BYTES);
            destinations.add(destination);
            if (open.submitRead(sector, new BlkData().add(destination), i) != BlkRequests.SUBMITTED) {
                return Told.failed("no room for a read");
            }
        }
        int[] statuses = {-1, -1, -1};
        int taken = 0;
        while (taken < READS) {
            int more = open.await((token, status) -> {
                if (token < READS) {
                    statuses[(int) token] = status;
                }
            });
            if (more == BlkRequests.BROKEN) {
                return Told.broken("waiting for reads");
            }
            if (more == 0) {
                return Told.failed("reads that were submitted have no outcome");
            }
            taken += more;
        }
        for (int i = 0; i < READS; i++) {
            if (statuses[i] == BlkStatus.OK && !Arrays.equals(data, bytes(destinations.get(i)))) {
                return Told.wrong("read " + i + " of several was reported good, and is not");
            }
            if (statuses[i] != BlkStatus.OK) {
                return Told.failed("read " + i + " ended with " + statuses[i]);
            }
        }
        return Told.DONE;
    }

    private Told facts(BlkDevice open) {
        asked = "id";
        String id;
        try {
            id = open.id();
        } catch (IllegalStateException e) {
            // An earlier question has not been answered.
            return Told.failed(e.toString());
        }
        if (id.length() > BlkRequestLayout.ID_BYTES || id.indexOf(0) >= 0) {
            return Told.wrong("an id of " + id.length() + " letters");
        }
        BlkTopology topology = open.topology();
        long block = open.blockSizeBytes();
        boolean sane = block >= BlkRequestLayout.SECTOR_BYTES
                && Long.bitCount(block) == 1
                && topology.physicalBlockBytes() >= block
                && topology.alignmentOffsetBytes() >= 0
                && topology.minIoBytes() >= 0
                && topology.optIoBytes() >= 0;
        if (!sane) {
            return Told.wrong("blocks of " + block + " bytes, and " + topology);
        }
        if (open.supports(BlkOperation.GET_LIFETIME)) {
            asked = "lifetime";
            BlkLifetime lifetime = open.lifetime();
            if (lifetime.preEolInfo() < 0 || lifetime.estTypA() < 0 || lifetime.estTypB() < 0) {
                return Told.wrong("a lifetime of " + lifetime);
            }
        }
        return Told.DONE;
    }

    private Told ranges(BlkDevice open, long seed) {
        if (open.supports(BlkOperation.DISCARD)) {
            asked = "discard";
            open.discard(BlkRanges.of(seed % 8, 20));
        }
        if (open.supports(BlkOperation.WRITE_ZEROES)) {
            asked = "write zeroes";
            open.writeZeroes(BlkRanges.of(seed % 8, 9), true);
        }
        if (open.canSetWriteback()) {
            asked = "writeback";
            open.setWriteback(false);
            open.setWriteback(true);
        }
        return Told.DONE;
    }

    private static byte[] bytes(DmaBuffer buffer) {
        byte[] bytes = new byte[(int) buffer.lengthBytes()];
        buffer.memory().getBytes(buffer.offset(), bytes, 0, bytes.length);
        return bytes;
    }
}
