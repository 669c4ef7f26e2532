// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import static io.virtio4j.wire.DeviceStatus.ACKNOWLEDGE;
import static io.virtio4j.wire.DeviceStatus.DRIVER;
import static io.virtio4j.wire.DeviceStatus.RESET;

import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.sim.hostile.request.Finding;
import io.virtio4j.sim.hostile.request.RequestAnswer;
import io.virtio4j.sim.hostile.request.RequestChain;
import io.virtio4j.sim.hostile.request.RequestLine;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.Features;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Drivers that break rules of theirs beside the requests: a field that is read too early, and lists that are too long.
 *
 * <p>VirtIO 1.2, 2.8.17 and 5.2.5.1.
 */
final class BlkDriverRuleCases {
    private static final long FILL = 11;

    /** Segments of a list of which the device has not said how long it may be; what a driver sends any day. */
    private static final int USUAL_SEGMENTS = 4;

    /** With header and status it fits the queue. */
    private static final int MOST_SEGMENTS = 12;

    private BlkDriverRuleCases() {}

    static Stream<HostileCase<DriverPort>> cases() {
        return Stream.of(
                HostileCase.<DriverPort>of(
                        "blk-config-writeback-read-before-features-ok",
                        BlkRequestCases.AREA,
                        "BLK-DRV-WRITEBACK-READ-LATE",
                        "The driver reads the cache mode at each status before FEATURES_OK.",
                        Verdict.SERVED,
                        BlkDriverRuleCases::readEarly),
                HostileCase.<DriverPort>of(
                                "blk-read-more-segments-than-allowed",
                                BlkRequestCases.AREA,
                                "PACKED-DRV-LIST-LE-DEVICE-LIMIT",
                                "The driver reads into one segment more than a request may have.",
                                Verdict.SERVED,
                                BlkDriverRuleCases::readLong)
                        .or(Verdict.REJECTED)
                        .or(Verdict.NEEDS_RESET));
    }

    private static void readEarly(DriverPort port, Stage stage) {
        RawDriver driver = new RawDriver(port, stage);
        driver.reset();
        byte[] seen = {0, 0, 0};
        int at = 0;
        for (int status : new int[] {RESET, ACKNOWLEDGE, ACKNOWLEDGE | DRIVER}) {
            if (status != RESET) {
                port.writeStatus(status);
            }
            seen[at++] = port.readConfig(BlkConfigLayout.WRITEBACK, Byte.BYTES)[0];
        }
        for (byte mode : seen) {
            stage.requireHonest((mode & ~1) == 0, "the cache mode is none: " + Arrays.toString(seen));
        }
        RawDriver.start(port, stage);
        stage.served();
    }

    private static void readLong(DriverPort port, Stage stage) {
        try {
            RequestLine line = RequestLine.start(port, stage, 1, Features.NONE);
            BlkDisk disk = new BlkDisk(line);
            disk.fill(FILL);
            int segments = USUAL_SEGMENTS;
            if (line.negotiated().has(BlkFeatureBits.SEG_MAX)) {
                segments = Math.min(MOST_SEGMENTS, line.configLe32(BlkConfigLayout.SEG_MAX) + 1);
            }
            int sectors = (int) Math.min(segments, disk.capacity());
            RequestChain chain = new RequestChain().readable(BlkRequests.header(BlkRequestType.IN, 0));
            for (int i = 0; i < sectors; i++) {
                chain.writable(BlkRequests.SECTOR_BYTES);
            }
            RequestAnswer answer = disk.exchange(chain.writable(BlkRequestLayout.STATUS_BYTES));
            judge(disk, sectors, answer);
            disk.check();
            if (status(answer) == BlkStatus.OK) {
                stage.served();
            } else {
                stage.rejected("status " + status(answer));
            }
        } catch (Finding e) {
            e.tell(stage);
        }
    }

    private static void judge(BlkDisk disk, int sectors, RequestAnswer answer) {
        int status = status(answer);
        if (!BlkRow.DONE_OR_REFUSED.contains(status)) {
            throw Finding.lied("the status is " + status);
        }
        byte[] read = Arrays.copyOf(answer.writable(), sectors * BlkRequests.SECTOR_BYTES);
        if (status == BlkStatus.OK && !Arrays.equals(read, disk.read(0, sectors))) {
            throw Finding.lied("a read of " + sectors + " segments is not what a read of one is");
        }
    }

    private static int status(RequestAnswer answer) {
        return answer.writable()[answer.writable().length - 1] & 0xFF;
    }
}
