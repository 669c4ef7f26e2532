// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.gpu;

import static io.virtio4j.sim.gpu.Messages.le32;
import static io.virtio4j.sim.gpu.Messages.le64;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.PixelView;
import io.virtio4j.device.Scanout;
import io.virtio4j.sim.gpu.GpuModel.Area;
import io.virtio4j.sim.gpu.Messages.MemEntry;
import io.virtio4j.sim.gpu.Messages.Picture;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Commands at random, right and wrong ones, several resources, scanouts and limits at once: the device answers and shows what
 * the {@link GpuModel} says, and at the end nothing of the host's memory is missing.
 */
final class SimGpuStormTest {
    private static final int SCANOUTS = 3;
    private static final int MAX_HOST_BYTES = 40_000;
    private static final int MAX_RESOURCES = 5;
    private static final int GUEST = 1;
    private static final int[] SIZES = {0, 1, 2, 3, 7, 8, 15, 16, 31, 64, 64, 64};
    private static final int[] ODD_VALUES = {-1, -2, 1 << 31, Integer.MAX_VALUE, 1 << 30, 0x4000_0001, 65_536};

    /** Keeps what a viewer has seen. */
    private static final class Screens implements Scanout {
        final int[][] pixels = new int[SCANOUTS][];
        final int[][] cursors = new int[SCANOUTS][];

        @Override
        public void enabled(int scanoutId, PixelView view) {
            pixels[scanoutId] = new int[view.width() * view.height()];
        }

        @Override
        public void disabled(int scanoutId) {
            pixels[scanoutId] = null;
        }

        @Override
        public void flushed(int scanoutId, PixelView view, int x, int y, int width, int height) {
            for (int row = y; row < y + height; row++) {
                view.readPixels(x, row, pixels[scanoutId], row * view.width() + x, width);
            }
        }

        @Override
        public void cursorUpdated(int scanoutId, PixelView image, int hotX, int hotY, int x, int y) {
            cursors[scanoutId] = new int[64 * 64];
            for (int row = 0; row < 64; row++) {
                image.readPixels(0, row, cursors[scanoutId], 64 * row, 64);
            }
        }

        @Override
        public void cursorHidden(int scanoutId) {
            cursors[scanoutId] = null;
        }
    }

    private Random random;
    private Screens screens;
    private GpuRig rig;
    private GpuModel model;

    @Property(tries = 150)
    @Clause({"GPU-DEV-RESP-TYPES", "GPU-DEV-FENCE-FLAG", "GPU-DEV-FENCE-ID", "GPU-DEV-UNREF", "GPU-DEV-FLUSH"})
    void theDeviceAnswersAndShowsWhatTheModelSays(@ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int steps) {
        random = new Random(seed);
        screens = new Screens();
        rig = new GpuRig(
                SimGpuConfig.of(new SimDisplays(SCANOUTS)).withLimits(MAX_HOST_BYTES, MAX_RESOURCES),
                screens,
                Features.of(GpuFeatureBits.RESOURCE_BLOB),
                GpuRig.PAGES_BYTES);
        model = new GpuModel(SCANOUTS, MAX_HOST_BYTES, MAX_RESOURCES, rig::getPage);
        for (int i = 0; i < steps; i++) {
            step();
            assertThat(screens.pixels).isDeepEqualTo(model.screens);
            assertThat(screens.cursors).isDeepEqualTo(model.cursors);
        }
        for (int id = 0; id <= MAX_RESOURCES + 1; id++) {
            send("unref", Messages.unref(id), model.unref(id));
        }
        assertThat(screens.pixels).as("all scanouts are off").isDeepEqualTo(new int[SCANOUTS][]);
        assertThat(rig.type(Messages.create2d(1, 1, 1, MAX_HOST_BYTES / 4)))
                .as("all memory is there again")
                .isEqualTo(GpuResponse.OK_NODATA);
        assertThat(rig.errors).isEmpty();
    }

    private void step() {
        int id = random.nextInt(MAX_RESOURCES + 2);
        int scanout = odd() ? ODD_VALUES[random.nextInt(ODD_VALUES.length)] : random.nextInt(SCANOUTS + 1);
        Area area = area();
        switch (random.nextInt(16)) {
            case 0, 1 -> {
                int format = format();
                int width = side();
                int height = random.nextBoolean() ? width : side();
                send("create", Messages.create2d(id, format, width, height), model.create2d(id, format, width, height));
            }
            case 2 -> send("unref", Messages.unref(id), model.unref(id));
            case 3, 4 -> {
                List<MemEntry> entries = entries();
                int said = odd() ? random.nextInt(12) - 2 : entries.size();
                byte[] request = patched(Messages.attach(id, entries), 28, said);
                send("attach", request, model.attach(id, entries, said));
            }
            case 5 -> {
                if (random.nextInt(3) == 0) {
                    send("detach", Messages.detach(id), model.detach(id));
                }
            }
            case 6, 7 -> {
                long offset =
                        odd() ? (random.nextBoolean() ? Long.MAX_VALUE - 3 : -random.nextInt(9)) : random.nextInt(900);
                byte[] request = Messages.transfer(id, area.x(), area.y(), area.width(), area.height(), offset);
                send("transfer", request, model.transfer(id, area, offset));
            }
            case 8 -> {
                byte[] request = Messages.setScanout(scanout, id, area.x(), area.y(), area.width(), area.height());
                send("set scanout", request, model.setScanout(scanout, id, area));
            }
            case 9, 10 -> {
                byte[] request = Messages.flush(id, area.x(), area.y(), area.width(), area.height());
                send("flush", request, model.flush(id, area));
            }
            case 11 -> createBlob(id);
            case 12 -> {
                Picture picture =
                        new Picture(side(), side(), format(), 4 * side() + random.nextInt(9), random.nextInt(40));
                byte[] request =
                        Messages.setScanoutBlob(scanout, id, area.x(), area.y(), area.width(), area.height(), picture);
                send("set scanout blob", request, model.setScanoutBlob(scanout, id, area, picture));
            }
            case 13 -> {
                byte[] request = Messages.cursor(GpuCommand.UPDATE_CURSOR, scanout, 3, 4, id, 5, 6);
                int expected = model.updateCursor(scanout, id);
                assertThat(GpuResponse.nameOf(le32(rig.cursor(request), 0))).isEqualTo(GpuResponse.nameOf(expected));
            }
            case 14 -> rig.fillPages(random.nextLong());
            default -> {
                if (random.nextInt(20) == 0) {
                    rig.start();
                    model.reset();
                }
            }
        }
    }

    private void createBlob(int id) {
        List<MemEntry> entries = random.nextInt(4) == 0 ? List.of() : entries();
        int said = odd() ? random.nextInt(12) - 2 : entries.size();
        long listed = entries.stream().mapToLong(MemEntry::lengthBytes).sum();
        long size = odd() ? random.nextInt(3) - 1 : Math.max(listed - random.nextInt(3), 1);
        int kind = odd() ? random.nextInt(4) : GUEST;
        int flags = random.nextInt(9);
        byte[] request = patched(Messages.createBlob(id, kind, flags, size, entries), 36, said);
        send("create blob", request, model.createBlob(id, kind, flags, size, entries, said));
    }

    /** Now and then something that a driver would not send. */
    private boolean odd() {
        return random.nextInt(12) == 0;
    }

    private int side() {
        return odd() ? ODD_VALUES[random.nextInt(ODD_VALUES.length)] : SIZES[random.nextInt(SIZES.length)];
    }

    private int format() {
        return odd() ? random.nextInt(7) : 1 + random.nextInt(4);
    }

    private Area area() {
        if (random.nextInt(3) == 0) {
            return new Area(0, 0, side(), side());
        }
        return new Area(
                odd() ? side() : random.nextInt(9), odd() ? side() : random.nextInt(9), random.nextInt(9), side());
    }

    private List<MemEntry> entries() {
        List<MemEntry> entries = new ArrayList<>();
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            int length = random.nextInt(4) == 0 ? random.nextInt(20_000) : random.nextInt(2_000);
            long address = GpuRig.PAGES + random.nextInt(GpuRig.PAGES_BYTES - length);
            if (random.nextInt(40) == 0) {
                address = random.nextBoolean() ? random.nextLong() : GpuRig.PAGES + GpuRig.PAGES_BYTES - length / 2;
            }
            entries.add(new MemEntry(address, length));
        }
        return entries;
    }

    private static byte[] patched(byte[] request, int offset, int value) {
        ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
        return request;
    }

    private void send(String what, byte[] request, int expected) {
        boolean fenced = random.nextBoolean();
        long fence = random.nextLong();
        byte[] response = rig.control(fenced ? Messages.fenced(request, fence, 9) : request);
        assertThat(response).hasSize(24);
        assertThat(GpuResponse.nameOf(le32(response, 0))).as(what).isEqualTo(GpuResponse.nameOf(expected));
        assertThat(le32(response, 4)).isEqualTo(fenced ? 1 : 0);
        assertThat(le64(response, 8)).isEqualTo(fenced ? fence : 0);
        assertThat(le32(response, 16)).isEqualTo(fenced ? 9 : 0);
    }
}
