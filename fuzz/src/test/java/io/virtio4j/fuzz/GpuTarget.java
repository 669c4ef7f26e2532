// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import io.virtio4j.device.PixelView;
import io.virtio4j.device.Scanout;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.gpu.SimGpu;
import io.virtio4j.sim.gpu.SimGpuConfig;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuFormat;
import io.virtio4j.wire.GpuResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * GPU commands of any shape. Each is answered with a response that exists, its fence with it; nothing is written but that; a
 * frame in between shows what was drawn; and at the end all of the host's memory is there again.
 */
final class GpuTarget implements FuzzTarget {
    private static final long PAGES = 0x5000_0000L;
    private static final int PAGES_BYTES = 4096;
    private static final int HOST_BYTES = 20_000;
    private static final int RESOURCES = 4;
    private static final int HEADER_BYTES = 24;
    private static final int LAST_RESPONSE = 0x1106;
    private static final int LAST_ERROR = 0x1206;
    private static final int[] TYPES = {
        GpuCommand.RESOURCE_CREATE_2D,
        GpuCommand.RESOURCE_ATTACH_BACKING,
        GpuCommand.TRANSFER_TO_HOST_2D,
        GpuCommand.SET_SCANOUT,
        GpuCommand.RESOURCE_FLUSH,
        GpuCommand.RESOURCE_UNREF,
        GpuCommand.RESOURCE_CREATE_BLOB,
        GpuCommand.SET_SCANOUT_BLOB,
        GpuCommand.RESOURCE_DETACH_BACKING,
        GpuCommand.RESOURCE_ASSIGN_UUID,
        GpuCommand.GET_EDID,
        GpuCommand.GET_DISPLAY_INFO,
        GpuCommand.RESOURCE_CREATE_2D,
        GpuCommand.RESOURCE_ATTACH_BACKING,
        GpuCommand.TRANSFER_TO_HOST_2D,
        GpuCommand.GET_CAPSET_INFO
    };

    @Override
    public String name() {
        return "gpu-requests";
    }

    @Override
    public String toString() {
        return name();
    }

    @Override
    public long play(byte[] input) {
        Steps steps = new Steps(input);
        Play play = new Play(steps);
        while (steps.next()) {
            play.step();
        }
        play.end();
        return steps.done();
    }

    /** Reads every pixel that it is told of. */
    private static final class Viewer implements Scanout {
        final int[] pixels = new int[64 * 64];

        @Override
        public void flushed(int scanoutId, PixelView view, int x, int y, int width, int height) {
            for (int row = y; row < y + height && width <= pixels.length; row++) {
                view.readPixels(x, row, pixels, row % 8 * 8 % (pixels.length - width + 1), width);
            }
        }
    }

    private static final class Play {
        private final Steps steps;
        private final Viewer viewer = new Viewer();
        private final SharedMemory pages = SharedMemory.allocate(PAGES_BYTES, PAGES);
        private final byte[] expectedPages = new byte[PAGES_BYTES];
        private final byte[] scratch = new byte[PAGES_BYTES];
        private final RequestRig rig;

        Play(Steps steps) {
            this.steps = steps;
            SimGpuConfig config =
                    SimGpuConfig.of(8, 8).withLimits(HOST_BYTES, RESOURCES).withScanout(viewer);
            rig = new RequestRig(new SimGpu(config), pages, steps.byteValue());
        }

        void step() {
            int what = steps.below(64);
            if (what == 0) {
                rig.start();
            } else if (what == 1) {
                frame();
            } else if (what < 4) {
                draw();
            } else if (what < 10) {
                cursor();
            } else {
                control();
            }
        }

        /** The first so many bytes; those behind the end of the buffer are 0. */
        private static byte[] bytes(ByteBuffer buffer, int lengthBytes) {
            byte[] bytes = new byte[lengthBytes];
            buffer.get(0, bytes, 0, Math.min(lengthBytes, buffer.capacity()));
            return bytes;
        }

        private static ByteBuffer message(int lengthBytes) {
            return ByteBuffer.allocate(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        private int id() {
            return (int) steps.mostly(1 + steps.below(RESOURCES), 16);
        }

        private int side() {
            return (int) steps.mostly(1 + steps.below(64), 12);
        }

        private void rect(ByteBuffer to) {
            to.putInt((int) steps.mostly(0, 6)).putInt((int) steps.mostly(0, 6));
            to.putInt(side()).putInt(side());
        }

        private void entries(ByteBuffer to, int count) {
            for (int i = 0; i < count; i++) {
                long address = PAGES + 16L * steps.below(PAGES_BYTES / 32);
                to.putLong(steps.mostly(address, 16));
                to.putInt((int) steps.mostly(1024, 8)).putInt(0);
            }
        }

        private void control() {
            int type = TYPES[steps.below(TYPES.length)];
            ByteBuffer body = message(256);
            switch (type) {
                case GpuCommand.RESOURCE_CREATE_2D ->
                    body.putInt(id()).putInt(format()).putInt(side()).putInt(side());
                case GpuCommand.RESOURCE_ATTACH_BACKING -> {
                    int count = steps.below(6);
                    body.putInt(id()).putInt((int) steps.mostly(count, 8));
                    entries(body, count);
                }
                case GpuCommand.TRANSFER_TO_HOST_2D -> {
                    rect(body);
                    body.putLong(steps.mostly(4L * steps.below(64), 8))
                            .putInt(id())
                            .putInt(0);
                }
                case GpuCommand.SET_SCANOUT -> {
                    rect(body);
                    body.putInt((int) steps.mostly(0, 12)).putInt(id());
                }
                case GpuCommand.RESOURCE_FLUSH -> {
                    rect(body);
                    body.putInt(id()).putInt(0);
                }
                case GpuCommand.RESOURCE_CREATE_BLOB -> {
                    int count = steps.below(4);
                    body.putInt(id()).putInt((int) steps.mostly(1, 12)).putInt(steps.below(8));
                    body.putInt((int) steps.mostly(count, 8)).putLong(0).putLong(steps.mostly(1024L * count, 6));
                    entries(body, count);
                }
                case GpuCommand.SET_SCANOUT_BLOB -> {
                    rect(body);
                    body.putInt((int) steps.mostly(0, 12))
                            .putInt(id())
                            .putInt(side())
                            .putInt(side());
                    body.putInt(format())
                            .putInt(0)
                            .putInt((int) steps.mostly(256, 6))
                            .putInt(0)
                            .putInt(0)
                            .putInt(0);
                    body.putInt((int) steps.mostly(0, 6)).putInt(0).putInt(0).putInt(0);
                }
                default -> body.putInt(id()).putInt(0);
            }
            send(0, type, bytes(body, body.position()));
        }

        private int format() {
            return (int) steps.mostly(GpuFormat.B8G8R8A8.code(), 6);
        }

        private void cursor() {
            ByteBuffer body = message(32);
            body.putInt((int) steps.mostly(0, 6))
                    .putInt(steps.le16())
                    .putInt(steps.le16())
                    .putInt(0);
            body.putInt(id())
                    .putInt(steps.byteValue())
                    .putInt(steps.byteValue())
                    .putInt(0);
            send(1, steps.oneIn(2) ? GpuCommand.UPDATE_CURSOR : GpuCommand.MOVE_CURSOR, bytes(body, body.capacity()));
        }

        private void send(int queue, int type, byte[] body) {
            boolean fenced = steps.oneIn(2);
            long fence = fenced ? steps.le32() : 0;
            ByteBuffer all = message(HEADER_BYTES + body.length);
            int said = (int) steps.mostly(type, 32);
            all.putInt(said)
                    .putInt((int) steps.mostly(fenced ? 1 : 0, 24))
                    .putLong(fence)
                    .putInt(0)
                    .putInt(0);
            all.put(body);
            int length = (int) Math.min(Math.max(0, steps.mostly(all.capacity(), 24)), 2048);
            int room = (int) Math.min(Math.max(0, steps.mostly(steps.oneIn(4) ? 24 : 1056, 12)), RequestRig.AREA_BYTES);
            if (length + room > 0) {
                exchange(queue, bytes(all, length), room);
            }
        }

        private RequestRig.Sent exchange(int queue, byte[] request, int room) {
            rig.send(queue, 0, request, room, steps);
            rig.serve();
            RequestRig.Sent answer = rig.take(0);
            Finding.unless(answer != null, "a command is not answered");
            Finding.unless(rig.errors.isEmpty(), "the device fails: " + rig.errors);
            pages.getBytes(0, scratch, 0, PAGES_BYTES);
            Finding.unless(Arrays.equals(scratch, expectedPages), "the device wrote to the driver's pages");
            if (room >= HEADER_BYTES) {
                Finding.unless(answer.usedBytes >= HEADER_BYTES, "no answer where there is room for one");
                int type = answer.le32(0);
                Finding.unless(
                        (type >= GpuResponse.OK_NODATA && type <= LAST_RESPONSE)
                                || (type >= GpuResponse.ERR_UNSPEC && type <= LAST_ERROR),
                        "a response that is none: " + type);
                if (request.length >= HEADER_BYTES && (request[4] & 1) != 0) {
                    Finding.unlessEqual(answer.le32(4) & 1, 1, "fence flag");
                    long fence = ByteBuffer.wrap(request)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong(8);
                    Finding.unlessEqual(answer.le64(8), fence, "fence");
                }
            }
            for (int i = (int) answer.usedBytes; i < room; i++) {
                Finding.unless(answer.writable[i] == (byte) 0xEE, "more was written than is told");
            }
            return answer;
        }

        /** The driver draws, whatever the device is at. */
        private void draw() {
            int seed = steps.le32();
            for (int i = 0; i < PAGES_BYTES; i += 64) {
                seed = seed * 1_103_515_245 + 12_345;
                expectedPages[i] = (byte) (seed >>> 16);
            }
            pages.putBytes(0, expectedPages, 0, PAGES_BYTES);
        }

        private int good(int type, ByteBuffer body) {
            ByteBuffer all = message(HEADER_BYTES + body.position());
            all.putInt(type).putInt(0).putLong(0).putLong(0).put(bytes(body, body.position()));
            return exchange(0, bytes(all, all.capacity()), HEADER_BYTES).le32(0);
        }

        /** A frame by the book, if there is room for its image. */
        private void frame() {
            int id = 77;
            int code = GpuFormat.B8G8R8A8.code();
            int created = good(
                    GpuCommand.RESOURCE_CREATE_2D,
                    message(16).putInt(id).putInt(code).putInt(8).putInt(8));
            if (created != GpuResponse.OK_NODATA) {
                Finding.unlessEqual(created, GpuResponse.ERR_OUT_OF_MEMORY, "why a good image is refused");
                return;
            }
            draw();
            int attached = good(
                    GpuCommand.RESOURCE_ATTACH_BACKING,
                    message(24).putInt(id).putInt(1).putLong(PAGES).putInt(256).putInt(0));
            if (attached == GpuResponse.OK_NODATA) {
                show(id);
            } else {
                Finding.unlessEqual(attached, GpuResponse.ERR_OUT_OF_MEMORY, "why good pages are refused");
            }
            good(GpuCommand.RESOURCE_UNREF, message(8).putInt(id).putInt(0));
        }

        private void show(int id) {
            good(GpuCommand.TRANSFER_TO_HOST_2D, whole(40).putLong(0).putInt(id).putInt(0));
            good(GpuCommand.SET_SCANOUT, whole(24).putInt(0).putInt(id));
            int flushed = good(GpuCommand.RESOURCE_FLUSH, whole(24).putInt(id).putInt(0));
            if (flushed == GpuResponse.OK_NODATA) {
                ByteBuffer drawn = ByteBuffer.wrap(expectedPages).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < 64; i++) {
                    Finding.unlessEqual(viewer.pixels[i], drawn.getInt(4 * i), "pixel " + i + " of a good frame");
                }
            } else {
                Finding.unlessEqual(flushed, GpuResponse.ERR_OUT_OF_MEMORY, "why a good frame is not shown");
            }
        }

        private static ByteBuffer whole(int lengthBytes) {
            return message(lengthBytes).putInt(0).putInt(0).putInt(8).putInt(8);
        }

        /** Without its resources and its reset the host's memory is all there. */
        void end() {
            rig.start();
            int code = GpuFormat.B8G8R8A8.code();
            int all = good(
                    GpuCommand.RESOURCE_CREATE_2D,
                    message(16).putInt(1).putInt(code).putInt(1).putInt(HOST_BYTES / 4));
            Finding.unlessEqual(all, GpuResponse.OK_NODATA, "answer to an image as large as all memory");
            rig.start();
            frame();
        }
    }
}
