// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

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
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuQueues;
import io.virtio4j.wire.GpuResponse;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Commands that no honest driver sends, for a GPU device behind rings that are as they should be.
 *
 * <p>Each is fenced, and the fence must come back with whatever is answered. A command that fails must change nothing: the
 * picture that was shown before is drawn anew afterwards, through the same resource, the same pages and the same scanout, and
 * at the end the device must hold as much as it could at first.
 *
 * <p>VirtIO 1.2, 5.7.6 Device Operation.
 */
public final class GpuRequestCases {
    static final String AREA = "gpu commands";
    private static final long FENCE = 0xF00D_0000_0000_0000L;

    private GpuRequestCases() {}

    /**
     * {@return the cases, in the order of the table}
     *
     * @param witness what is known of the device that they are played against; asked again in each case
     * @param usedLength what is demanded of its used lengths
     */
    public static List<HostileCase<DriverPort>> all(GpuWitness witness, UsedLength usedLength) {
        Stream<GpuRow> rows = Stream.of(
                        HeaderTable.rows(),
                        UnknownTable.rows(),
                        ResourceTable2d.rows(),
                        BackingTable.rows(),
                        TransferTable.rows(),
                        ScanoutRows.rows(),
                        InfoTable.rows(),
                        BlobTable.rows(),
                        BlobScanoutTable.rows(),
                        CursorTable.rows(),
                        LimitTable.rows())
                .flatMap(each -> each);
        return Stream.concat(rows.map(row -> of(row, witness, usedLength)), GpuDriverRuleCases.cases(witness))
                .toList();
    }

    private static HostileCase<DriverPort> of(GpuRow row, GpuWitness witness, UsedLength usedLength) {
        return new HostileCase<>(
                row.id(),
                AREA,
                row.clauses(),
                "The driver " + row.violates() + ".",
                HostileCase.BOTH,
                verdicts(row),
                (port, stage) -> play(row, witness, usedLength, port, stage));
    }

    private static Set<Verdict> verdicts(GpuRow row) {
        Set<Verdict> verdicts = EnumSet.noneOf(Verdict.class);
        for (int type : row.types()) {
            verdicts.add(
                    type == GpuRow.GIVES_UP
                            ? Verdict.NEEDS_RESET
                            : type == GpuRow.NO_RESPONSE || !GpuResponse.isError(type)
                                    ? Verdict.SERVED
                                    : Verdict.REJECTED);
        }
        if (row.feature() != GpuRow.ALWAYS) {
            // Also what a device answers that does not have the feature.
            verdicts.add(Verdict.REJECTED);
        }
        return verdicts;
    }

    private static void play(GpuRow row, GpuWitness witness, UsedLength usedLength, DriverPort port, Stage stage) {
        try {
            GpuScene scene = new GpuScene(RequestLine.start(port, stage, GpuQueues.COUNT, row.leftOut()), witness);
            scene.set();
            if (row.has(scene)) {
                row.before().accept(scene);
            }
            long fence = FENCE | stage.random().nextInt(1 << 16);
            Command request = row.request().apply(scene);
            boolean fenced = request.lengthBytes() >= GpuHeader.LENGTH_BYTES;
            RequestChain chain = row.chain(fenced ? request.fenced(fence) : request);
            RequestAnswer answer = scene.exchange(row.queue(), chain);
            int type = judge(row, scene, answer);
            if (usedLength == UsedLength.EXACT
                    && !answer.isUntouched((int) answer.usedBytes(), answer.writable().length)) {
                throw Finding.escaped("bytes behind the used length of " + answer.usedBytes() + " were written");
            }
            if (fenced && type != GpuRow.NO_RESPONSE) {
                requireFence(answer, fence);
            }
            boolean refused = type != GpuRow.NO_RESPONSE && GpuResponse.isError(type);
            if (row.has(scene)) {
                row.after().look(scene, answer, !refused);
            }
            if (row.leaves() == GpuRow.Leaves.ALL || (refused && row.leaves() == GpuRow.Leaves.ALL_IF_REFUSED)) {
                scene.showNewFrame();
            }
            scene.strike();
            if (refused) {
                stage.rejected(GpuResponse.nameOf(type));
            } else {
                stage.served();
            }
        } catch (Finding e) {
            e.tell(stage);
        }
    }

    private static int judge(GpuRow row, GpuScene scene, RequestAnswer answer) {
        if (row.roomBytes() < GpuHeader.LENGTH_BYTES) {
            return GpuRow.NO_RESPONSE;
        }
        int type = answer.usedBytes() < GpuHeader.LENGTH_BYTES ? 0 : answer.le32(GpuHeader.TYPE);
        if (!row.typesOf(scene).contains(type)) {
            throw Finding.lied("the response is " + GpuResponse.nameOf(type) + " of " + answer.usedBytes()
                    + " bytes, and right are "
                    + row.typesOf(scene).stream().map(GpuResponse::nameOf).toList());
        }
        return type;
    }

    private static void requireFence(RequestAnswer answer, long fence) {
        if ((answer.le32(GpuHeader.FLAGS) & GpuHeader.FLAG_FENCE) == 0 || answer.le64(GpuHeader.FENCE_ID) != fence) {
            throw Finding.lied("the response has flags " + answer.le32(GpuHeader.FLAGS) + " and fence "
                    + answer.le64(GpuHeader.FENCE_ID) + ", and the command had fence " + fence);
        }
    }

    /**
     * A frame from the pages to the scanout, with resources of its own.
     *
     * @param driver a driver at DRIVER_OK
     * @param stage the case's
     * @param witness what is known of the device
     */
    public static void goodRequest(RawDriver driver, Stage stage, GpuWitness witness) {
        try {
            GpuScene scene = new GpuScene(RequestLine.on(driver, stage), witness);
            scene.set();
            scene.clear();
        } catch (Finding e) {
            e.tell(stage);
        }
    }
}
