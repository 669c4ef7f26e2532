// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.sim.hostile.request.Finding;
import io.virtio4j.sim.hostile.request.RequestAnswer;
import io.virtio4j.sim.hostile.request.RequestChain;
import io.virtio4j.sim.hostile.request.RequestLine;
import io.virtio4j.sim.hostile.request.UsedLength;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.Features;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Requests that no honest driver sends, for a block device behind rings that are as they should be.
 *
 * <p>They write to the disk: to its first and its last sectors, and to the middle of it. What a request does not name must be
 * there afterwards as it was before, and the status must be the one that the specification demands; where it leaves the
 * choice, each of them is right.
 *
 * <p>VirtIO 1.2, 5.2.6 Device Operation.
 */
public final class BlkRequestCases {
    static final String AREA = "block requests";
    private static final long FIRST_FILL = 1;
    private static final long GOOD_SEED = 1000;

    private BlkRequestCases() {}

    /**
     * {@return the cases for a device that can be written, in the order of the table}
     *
     * @param usedLength what is demanded of its used lengths
     */
    public static List<HostileCase<DriverPort>> all(UsedLength usedLength) {
        Stream<BlkRow> rows = Stream.of(
                        TypeTable.rows(),
                        SectorTable.rows(),
                        LengthTable.rows(),
                        FramingTable.rows(),
                        RangeTable.rows(),
                        SmallDataTable.rows())
                .flatMap(each -> each);
        return Stream.of(
                        rows.map(row -> of(row, usedLength)),
                        BlkConfigTable.cases(),
                        BlkOfferCases.cases(),
                        BlkDriverRuleCases.cases())
                .flatMap(cases -> cases)
                .toList();
    }

    /**
     * {@return the cases for a device that offers RO}
     *
     * @param usedLength what is demanded of its used lengths
     */
    public static List<HostileCase<DriverPort>> readOnly(UsedLength usedLength) {
        return ReadOnlyTable.rows().map(row -> of(row, usedLength)).toList();
    }

    private static HostileCase<DriverPort> of(BlkRow row, UsedLength usedLength) {
        return new HostileCase<>(
                row.id(),
                AREA,
                row.clauses(),
                "The driver " + row.violates() + ".",
                HostileCase.BOTH,
                verdicts(row),
                (port, stage) -> play(row, usedLength, port, stage));
    }

    private static Set<Verdict> verdicts(BlkRow row) {
        Set<Verdict> verdicts = EnumSet.noneOf(Verdict.class);
        if (row.statuses().contains(BlkStatus.OK)) {
            verdicts.add(Verdict.SERVED);
        }
        if (!row.statuses().equals(BlkRow.DONE) || row.feature() != BlkRow.ALWAYS) {
            // Also what a device answers that does not have the feature.
            verdicts.add(Verdict.REJECTED);
        }
        if (row.statuses().contains(BlkRow.GIVES_UP)) {
            verdicts.add(Verdict.NEEDS_RESET);
        }
        return verdicts;
    }

    private static void play(BlkRow row, UsedLength usedLength, DriverPort port, Stage stage) {
        try {
            Features leftOut = row.leftOut() == BlkRow.ALWAYS ? Features.NONE : Features.of(row.leftOut());
            BlkDisk disk = new BlkDisk(RequestLine.start(port, stage, 1, leftOut));
            disk.fill(FIRST_FILL);
            RequestChain chain = row.request().apply(disk);
            RequestAnswer answer = disk.exchange(chain);
            int status = judge(row, disk, chain, answer);
            if (usedLength == UsedLength.EXACT) {
                requireExact(answer);
            }
            disk.check();
            if (status == BlkStatus.OK) {
                stage.served();
            } else {
                stage.rejected("status " + status);
            }
        } catch (Finding e) {
            e.tell(stage);
        }
    }

    /** Compares an answer with the row, and notes what may have changed on the disk. */
    private static int judge(BlkRow row, BlkDisk disk, RequestChain chain, RequestAnswer answer) {
        int room = chain.writableBytes();
        int status = room == 0 ? BlkRow.NO_STATUS : answer.writable()[room - 1] & 0xFF;
        if (!row.statusesOf(disk).contains(status)) {
            throw Finding.lied("the status is " + status + ", and right are " + row.statusesOf(disk));
        }
        if (status == BlkStatus.OK) {
            String wrong = row.effect().done(disk, answer);
            if (!wrong.isEmpty()) {
                throw Finding.lied(wrong);
            }
        } else if (status != BlkStatus.UNSUPP) {
            row.effect().failed(disk);
        }
        return status;
    }

    /** The status is the last writable byte, and lies behind data that was not read. */
    private static void requireExact(RequestAnswer answer) {
        int told = (int) answer.usedBytes();
        if (!answer.isUntouched(told, answer.writable().length - BlkRequestLayout.STATUS_BYTES)) {
            throw Finding.escaped(
                    "bytes behind the used length of " + told + " were written, and not the status alone");
        }
    }

    /**
     * A write of the first sectors and of the last one, and a read of them; of a disk that is read-only, two reads.
     *
     * @param driver a driver at DRIVER_OK
     * @param stage the case's
     */
    public static void goodRequest(RawDriver driver, Stage stage) {
        try {
            BlkDisk disk = new BlkDisk(RequestLine.on(driver, stage));
            disk.goodRequest(GOOD_SEED);
        } catch (Finding e) {
            e.tell(stage);
        }
    }
}
