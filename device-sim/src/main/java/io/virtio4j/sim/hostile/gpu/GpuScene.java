// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.request.Finding;
import io.virtio4j.sim.hostile.request.RequestAnswer;
import io.virtio4j.sim.hostile.request.RequestChain;
import io.virtio4j.sim.hostile.request.RequestLine;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuQueues;
import io.virtio4j.wire.GpuResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A GPU device under test as a case finds it and leaves it: a picture with its pages behind it, shown on scanout 0, and a
 * resource that has no pages.
 *
 * <pre>
 *   third region of memory: pages of PICTURE | more pages, for the case          scanout 0: PICTURE
 *   ids: PICTURE, SPARE (16 by 16, no backing), FREE and FREE + 1 (nobody's; the case's to make)
 * </pre>
 *
 * <p>One thread, the case's.
 */
final class GpuScene {
    static final int FORMAT = GpuFormat.B8G8R8X8.code();
    static final int WIDTH = 16;
    static final int HEIGHT = 16;
    static final int PICTURE_BYTES = WIDTH * HEIGHT * GpuFormat.BYTES_PER_PIXEL;
    static final int STRIDE_BYTES = WIDTH * GpuFormat.BYTES_PER_PIXEL;

    static final int PICTURE = 0x51;
    static final int SPARE = 0x52;
    static final int SPARE_SIDE = 16;
    static final int FREE = 0x53;

    /** No resource has it. */
    static final int UNKNOWN = 0x5A;

    /** Where the picture's pages lie. */
    static final long PAGES = CaseMemory.THIRD;

    /** Where memory lies that no backing of the scene names: up to the end of the region. */
    static final long MORE_PAGES = PAGES + 0x1000;

    /** One past the last byte of a region behind which there is nothing. */
    static final long END_OF_MEMORY = CaseMemory.THIRD + CaseMemory.REGION_BYTES;

    private static final int RESPONSE_ROOM = 64;
    private static final int RESOURCES_AT_MOST = 64;

    private final RequestLine line;
    private final GpuWitness witness;
    private byte[] shown = {};

    GpuScene(RequestLine line, GpuWitness witness) {
        this.line = line;
        this.witness = witness;
    }

    RequestLine line() {
        return line;
    }

    GpuWitness witness() {
        return witness;
    }

    Features negotiated() {
        return line.negotiated();
    }

    int scanouts() {
        return line.configLe32(GpuConfigLayout.NUM_SCANOUTS);
    }

    int capsets() {
        return line.configLe32(GpuConfigLayout.NUM_CAPSETS);
    }

    // --- commands ----------------------------------------------------------------------------------------------

    RequestAnswer exchange(int queue, RequestChain chain) {
        return line.exchange(queue, chain);
    }

    /** A control command as it should be, with room for a header and a little more; the response's type. */
    int control(Command command) {
        RequestAnswer answer = exchange(
                GpuQueues.CONTROL, new RequestChain().readable(command.bytes()).writable(RESPONSE_ROOM));
        if (answer.usedBytes() < GpuHeader.LENGTH_BYTES) {
            throw Finding.lied("a command came back with a response of " + answer.usedBytes() + " bytes");
        }
        return answer.le32(GpuHeader.TYPE);
    }

    /** A cursor command that the device has to do. */
    void cursor(Command command) {
        RequestAnswer answer = exchange(
                GpuQueues.CURSOR, new RequestChain().readable(command.bytes()).writable(GpuHeader.LENGTH_BYTES));
        int type = answer.usedBytes() < GpuHeader.LENGTH_BYTES ? 0 : answer.le32(GpuHeader.TYPE);
        if (type != GpuResponse.OK_NODATA) {
            throw Finding.lied("a cursor, as it should be, was answered with " + GpuResponse.nameOf(type));
        }
    }

    /** A control command that the device has to do. */
    void must(String what, Command command) {
        int type = control(command);
        if (type != GpuResponse.OK_NODATA) {
            throw Finding.lied(what + ", as it should be, was answered with " + GpuResponse.nameOf(type));
        }
    }

    // --- the scene ---------------------------------------------------------------------------------------------

    /** Makes the picture and the spare resource, and shows a frame. */
    void set() {
        must("a new picture", Command.create2d(PICTURE, FORMAT, WIDTH, HEIGHT));
        must("its backing", Command.attach(PICTURE, new Command.Entry(PAGES, PICTURE_BYTES)));
        must("its scanout", Command.setScanout(0, PICTURE, Area.WHOLE));
        must("a spare resource", Command.create2d(SPARE, FORMAT, SPARE_SIDE, SPARE_SIDE));
        showNewFrame();
    }

    /** Draws a frame through the pages, the resource and the scanout, all of which must be as they were. */
    void showNewFrame() {
        drawPages();
        must("a transfer", Command.transfer(PICTURE, Area.WHOLE, 0));
        shown = pages();
        must("a flush", Command.flush(PICTURE, Area.WHOLE));
        requireShown(0, shown);
    }

    /** Fills the picture's pages with another frame, which the device has not seen. */
    void drawPages() {
        line.stage().memory().put(PAGES, line.stage().randomBytes(PICTURE_BYTES));
    }

    private byte[] pages() {
        return line.stage().memory().get(PAGES, PICTURE_BYTES);
    }

    /** The host's copy must be the frame that was transferred last, whatever lies in the pages. */
    void requireOldFrame() {
        must("a flush", Command.flush(PICTURE, Area.WHOLE));
        requireShown(0, shown);
    }

    /** Compares a scanout's pixels, if anybody can see them. */
    void requireShown(int scanoutId, byte[] frame) {
        int[] expected = new int[frame.length / GpuFormat.BYTES_PER_PIXEL];
        ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(expected);
        witness.pixels(scanoutId).filter(seen -> !Arrays.equals(seen, expected)).ifPresent(seen -> {
            throw Finding.lied("scanout " + scanoutId + " shows " + seen.length + " pixels, and not the "
                    + expected.length + " of the frame; they differ at " + Arrays.mismatch(seen, expected));
        });
    }

    /** A scanout must be off, if anybody can see it. */
    void requireOff(int scanoutId) {
        requireShown(scanoutId, new byte[0]);
    }

    // --- afterwards --------------------------------------------------------------------------------------------

    /** Destroys what was set. */
    void clear() {
        must("the picture's end", Command.unref(PICTURE));
        must("the spare resource's end", Command.unref(SPARE));
    }

    /** Destroys what there may be, and has the device hold as much as it could at first. */
    void strike() {
        for (int id : new int[] {PICTURE, SPARE, FREE, FREE + 1}) {
            control(Command.unref(id));
        }
        witness.hostBytes().ifPresent(bytes -> {
            int pixels = (int) (bytes / GpuFormat.BYTES_PER_PIXEL);
            requireRoom("memory for a resource of " + pixels + " pixels", Command.create2d(FREE, FORMAT, pixels, 1));
            must("its end", Command.unref(FREE));
        });
        witness.resources().ifPresent(count -> {
            int most = Math.min(count, RESOURCES_AT_MOST);
            for (int i = 0; i < most; i++) {
                requireRoom("room for " + count + " resources", Command.create2d(FREE + i, FORMAT, 1, 1));
            }
            for (int i = 0; i < most; i++) {
                must("its end", Command.unref(FREE + i));
            }
        });
    }

    private void requireRoom(String what, Command command) {
        int type = control(command);
        if (type != GpuResponse.OK_NODATA) {
            throw Finding.leaked("there was " + what + ", and now there is not: " + GpuResponse.nameOf(type));
        }
    }
}
