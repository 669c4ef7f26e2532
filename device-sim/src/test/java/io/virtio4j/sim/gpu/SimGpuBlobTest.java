// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import static io.virtio4j.sim.gpu.Messages.attach;
import static io.virtio4j.sim.gpu.Messages.create2d;
import static io.virtio4j.sim.gpu.Messages.createBlob;
import static io.virtio4j.sim.gpu.Messages.cursor;
import static io.virtio4j.sim.gpu.Messages.detach;
import static io.virtio4j.sim.gpu.Messages.fenced;
import static io.virtio4j.sim.gpu.Messages.flush;
import static io.virtio4j.sim.gpu.Messages.le32;
import static io.virtio4j.sim.gpu.Messages.le64;
import static io.virtio4j.sim.gpu.Messages.setScanout;
import static io.virtio4j.sim.gpu.Messages.setScanoutBlob;
import static io.virtio4j.sim.gpu.Messages.transfer;
import static io.virtio4j.sim.gpu.Messages.unref;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.DeviceSession;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.gpu.Messages.MemEntry;
import io.virtio4j.sim.gpu.Messages.Picture;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Blobs of the guest's memory: made, shown in place, and every way to get them wrong. */
final class SimGpuBlobTest {
    private static final int GUEST = 1;
    private static final int WIDTH = 10;
    private static final int HEIGHT = 8;
    private static final int STRIDE = 48;
    private static final int OFFSET = 16;
    private static final int BYTES = OFFSET + HEIGHT * STRIDE;
    private static final int FORMAT = GpuFormat.B8G8R8X8.code();
    private static final Picture PICTURE = new Picture(WIDTH, HEIGHT, FORMAT, STRIDE, OFFSET);
    private static final Features BLOBS = Features.of(GpuFeatureBits.RESOURCE_BLOB);

    /** Room for a gathered picture and for the backings' lists. */
    private static final long HOST_BYTES = WIDTH * HEIGHT * 4 + 24 * 10;

    private final GpuRig rig = new GpuRig(SimGpuConfig.of(new SimDisplays(2)).withLimits(HOST_BYTES, 3), BLOBS);

    @AfterEach
    void theDeviceIsInOrderAndDrawsTheNextFrameRight() {
        assertThat(rig.errors).isEmpty();
        rig.start();
        makeShown();
        drawFrame(77);
    }

    private void ok(byte[] request) {
        assertThat(GpuResponse.nameOf(rig.type(request))).isEqualTo("OK_NODATA");
    }

    private void makeShown() {
        ok(createBlob(1, GUEST, 1, BYTES, List.of(new MemEntry(GpuRig.PAGES, BYTES))));
        ok(setScanoutBlob(0, 1, 0, 0, WIDTH, HEIGHT, PICTURE));
    }

    private void drawFrame(long seed) {
        rig.fillPages(seed);
        ok(flush(1, 0, 0, WIDTH, HEIGHT));
        assertThat(rig.scanout.lastPixels).isDeepEqualTo(pagesAsPixels(0, 0, WIDTH, HEIGHT));
    }

    private int[][] pagesAsPixels(int left, int top, int width, int height) {
        return IntStream.range(top, top + height)
                .mapToObj(y -> IntStream.range(left, left + width)
                        .map(x -> rig.lowPages.getLe32(OFFSET + y * STRIDE + 4L * x))
                        .toArray())
                .toArray(int[][]::new);
    }

    @Test
    @Clause({"GPU-BLOB-NEGOTIATED", "GPU-DEV-RESP-TYPES"})
    void aBlobIsShownWithoutATransfer() {
        makeShown();
        drawFrame(1);
        drawFrame(2);
        assertThat(rig.scanout.events).containsExactly("enabled 0 10x8 B8G8R8X8");
    }

    @Test
    void theScanoutLooksAtTheGuestsMemoryItself() {
        long[] offset = {-1};
        SharedMemory[] memory = {null};
        GpuRig own = new GpuRig(
                SimGpuConfig.of(8, 8).withLimits(24, 1),
                (scanoutId, view, x, y, width, height) -> {
                    memory[0] = view.memory();
                    offset[0] = view.offsetBytes(0, 0);
                },
                BLOBS,
                GpuRig.PAGES_BYTES);
        own.type(createBlob(1, GUEST, 0, BYTES, List.of(new MemEntry(GpuRig.PAGES + 100, BYTES))));
        own.type(setScanoutBlob(0, 1, 3, 2, 1, 1, PICTURE));
        own.type(flush(1, 0, 0, WIDTH, HEIGHT));
        assertThat(memory[0]).isSameAs(own.lowPages);
        assertThat(offset[0]).isEqualTo(100 + OFFSET + 2 * STRIDE + 3 * 4);
    }

    @Test
    @Clause("GPU-SCANOUT-BLOB-RECT")
    void theRectangleIsThePartOfThePictureThatIsShown() {
        makeShown();
        ok(setScanoutBlob(0, 1, 2, 3, 5, 4, PICTURE));
        rig.fillPages(3);
        ok(flush(1, 0, 0, WIDTH, HEIGHT));
        assertThat(rig.scanout.lastPixels).isDeepEqualTo(pagesAsPixels(2, 3, 5, 4));
        ok(flush(1, 4, 4, 1, 1));
        assertThat(rig.scanout.flushes).last().isEqualTo(new RecordingScanout.Flush(0, 2, 1, 1, 1));
    }

    @Test
    void aBlobOfScatteredPagesIsGatheredWhereItIsFlushed() {
        // One byte of each row's end lies elsewhere.
        List<MemEntry> entries = List.of(
                new MemEntry(GpuRig.PAGES + 5, 101),
                new MemEntry(GpuRig.PAGES + 4000, 1),
                new MemEntry(GpuRig.PAGES + 1000, BYTES - 102));
        ok(createBlob(1, GUEST, 0, BYTES, entries));
        ok(setScanoutBlob(0, 1, 0, 0, WIDTH, HEIGHT, PICTURE));
        rig.fillPages(4);
        byte[] blob = new byte[BYTES];
        rig.lowPages.getBytes(5, blob, 0, 101);
        rig.lowPages.getBytes(4000, blob, 101, 1);
        rig.lowPages.getBytes(1000, blob, 102, BYTES - 102);

        ok(flush(1, 0, 0, WIDTH, HEIGHT));

        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                assertThat(rig.scanout.lastPixels[y][x]).isEqualTo(le32(blob, OFFSET + y * STRIDE + 4 * x));
            }
        }
        int[][] before = rig.scanout.lastPixels;
        rig.fillPages(5);
        ok(flush(1, WIDTH - 1, HEIGHT - 1, 1, 1));
        assertThat(rig.scanout.lastPixels[HEIGHT - 1][WIDTH - 1]).isNotEqualTo(before[HEIGHT - 1][WIDTH - 1]);
        assertThat(rig.scanout.lastPixels[0]).as("was not flushed").isEqualTo(before[0]);
    }

    @Test
    void theHostsLimitHoldsForGatheredPicturesToo() {
        List<MemEntry> scattered = List.of(new MemEntry(GpuRig.PAGES, 100), new MemEntry(GpuRig.PAGES + 4096, BYTES));
        ok(createBlob(1, GUEST, 0, BYTES, scattered));
        ok(setScanoutBlob(0, 1, 0, 0, WIDTH, HEIGHT, PICTURE));
        assertThat(rig.type(setScanoutBlob(1, 1, 0, 0, WIDTH, HEIGHT, PICTURE)))
                .isEqualTo(GpuResponse.ERR_OUT_OF_MEMORY);
        assertThat(rig.type(create2d(2, GpuFormat.B8G8R8A8, WIDTH, HEIGHT))).isEqualTo(GpuResponse.ERR_OUT_OF_MEMORY);
        for (int i = 0; i < 10; i++) {
            ok(setScanoutBlob(0, 0, 0, 0, 0, 0, PICTURE));
            ok(setScanoutBlob(1, 1, 0, 0, WIDTH, HEIGHT, PICTURE));
            ok(setScanoutBlob(1, 0, 0, 0, 0, 0, PICTURE));
            ok(setScanoutBlob(0, 1, 0, 0, WIDTH, HEIGHT, PICTURE));
            rig.start();
            ok(createBlob(1, GUEST, 0, BYTES, scattered));
            ok(setScanoutBlob(0, 1, 0, 0, WIDTH, HEIGHT, PICTURE));
        }
    }

    @Test
    @Clause("GPU-BLOB-NR-ENTRIES")
    void thePagesMayComeLaterAndGoEarlier() {
        ok(createBlob(1, GUEST, 0, BYTES, List.of()));
        assertThat(rig.type(setScanoutBlob(0, 1, 0, 0, WIDTH, HEIGHT, PICTURE))).isEqualTo(GpuResponse.ERR_UNSPEC);
        assertThat(rig.type(attach(1, List.of(new MemEntry(GpuRig.PAGES, BYTES - 1)))))
                .as("too short for the blob")
                .isEqualTo(GpuResponse.ERR_INVALID_PARAMETER);
        ok(attach(1, List.of(new MemEntry(GpuRig.PAGES, BYTES))));
        ok(setScanoutBlob(0, 1, 0, 0, WIDTH, HEIGHT, PICTURE));
        drawFrame(8);
        ok(detach(1));
        assertThat(rig.scanout.events)
                .as("its pages are the driver's alone")
                .last()
                .isEqualTo("disabled 0");
        int flushes = rig.scanout.flushes.size();
        ok(flush(1, 0, 0, WIDTH, HEIGHT));
        assertThat(rig.scanout.flushes).hasSize(flushes);
        ok(attach(1, List.of(new MemEntry(GpuRig.PAGES, BYTES))));
        ok(setScanoutBlob(0, 1, 0, 0, WIDTH, HEIGHT, PICTURE));
        drawFrame(9);
    }

    /** Linux transfers every framebuffer of its dumb buffers before the flush, of guest blobs too. */
    @Test
    void aTransferOfABlobIsDoneAtOnceAsItsPixelsAreThePages() {
        makeShown();
        rig.fillPages(11);
        ok(transfer(1, 0, 0, WIDTH, HEIGHT, 0));
        assertThat(rig.scanout.flushes).as("a transfer shows nothing").isEmpty();
        ok(flush(1, 0, 0, WIDTH, HEIGHT));
        assertThat(rig.scanout.lastPixels).isDeepEqualTo(pagesAsPixels(0, 0, WIDTH, HEIGHT));
        ok(detach(1));
        assertThat(rig.type(transfer(1, 0, 0, 1, 1, 0)))
                .as("without pages there is nothing to transfer from")
                .isEqualTo(GpuResponse.ERR_UNSPEC);
    }

    @Test
    @Clause({"GPU-DEV-UNREF", "GPU-SCANOUT-DISABLE"})
    void anUnrefedBlobIsShownNoMore() {
        makeShown();
        ok(unref(1));
        assertThat(rig.scanout.events).last().isEqualTo("disabled 0");
        makeShown();
        ok(setScanoutBlob(0, 0, 0, 0, 0, 0, PICTURE));
        assertThat(rig.scanout.events).last().isEqualTo("disabled 0");
    }

    @Test
    void aCursorsImageMayBeABlob() {
        rig.fillPages(10);
        int bytes = 64 * 64 * 4;
        ok(createBlob(2, GUEST, 0, bytes, List.of(new MemEntry(GpuRig.PAGES + 8, bytes))));
        assertThat(le32(rig.cursor(cursor(GpuCommand.UPDATE_CURSOR, 0, 1, 2, 2, 0, 0)), 0))
                .isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.scanout.cursorPixels[63][63]).isEqualTo(rig.lowPages.getLe32(8 + bytes - 4));
        ok(createBlob(3, GUEST, 0, bytes - 1, List.of(new MemEntry(GpuRig.PAGES, bytes))));
        assertThat(le32(rig.cursor(cursor(GpuCommand.UPDATE_CURSOR, 0, 1, 2, 3, 0, 0)), 0))
                .isEqualTo(GpuResponse.ERR_INVALID_PARAMETER);
    }

    static Stream<Arguments> mistakes() {
        List<MemEntry> pages = List.of(new MemEntry(GpuRig.PAGES, BYTES));
        List<MemEntry> outside = List.of(new MemEntry(GpuRig.PAGES + GpuRig.PAGES_BYTES - 4, BYTES));
        byte[] shortList = createBlob(2, GUEST, 0, BYTES, pages);
        return Stream.of(
                wrong("id 0", createBlob(0, GUEST, 0, BYTES, pages), GpuResponse.ERR_INVALID_RESOURCE_ID),
                wrong("an id in use", createBlob(1, GUEST, 0, BYTES, pages), GpuResponse.ERR_INVALID_RESOURCE_ID),
                wrong("an unknown flag", createBlob(2, GUEST, 8, BYTES, pages), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("size 0", createBlob(2, GUEST, 0, 0, pages), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("size 2^64-1", createBlob(2, GUEST, 0, -1, pages), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("too few pages", createBlob(2, GUEST, 0, BYTES + 1, pages), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("no such pages", createBlob(2, GUEST, 0, BYTES, outside), GpuResponse.ERR_INVALID_PARAMETER),
                wrong(
                        "a list that is cut off",
                        Arrays.copyOf(shortList, shortList.length - 1),
                        GpuResponse.ERR_INVALID_PARAMETER),
                wrong(
                        "more entries than the host has room for",
                        createBlob(2, GUEST, 0, BYTES, Collections.nCopies(100, pages.get(0))),
                        GpuResponse.ERR_OUT_OF_MEMORY),
                wrong("scanout 2 of 2", show(2, 1, 0, 0, 1, 1, PICTURE), GpuResponse.ERR_INVALID_SCANOUT_ID),
                wrong("scanout 2^32-1 off", show(-1, 0, 0, 0, 0, 0, PICTURE), GpuResponse.ERR_INVALID_SCANOUT_ID),
                wrong("no resource", show(0, 2, 0, 0, 1, 1, PICTURE), GpuResponse.ERR_INVALID_RESOURCE_ID),
                wrong("a 2D resource as a blob", show(0, 3, 0, 0, 1, 1, PICTURE), GpuResponse.ERR_UNSPEC),
                wrong("a blob as a 2D resource", setScanout(0, 1, 0, 0, 1, 1), GpuResponse.ERR_UNSPEC),
                wrong("a second backing", attach(1, pages), GpuResponse.ERR_UNSPEC),
                wrong("an empty rectangle", show(0, 1, 0, 0, 0, 1, PICTURE), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("a pixel too wide", show(0, 1, 1, 0, WIDTH, 1, PICTURE), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("a row too high", show(0, 1, 0, 1, 1, HEIGHT, PICTURE), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("at 2^32-1", show(0, 1, -1, -1, 2, 2, PICTURE), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("format 0", picture(WIDTH, HEIGHT, 0, STRIDE, 0), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("format 5", picture(WIDTH, HEIGHT, 5, STRIDE, 0), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("no width", picture(0, HEIGHT, FORMAT, STRIDE, 0), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("no height", picture(WIDTH, 0, FORMAT, STRIDE, 0), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("a stride too short", picture(WIDTH, 1, FORMAT, 39, 0), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("a stride of 2^31", picture(1, 1, FORMAT, 1 << 31, 0), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("beyond the blob", picture(WIDTH, 9, FORMAT, STRIDE, 16), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("a byte beyond", picture(12, 8, FORMAT, STRIDE, 17), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("offset 2^32-1", picture(1, 1, FORMAT, 4, -1), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("2^32-1 rows", picture(1, -1, FORMAT, 4, 0), GpuResponse.ERR_INVALID_PARAMETER),
                wrong("2^32-1 by itself", picture(-1, -1, FORMAT, -1, -1), GpuResponse.ERR_INVALID_PARAMETER));
    }

    private static Arguments wrong(String what, byte[] request, int expected) {
        return Arguments.of(what, request, expected);
    }

    private static byte[] show(int scanout, int id, int x, int y, int width, int height, Picture picture) {
        return setScanoutBlob(scanout, id, x, y, width, height, picture);
    }

    private static byte[] picture(int width, int height, int format, int stride, int offset) {
        return setScanoutBlob(0, 1, 0, 0, 1, 1, new Picture(width, height, format, stride, offset));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    @Clause({"GPU-DEV-RESP-TYPES", "GPU-DEV-FENCE-FLAG", "GPU-DEV-FENCE-ID", "GPU-DRV-SCANOUT-BLOB-FORMAT"})
    void aMistakeIsAnsweredWithItsCodeAndTheFenceAndChangesNothing(String what, byte[] request, int expected) {
        makeShown();
        drawFrame(20);
        ok(create2d(3, GpuFormat.B8G8R8A8, 1, 1));
        int events = rig.scanout.events.size();

        byte[] response = rig.control(fenced(request, 0x8877_6655_4433_2211L, 0));

        assertThat(response).hasSize(24);
        assertThat(GpuResponse.nameOf(le32(response, 0))).isEqualTo(GpuResponse.nameOf(expected));
        assertThat(le32(response, 4)).isEqualTo(1);
        assertThat(le64(response, 8)).isEqualTo(0x8877_6655_4433_2211L);
        assertThat(rig.scanout.events).hasSize(events);
        drawFrame(21);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 4, -1})
    @Clause({"GPU-BLOB-HOST3D-NEEDS-VIRGL", "GPU-DRV-BLOB-MEM-NONZERO", "GPU-DRV-BLOB-MEM-SET"})
    void aBlobOfOtherMemoryThanTheGuestsIsRefused(int memory) {
        List<MemEntry> pages = List.of(new MemEntry(GpuRig.PAGES, BYTES));
        assertThat(rig.type(createBlob(1, memory, 0, BYTES, pages))).isEqualTo(GpuResponse.ERR_INVALID_PARAMETER);
        ok(createBlob(1, GUEST, 1 | 2 | 4, BYTES, pages));
    }

    @Test
    void moreBlobsThanTheLimitAreRefused() {
        for (int id = 1; id <= 3; id++) {
            ok(createBlob(id, GUEST, 0, 4, List.of()));
        }
        assertThat(rig.type(createBlob(4, GUEST, 0, 4, List.of()))).isEqualTo(GpuResponse.ERR_OUT_OF_MEMORY);
    }

    @Test
    @Clause({"GPU-DRV-BLOB-SIZE-ALIGN", "GPU-DEV-BLOB-ALIGN-POW2"})
    void withTheAlignmentNegotiatedABlobsSizeMustBeAMultiple() {
        SimGpuConfig config = SimGpuConfig.of(8, 8).withBlobAlignment(4096);
        GpuRig aligned = new GpuRig(config, BLOBS.with(GpuFeatureBits.BLOB_ALIGNMENT));
        byte[] field = new byte[4];
        aligned.device.config().read(GpuConfigLayout.BLOB_ALIGNMENT, field);
        assertThat(ByteBuffer.wrap(field).order(ByteOrder.LITTLE_ENDIAN).getInt())
                .isEqualTo(4096);
        assertThat(aligned.type(createBlob(1, GUEST, 0, 4097, List.of()))).isEqualTo(GpuResponse.ERR_INVALID_PARAMETER);
        assertThat(aligned.type(createBlob(1, GUEST, 0, 8192, List.of()))).isEqualTo(GpuResponse.OK_NODATA);

        GpuRig without = new GpuRig(config, BLOBS);
        assertThat(without.type(createBlob(1, GUEST, 0, 4097, List.of()))).isEqualTo(GpuResponse.OK_NODATA);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 3, 4097, Integer.MIN_VALUE})
    @Clause("GPU-DEV-BLOB-ALIGN-POW2")
    void anAlignmentThatIsNoPowerOfTwoIsRefused(int bytes) {
        SimGpuConfig config = SimGpuConfig.of(8, 8);
        assertThatThrownBy(() -> config.withBlobAlignment(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Integer.toString(bytes));
    }

    @Test
    @Clause("GPU-FEAT-BLOB-ALIGN-DEP")
    void theAlignmentIsOfferedAndAcknowledgedWithBlobsOnly() {
        SimGpuConfig alone =
                SimGpuConfig.of(8, 8).withBlobAlignment(16).withFeatures(Features.of(GpuFeatureBits.BLOB_ALIGNMENT));
        GuestMemory memory = GuestMemory.of(SharedMemory.allocate(4096, 0));
        assertThatThrownBy(() -> new DeviceSession(new SimGpu(alone), memory, () -> {}, e -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without what they build on");
        assertThatThrownBy(() -> new GpuRig(
                                SimGpuConfig.of(8, 8).withBlobAlignment(16), Features.of(GpuFeatureBits.BLOB_ALIGNMENT))
                        .type(flush(1, 0, 0, 1, 1)))
                .as("FEATURES_OK stays clear, so no command is served")
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void featuresOfThreeDimensionsCannotBeConfigured() {
        SimGpuConfig config = SimGpuConfig.of(8, 8);
        assertThatThrownBy(() -> config.withFeatures(Features.of(GpuFeatureBits.VIRGL)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> config.withFeatures(Features.of(GpuFeatureBits.CONTEXT_INIT)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
