// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.sim.hostile.request.Finding;
import io.virtio4j.sim.hostile.request.RequestLine;
import io.virtio4j.wire.BlkCacheMode;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.Features;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Writes of the configuration: of the one field that a driver may write, values that it has not; and of the fields that are
 * the device's.
 *
 * <p>VirtIO 1.2, 5.2.4 Device configuration layout.
 */
final class BlkConfigTable {
    private static final long FILL = 7;

    private BlkConfigTable() {}

    /**
     * A write.
     *
     * @param name of the case
     * @param violates what is wrong, as a sentence
     * @param clause the rule
     * @param leftOut what is not negotiated
     * @param offset where
     * @param bytes what
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Row(String name, String violates, String clause, Features leftOut, int offset, byte... bytes) {}

    static Stream<HostileCase<DriverPort>> cases() {
        Features none = Features.NONE;
        Features switching = Features.of(BlkFeatureBits.CONFIG_WCE);
        return Stream.of(
                        mode("2", (byte) 2),
                        mode("128", (byte) 0x80),
                        mode("255", (byte) 0xFF),
                        new Row(
                                "writeback-not-negotiated",
                                "switches the cache without having taken CONFIG_WCE",
                                "BLK-DRV-WCE-SWITCH",
                                switching,
                                BlkConfigLayout.WRITEBACK,
                                (byte) BlkCacheMode.WRITETHROUGH),
                        foreign("capacity-zero", "sets the capacity to 0", BlkConfigLayout.CAPACITY, new byte[8]),
                        foreign("capacity-most", "sets the capacity to 2^64-1", BlkConfigLayout.CAPACITY, ones(8)),
                        foreign("limits", "sets the limits of a request", BlkConfigLayout.SIZE_MAX, ones(8)),
                        foreign("block-size", "sets the block size", BlkConfigLayout.BLK_SIZE, ones(4)),
                        foreign("queues", "sets the number of queues", BlkConfigLayout.NUM_QUEUES, ones(2)),
                        foreign("padding", "sets the padding", BlkConfigLayout.WRITEBACK + 1, ones(1)),
                        new Row(
                                "around-writeback",
                                "writes writeback together with what lies before and behind it",
                                "BLK-DRV-WCE-SWITCH",
                                none,
                                BlkConfigLayout.WRITEBACK - 2,
                                new byte[] {-1, -1, 1, -1, -1, -1}),
                        foreign("all", "writes ones over all of it", 0, ones(BlkConfigLayout.LENGTH_BYTES)))
                .map(BlkConfigTable::of);
    }

    private static byte[] ones(int count) {
        byte[] ones = new byte[count];
        Arrays.fill(ones, (byte) -1);
        return ones;
    }

    private static Row mode(String value, byte written) {
        return new Row(
                "writeback-" + value,
                "writes " + value + " as the cache mode, which is none",
                "BLK-DRV-WCE-SWITCH",
                Features.NONE,
                BlkConfigLayout.WRITEBACK,
                written);
    }

    private static Row foreign(String name, String violates, int offset, byte[] bytes) {
        return new Row(name, violates + " in the configuration", "BLK-CFG-CAPACITY", Features.NONE, offset, bytes);
    }

    private static HostileCase<DriverPort> of(Row row) {
        return new HostileCase<>(
                "blk-config-" + row.name,
                BlkRequestCases.AREA,
                List.of(row.clause),
                "The driver " + row.violates + ".",
                HostileCase.BOTH,
                Set.of(Verdict.SERVED),
                (port, stage) -> play(row, port, stage));
    }

    private static void play(Row row, DriverPort port, Stage stage) {
        try {
            RequestLine line = RequestLine.start(port, stage, 1, row.leftOut);
            BlkDisk disk = new BlkDisk(line);
            disk.fill(FILL);
            byte[] before = line.wholeConfig();

            line.writeConfig(row.offset, row.bytes);

            requireMode(line.wholeConfig());
            requireSame(before, line.wholeConfig());
            disk.check();
            disk.fill(FILL + 1);
            disk.check();
            stage.served();
        } catch (Finding e) {
            e.tell(stage);
        }
    }

    private static void requireMode(byte[] config) {
        int mode = BlkConfigLayout.WRITEBACK < config.length ? config[BlkConfigLayout.WRITEBACK] : 0;
        if (mode != BlkCacheMode.WRITETHROUGH && mode != BlkCacheMode.WRITEBACK) {
            throw Finding.lied("the cache mode reads " + mode);
        }
    }

    private static void requireSame(byte[] before, byte[] after) {
        for (int i = 0; i < before.length; i++) {
            if (i != BlkConfigLayout.WRITEBACK && before[i] != after[i]) {
                throw Finding.lied("byte " + i + " of the configuration was " + before[i]
                        + ", the driver wrote it, and now" + " it is " + after[i]);
            }
        }
    }
}
