// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import static io.virtio4j.sim.gpu.Messages.attach;
import static io.virtio4j.sim.gpu.Messages.create2d;
import static io.virtio4j.sim.gpu.Messages.cursor;
import static io.virtio4j.sim.gpu.Messages.fenced;
import static io.virtio4j.sim.gpu.Messages.le32;
import static io.virtio4j.sim.gpu.Messages.le64;
import static io.virtio4j.sim.gpu.Messages.transfer;
import static io.virtio4j.sim.gpu.Messages.unref;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.sim.gpu.Messages.MemEntry;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuQueues;
import io.virtio4j.wire.GpuResponse;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The cursor queue. */
final class SimGpuCursorTest {
    private static final int UPDATE = GpuCommand.UPDATE_CURSOR;
    private static final int MOVE = GpuCommand.MOVE_CURSOR;

    private final GpuRig rig = new GpuRig(SimGpuConfig.of(new SimDisplays(2)));

    private void makeImage(int id) {
        rig.fillPages(id);
        rig.type(create2d(id, GpuFormat.B8G8R8A8, 64, 64));
        rig.type(attach(id, List.of(new MemEntry(GpuRig.PAGES, 64 * 64 * 4))));
        assertThat(rig.type(transfer(id, 0, 0, 64, 64, 0))).isEqualTo(GpuResponse.OK_NODATA);
    }

    private int type(byte[] request) {
        return le32(rig.cursor(request), 0);
    }

    @Test
    @Clause({"GPU-CURSOR-UPDATE", "GPU-QUEUES"})
    void anUpdateSetsImageHotSpotAndPosition() {
        makeImage(5);
        assertThat(type(cursor(UPDATE, 1, 10, -20, 5, 3, 4))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.scanout.events).containsExactly("cursor 1 hot 3,4 at 10,-20");
        assertThat(rig.scanout.cursorPixels[63][1]).isEqualTo(rig.lowPages.getLe32(4 * (63 * 64 + 1)));
    }

    @Test
    @Clause("GPU-CURSOR-MOVE")
    void aMoveChangesThePositionAndDisregardsEverythingElse() {
        makeImage(5);
        type(cursor(UPDATE, 0, 1, 2, 5, 3, 4));
        int[][] image = rig.scanout.cursorPixels;
        assertThat(type(cursor(MOVE, 0, 30, 40, 0x7777, -1, -1))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.scanout.events).last().isEqualTo("cursor 0 to 30,40");
        assertThat(rig.scanout.cursorPixels).isSameAs(image);
    }

    @Test
    @Clause("GPU-CURSOR-UPDATE")
    void resourceZeroHidesTheCursorAndMovesIt() {
        makeImage(5);
        type(cursor(UPDATE, 0, 1, 2, 5, 0, 0));
        assertThat(type(cursor(UPDATE, 0, 8, 9, 0, 0, 0))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.scanout.events).endsWith("cursor 0 hidden", "cursor 0 to 8,9");
    }

    @Test
    void theImageOutlivesItsResource() {
        makeImage(5);
        type(cursor(UPDATE, 0, 1, 2, 5, 0, 0));
        rig.type(unref(5));
        assertThat(type(cursor(MOVE, 0, 1, 1, 5, 0, 0))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.scanout.events).doesNotContain("cursor 0 hidden");
    }

    @Test
    @Clause({"GPU-DRV-CURSOR-64X64", "GPU-DEV-RESP-TYPES"})
    void anImageOfAnotherSizeIsRefused() {
        rig.type(create2d(1, GpuFormat.B8G8R8A8, 63, 64));
        rig.type(create2d(2, GpuFormat.B8G8R8A8, 64, 65));
        assertThat(type(cursor(UPDATE, 0, 0, 0, 1, 0, 0))).isEqualTo(GpuResponse.ERR_INVALID_PARAMETER);
        assertThat(type(cursor(UPDATE, 0, 0, 0, 2, 0, 0))).isEqualTo(GpuResponse.ERR_INVALID_PARAMETER);
    }

    @Test
    @Clause({"GPU-DEV-RESP-TYPES", "GPU-DEV-FENCE-ID", "GPU-DEV-FENCE-FLAG"})
    void mistakesAreAnsweredWithTheirCodesAndTheFence() {
        assertThat(type(cursor(UPDATE, 2, 0, 0, 0, 0, 0))).isEqualTo(GpuResponse.ERR_INVALID_SCANOUT_ID);
        assertThat(type(cursor(MOVE, -1, 0, 0, 0, 0, 0))).isEqualTo(GpuResponse.ERR_INVALID_SCANOUT_ID);
        assertThat(type(cursor(UPDATE, 0, 0, 0, 99, 0, 0))).isEqualTo(GpuResponse.ERR_INVALID_RESOURCE_ID);
        assertThat(type(Arrays.copyOf(cursor(MOVE, 0, 0, 0, 0, 0, 0), 55)))
                .isEqualTo(GpuResponse.ERR_INVALID_PARAMETER);
        assertThat(type(Messages.displayInfo())).isEqualTo(GpuResponse.ERR_UNSPEC);
        byte[] fenced = rig.cursor(fenced(cursor(MOVE, 7, 0, 0, 0, 0, 0), 123, 0));
        assertThat(le32(fenced, 4)).isEqualTo(1);
        assertThat(le64(fenced, 8)).isEqualTo(123);
        assertThat(rig.scanout.events).isEmpty();
    }

    @Test
    @Clause("CORE-DEV-USED-LENGTH")
    void aDriverThatWantsNoAnswerGetsNone() {
        byte[] request = cursor(MOVE, 0, 5, 6, 0, 0, 0);
        assertThat(rig.send(GpuQueues.CURSOR, request, new int[] {56}, new int[0]))
                .isEmpty();
        assertThat(rig.scanout.events).containsExactly("cursor 0 to 5,6");
    }

    @Test
    void aResetHidesTheCursor() {
        makeImage(5);
        type(cursor(UPDATE, 1, 1, 2, 5, 0, 0));
        rig.start();
        assertThat(rig.scanout.events).endsWith("cursor 1 hidden");
    }
}
