// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import static io.virtio4j.sim.gpu.Messages.attach;
import static io.virtio4j.sim.gpu.Messages.create2d;
import static io.virtio4j.sim.gpu.Messages.detach;
import static io.virtio4j.sim.gpu.Messages.displayInfo;
import static io.virtio4j.sim.gpu.Messages.fenced;
import static io.virtio4j.sim.gpu.Messages.flush;
import static io.virtio4j.sim.gpu.Messages.header;
import static io.virtio4j.sim.gpu.Messages.le32;
import static io.virtio4j.sim.gpu.Messages.le64;
import static io.virtio4j.sim.gpu.Messages.setScanout;
import static io.virtio4j.sim.gpu.Messages.transfer;
import static io.virtio4j.sim.gpu.Messages.unref;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.DisplayMode;
import io.virtio4j.sim.gpu.Messages.MemEntry;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuResponse;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each control command: what it answers when it is right, and when it is wrong. */
final class SimGpuCommandTest {
    private static final GpuFormat FORMAT = GpuFormat.B8G8R8X8;
    private static final int WIDTH = 10;
    private static final int HEIGHT = 8;
    private static final int BYTES = WIDTH * HEIGHT * 4;

    /** Room for resource 1 with its backing, and for 100 bytes more. */
    private static final long HOST_BYTES = BYTES + 24 + 100;

    private final GpuRig rig = new GpuRig(SimGpuConfig.of(new SimDisplays(2)).withLimits(HOST_BYTES, 3));

    @AfterEach
    void theDeviceIsInOrderAndDrawsTheNextFrameRight() {
        assertThat(rig.errors).isEmpty();
        // Whatever the test did: a device that it left in order draws this frame.
        rig.start();
        drawFrame(1);
    }

    private void makeResource() {
        assertThat(rig.type(create2d(1, FORMAT, WIDTH, HEIGHT))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.type(attach(1, List.of(new MemEntry(GpuRig.PAGES, BYTES)))))
                .isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.type(setScanout(0, 1, 0, 0, WIDTH, HEIGHT))).isEqualTo(GpuResponse.OK_NODATA);
    }

    private void drawFrame(long seed) {
        makeResource();
        showFrame(seed);
    }

    private void showFrame(long seed) {
        rig.fillPages(seed);
        assertThat(rig.type(transfer(1, 0, 0, WIDTH, HEIGHT, 0))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.type(flush(1, 0, 0, WIDTH, HEIGHT))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.scanout.lastPixels).isDeepEqualTo(pagesAsPixels());
    }

    private int[][] pagesAsPixels() {
        return IntStream.range(0, HEIGHT)
                .mapToObj(y -> IntStream.range(0, WIDTH)
                        .map(x -> rig.lowPages.getLe32(4L * (y * WIDTH + x)))
                        .toArray())
                .toArray(int[][]::new);
    }

    @Test
    @Clause({"GPU-DEV-RESP-TYPES", "GPU-DEV-FLUSH", "GPU-DEV-TRANSFER-2D"})
    void aFrameGoesFromThePagesToTheScanout() {
        drawFrame(42);
        assertThat(rig.scanout.flushes).containsExactly(new RecordingScanout.Flush(0, 0, 0, WIDTH, HEIGHT));
    }

    @Test
    @Clause({"GPU-DEV-DISPLAY-INFO", "GPU-DEV-DISPLAY-MODES"})
    void displayInfoHasSixteenEntriesAndThoseWithoutDisplayAreZero() {
        SimDisplays displays = new SimDisplays(3);
        displays.change(1, new DisplayMode(true, 5, 6, 1280, 720));
        GpuRig three = new GpuRig(SimGpuConfig.of(displays));

        byte[] response = three.control(displayInfo());

        assertThat(response).hasSize(408);
        assertThat(le32(response, 0)).isEqualTo(GpuResponse.OK_DISPLAY_INFO);
        assertThat(IntStream.range(0, 6).map(i -> le32(response, 48 + 4 * i))).containsExactly(5, 6, 1280, 720, 1, 0);
        byte[] others = response.clone();
        Arrays.fill(others, 0, 24, (byte) 0);
        Arrays.fill(others, 48, 72, (byte) 0);
        assertThat(others).containsOnly(0);
    }

    @ParameterizedTest
    @EnumSource(GpuFormat.class)
    @Clause("GPU-DEV-CREATE-2D")
    void aResourceHasAnyOfTheFormats(GpuFormat format) {
        assertThat(rig.type(create2d(7, format, 3, 3))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.type(setScanout(0, 7, 0, 0, 3, 3))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.scanout.events).containsExactly("enabled 0 3x3 " + format);
    }

    @Test
    @Clause("GPU-DEV-CREATE-2D")
    void aNewResourceIsBlack() {
        rig.type(create2d(7, FORMAT, 3, 2));
        rig.type(setScanout(0, 7, 0, 0, 3, 2));
        rig.type(flush(7, 0, 0, 3, 2));
        assertThat(rig.scanout.lastPixels).isDeepEqualTo(new int[2][3]);
    }

    @Test
    @Clause("GPU-DEV-UNREF")
    void anUnrefedResourceIsGoneAndItsIdAndMemoryAreFree() {
        makeResource();
        assertThat(rig.type(unref(1))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.scanout.events).last().isEqualTo("disabled 0");
        assertThat(rig.type(transfer(1, 0, 0, 1, 1, 0))).isEqualTo(GpuResponse.ERR_INVALID_RESOURCE_ID);
        assertThat(rig.type(flush(1, 0, 0, 1, 1))).isEqualTo(GpuResponse.ERR_INVALID_RESOURCE_ID);
        // The limit has room for one of these only, and for four backings.
        for (int i = 0; i < 20; i++) {
            drawFrame(i);
            assertThat(rig.type(unref(1))).isEqualTo(GpuResponse.OK_NODATA);
        }
    }

    @Test
    @Clause("GPU-DEV-DETACH-BACKING")
    void withoutBackingTheHostsCopyStays() {
        drawFrame(4);
        int[][] before = rig.scanout.lastPixels;
        assertThat(rig.type(detach(1))).isEqualTo(GpuResponse.OK_NODATA);
        rig.fillPages(5);
        assertThat(rig.type(transfer(1, 0, 0, WIDTH, HEIGHT, 0))).isEqualTo(GpuResponse.ERR_UNSPEC);
        assertThat(rig.type(flush(1, 0, 0, WIDTH, HEIGHT))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.scanout.lastPixels).isDeepEqualTo(before);
    }

    @Test
    @Clause({"GPU-DEV-ATTACH-BACKING", "GPU-DEV-DETACH-BACKING"})
    void anotherBackingCanBeAttachedAfterTheFirstIsDetached() {
        makeResource();
        assertThat(rig.type(attach(1, List.of(new MemEntry(GpuRig.PAGES, BYTES)))))
                .isEqualTo(GpuResponse.ERR_UNSPEC);
        assertThat(rig.type(detach(1))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.type(detach(1))).isEqualTo(GpuResponse.ERR_UNSPEC);
        assertThat(rig.type(attach(1, List.of(new MemEntry(GpuRig.PAGES, BYTES)))))
                .isEqualTo(GpuResponse.OK_NODATA);
        showFrame(9);
    }

    @Test
    @Clause("GPU-DEV-ATTACH-BACKING")
    void anEntryMayStraddleTwoRegions() {
        GpuRig roomy = GpuRig.withDisplay(64, 64);
        roomy.fillPages(11);
        long boundary = roomy.highPages.guestAddress();
        roomy.type(create2d(1, FORMAT, 4, 1));
        assertThat(roomy.type(attach(1, List.of(new MemEntry(boundary - 7, 16)))))
                .isEqualTo(GpuResponse.OK_NODATA);
        roomy.type(setScanout(0, 1, 0, 0, 4, 1));
        assertThat(roomy.type(transfer(1, 0, 0, 4, 1, 0))).isEqualTo(GpuResponse.OK_NODATA);
        roomy.type(flush(1, 0, 0, 4, 1));
        for (int i = 0; i < 16; i++) {
            int shown = roomy.scanout.lastPixels[0][i / 4] >>> (8 * (i % 4)) & 0xFF;
            assertThat(shown).isEqualTo(roomy.getPage(boundary - 7 + i));
        }
    }

    static Stream<Arguments> mistakes() {
        long outside = GpuRig.PAGES + GpuRig.PAGES_BYTES;
        return Stream.of(
                wrong("create with id 0", create2d(0, FORMAT, 1, 1), GpuResponse.ERR_INVALID_RESOURCE_ID),
                wrong("create with an id in use", create2d(1, FORMAT, 1, 1), GpuResponse.ERR_INVALID_RESOURCE_ID),
                wrong("create with format 0", create2d(2, 0, 1, 1), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("create with format 5", create2d(2, 5, 1, 1), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("create without width", create2d(2, FORMAT, 0, 1), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("create without height", create2d(2, FORMAT, 1, 0), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("create over the limit", create2d(2, FORMAT, 26, 1), GpuResponse.ERR_OUT_OF_MEMORY),
                wrong("create 4 bytes over the limit", create2d(2, FORMAT, 5, 5), GpuResponse.ERR_OUT_OF_MEMORY),
                wrong("create of 2^66 bytes", create2d(2, FORMAT, -1, -1), GpuResponse.ERR_OUT_OF_MEMORY),
                wrong("create of 2^34 bytes", create2d(2, FORMAT, 1 << 16, 1 << 16), GpuResponse.ERR_OUT_OF_MEMORY),
                wrong("unref of no resource", unref(2), GpuResponse.ERR_INVALID_RESOURCE_ID),
                wrong("unref of id 0", unref(0), GpuResponse.ERR_INVALID_RESOURCE_ID),
                wrong("attach to no resource", attach(2, List.of()), GpuResponse.ERR_INVALID_RESOURCE_ID),
                wrong("detach from no resource", detach(2), GpuResponse.ERR_INVALID_RESOURCE_ID),
                wrong("show on scanout 2 of 2", setScanout(2, 1, 0, 0, 1, 1), GpuResponse.ERR_INVALID_SCANOUT_ID),
                wrong("show on scanout 2^32-1", setScanout(-1, 1, 0, 0, 1, 1), GpuResponse.ERR_INVALID_SCANOUT_ID),
                wrong("turn off scanout 2 of 2", setScanout(2, 0, 0, 0, 0, 0), GpuResponse.ERR_INVALID_SCANOUT_ID),
                wrong("show no resource", setScanout(0, 2, 0, 0, 1, 1), GpuResponse.ERR_INVALID_RESOURCE_ID),
                wrong("show nothing", setScanout(0, 1, 0, 0, 0, 0), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("flush no resource", flush(2, 0, 0, 1, 1), GpuResponse.ERR_INVALID_RESOURCE_ID),
                wrong("transfer no resource", transfer(2, 0, 0, 1, 1, 0), GpuResponse.ERR_INVALID_RESOURCE_ID),
                wrong("transfer past the end", transfer(1, 0, 0, WIDTH, HEIGHT, 1), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("transfer at 2^64-4", transfer(1, 0, 0, 1, 1, -4), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("transfer at 2^63-1", transfer(1, 0, 0, 1, 1, Long.MAX_VALUE), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("a capability set", capset(GpuCommand.GET_CAPSET_INFO), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("a capability set", capset(GpuCommand.GET_CAPSET), GpuResponse.ERR_INVALID_PARAMETER),
                wrong(
                        "attach outside memory",
                        attach(3, List.of(new MemEntry(outside, 1))),
                        GpuResponse.ERR_INVALID_PARAMETER),
                wrong(
                        "attach past memory",
                        attach(3, List.of(new MemEntry(GpuRig.PAGES, 8), new MemEntry(outside - 4, 8))),
                        GpuResponse.ERR_INVALID_PARAMETER),
                wrong(
                        "attach around 2^64",
                        attach(3, List.of(new MemEntry(-8, 16))),
                        GpuResponse.ERR_INVALID_PARAMETER),
                wrong("attach nothing", attach(3, List.of()), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("attach too much", attach(3, manyEntries(6)), GpuResponse.ERR_OUT_OF_MEMORY),
                wrong("attach a short list", shortList(), GpuResponse.ERR_INVALID_PARAMETER));
    }

    private static Arguments wrong(String what, byte[] request, int expected) {
        return Arguments.of(what, request, expected);
    }

    private static byte[] capset(int type) {
        return Arrays.copyOf(header(type), 32);
    }

    private static List<MemEntry> manyEntries(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new MemEntry(GpuRig.PAGES + 8L * i, 4))
                .toList();
    }

    private static byte[] shortList() {
        byte[] request = attach(3, manyEntries(2));
        return Arrays.copyOf(request, request.length - 1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    @Clause({"GPU-DEV-RESP-TYPES", "GPU-DEV-FENCE-FLAG", "GPU-DEV-FENCE-ID", "GPU-DEV-CREATE-2D"})
    void aMistakeIsAnsweredWithItsCodeAndTheFenceAndChangesNothing(String what, byte[] request, int expected) {
        drawFrame(20);
        assertThat(rig.type(create2d(3, FORMAT, 1, 1))).isEqualTo(GpuResponse.OK_NODATA);
        int eventsBefore = rig.scanout.events.size();
        int flushesBefore = rig.scanout.flushes.size();

        byte[] response = rig.control(fenced(request, 0x8877_6655_4433_2211L, 9));

        assertThat(response).hasSize(24);
        assertThat(GpuResponse.nameOf(le32(response, 0))).isEqualTo(GpuResponse.nameOf(expected));
        assertThat(le32(response, 4)).isEqualTo(1);
        assertThat(le64(response, 8)).isEqualTo(0x8877_6655_4433_2211L);
        assertThat(le32(response, 16)).isEqualTo(9);
        assertThat(rig.scanout.events).hasSize(eventsBefore);
        assertThat(rig.scanout.flushes).hasSize(flushesBefore);
        showFrame(21);
    }

    @ParameterizedTest(name = "x {0} y {1} width {2} height {3}")
    @MethodSource("rectanglesOutside")
    @Clause("GPU-SCANOUT-COVERED")
    void aRectangleOutsideTheResourceIsRefusedWhereverItIsGiven(int x, int y, int width, int height) {
        drawFrame(22);
        assertThat(rig.type(setScanout(0, 1, x, y, width, height))).isEqualTo(GpuResponse.ERR_INVALID_PARAMETER);
        assertThat(rig.type(flush(1, x, y, width, height))).isEqualTo(GpuResponse.ERR_INVALID_PARAMETER);
        assertThat(rig.type(transfer(1, x, y, width, height, 0))).isEqualTo(GpuResponse.ERR_INVALID_PARAMETER);
        showFrame(23);
    }

    static Stream<Arguments> rectanglesOutside() {
        return Stream.of(
                Arguments.of(0, 0, WIDTH + 1, HEIGHT),
                Arguments.of(0, 0, WIDTH, HEIGHT + 1),
                Arguments.of(1, 0, WIDTH, HEIGHT),
                Arguments.of(0, 1, WIDTH, HEIGHT),
                Arguments.of(WIDTH + 1, 0, 0, 1),
                Arguments.of(-1, 0, 1, 1),
                Arguments.of(0, -1, 1, 1),
                Arguments.of(-1, -1, 2, 2),
                Arguments.of(1, 1, -1, -1),
                Arguments.of(Integer.MIN_VALUE, 0, Integer.MIN_VALUE, 1),
                Arguments.of(0, Integer.MIN_VALUE, 1, Integer.MIN_VALUE));
    }

    @Test
    @Clause({"GPU-DRV-BACKING-FIRST", "GPU-DEV-RESP-TYPES"})
    void aTransferWithoutBackingIsAnError() {
        rig.type(create2d(1, FORMAT, WIDTH, HEIGHT));
        assertThat(rig.type(transfer(1, 0, 0, 1, 1, 0))).isEqualTo(GpuResponse.ERR_UNSPEC);
    }

    @Test
    void theLimitOnMemoryCanBeReachedAndNotPassed() {
        makeResource();
        assertThat(rig.type(create2d(2, FORMAT, 25, 1))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.type(create2d(3, FORMAT, 1, 1))).isEqualTo(GpuResponse.ERR_OUT_OF_MEMORY);
    }

    @Test
    void theNextGuestsPagesAreItsOwn() {
        drawFrame(5);
        GpuRig next = new GpuRig(rig);
        next.fillPages(6);
        next.type(create2d(1, GpuFormat.B8G8R8A8, 8, 8));
        next.type(attach(1, List.of(new MemEntry(GpuRig.PAGES, 256))));
        next.type(setScanout(0, 1, 0, 0, 8, 8));
        next.type(transfer(1, 0, 0, 8, 8, 0));
        next.type(flush(1, 0, 0, 8, 8));
        assertThat(rig.scanout.lastPixels[7][7]).isEqualTo(next.lowPages.getLe32(252));
        assertThat(next.errors).isEmpty();
    }

    @Test
    void aBackingHasSoManyEntriesAndNotMoreWhateverTheHostHasRoomFor() {
        ResourceTable table = new ResourceTable(Long.MAX_VALUE, 1);
        assertThat(table.hasRoomForBacking(1 << 20)).isTrue();
        assertThat(table.hasRoomForBacking((1 << 20) + 1)).isFalse();
    }

    @Test
    void moreResourcesThanTheLimitAreRefused() {
        for (int id = 1; id <= 3; id++) {
            assertThat(rig.type(create2d(id, FORMAT, 1, 1))).isEqualTo(GpuResponse.OK_NODATA);
        }
        assertThat(rig.type(create2d(4, FORMAT, 1, 1))).isEqualTo(GpuResponse.ERR_OUT_OF_MEMORY);
        assertThat(rig.type(unref(2))).isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.type(create2d(4, FORMAT, 1, 1))).isEqualTo(GpuResponse.OK_NODATA);
    }

    @ParameterizedTest
    @MethodSource("commandsOfFeaturesThatAreNotOffered")
    @Clause({"GPU-3D-NEEDS-VIRGL", "GPU-BLOB-NEGOTIATED", "GPU-DEV-RESP-TYPES"})
    void aCommandOfAFeatureThatIsNotNegotiatedIsAnError(int type) {
        drawFrame(30);
        byte[] response = rig.control(Arrays.copyOf(header(type), 96));
        assertThat(response).hasSize(24);
        assertThat(le32(response, 0)).isEqualTo(GpuResponse.ERR_UNSPEC);
        showFrame(31);
    }

    static IntStream commandsOfFeaturesThatAreNotOffered() {
        return IntStream.of(
                GpuCommand.GET_EDID,
                GpuCommand.RESOURCE_ASSIGN_UUID,
                GpuCommand.RESOURCE_CREATE_BLOB,
                GpuCommand.SET_SCANOUT_BLOB,
                GpuCommand.CTX_CREATE,
                GpuCommand.CTX_DESTROY,
                GpuCommand.CTX_ATTACH_RESOURCE,
                GpuCommand.CTX_DETACH_RESOURCE,
                GpuCommand.RESOURCE_CREATE_3D,
                GpuCommand.TRANSFER_TO_HOST_3D,
                GpuCommand.TRANSFER_FROM_HOST_3D,
                GpuCommand.SUBMIT_3D,
                GpuCommand.RESOURCE_MAP_BLOB,
                GpuCommand.RESOURCE_UNMAP_BLOB,
                GpuCommand.UPDATE_CURSOR,
                GpuCommand.MOVE_CURSOR,
                0,
                0x00FF,
                0x010E,
                0x1100,
                -1);
    }

    @Test
    void aResetDropsEverything() {
        drawFrame(50);
        rig.start();
        assertThat(rig.scanout.events).last().isEqualTo("disabled 0");
        assertThat(rig.type(flush(1, 0, 0, 1, 1))).isEqualTo(GpuResponse.ERR_INVALID_RESOURCE_ID);
    }
}
