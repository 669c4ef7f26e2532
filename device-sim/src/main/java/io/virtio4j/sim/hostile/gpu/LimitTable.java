// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.request.Finding;
import io.virtio4j.wire.GpuFeatureBits;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The same again and again: what a device forgets to give back adds up until the good frame at the end finds no room.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq.
 */
final class LimitTable {
    private static final int ROUNDS = 40;
    private static final int FREE = GpuScene.FREE;

    private LimitTable() {}

    static Stream<GpuRow> rows() {
        return Stream.concat(again(), Stream.of(moreResources(), moreMemory(), moreEntries()));
    }

    private static GpuRow row(
            String name, String violates, String clause, Consumer<GpuScene> first, Command last, Set<Integer> types) {
        return GpuRow.of("limit-" + name, violates, scene -> last, types)
                .first(first)
                .clauses(clause, "GPU-DEV-RESP-TYPES");
    }

    private static Consumer<GpuScene> rounds(Consumer<GpuScene> round) {
        return scene -> IntStream.range(0, ROUNDS).forEach(i -> round.accept(scene));
    }

    private static Stream<GpuRow> again() {
        Command.Entry[] entries = scattered();
        Command.Entry outside = new Command.Entry(CaseMemory.HOLE, 1);
        return Stream.of(
                row(
                        "create-unref",
                        "creates and destroys a resource again and again",
                        "GPU-DEV-UNREF",
                        rounds(scene -> {
                            scene.must("a resource", Command.create2d(FREE, GpuScene.FORMAT, 32, 32));
                            scene.must("its end", Command.unref(FREE));
                        }),
                        Command.unref(FREE),
                        GpuRow.NO_SUCH_RESOURCE),
                row(
                        "attach-detach",
                        "attaches and detaches a long list of pages again and again",
                        "GPU-DEV-DETACH-BACKING",
                        rounds(scene -> {
                            scene.must("pages", Command.attach(GpuScene.SPARE, entries));
                            scene.must("no pages", Command.detach(GpuScene.SPARE));
                        }),
                        Command.transfer(GpuScene.SPARE, Area.PIXEL, 0),
                        GpuRow.ANY_ERROR),
                row(
                        "attach-unref",
                        "destroys a resource with a long list of pages again and again",
                        "GPU-DEV-UNREF",
                        rounds(scene -> {
                            scene.must("a resource", Command.create2d(FREE, GpuScene.FORMAT, 8, 8));
                            scene.must("pages", Command.attach(FREE, entries));
                            scene.must("its end", Command.unref(FREE));
                        }),
                        Command.unref(FREE),
                        GpuRow.NO_SUCH_RESOURCE),
                row(
                        "attach-refused",
                        "attaches a list of pages whose last one is no memory, again and again",
                        "GPU-DEV-ATTACH-BACKING",
                        rounds(scene -> scene.control(Command.attach(GpuScene.SPARE, with(entries, outside)))),
                        Command.transfer(GpuScene.SPARE, Area.PIXEL, 0),
                        GpuRow.ANY_ERROR),
                row(
                                "blob-refused",
                                "creates a blob of pages whose last one is no memory, again and again",
                                "GPU-BLOB-NR-ENTRIES",
                                rounds(scene -> scene.control(
                                        Command.createBlob(FREE, BlobTable.BLOB_BYTES, with(entries, outside)))),
                                Command.unref(FREE),
                                GpuRow.NO_SUCH_RESOURCE)
                        .needing(GpuFeatureBits.RESOURCE_BLOB),
                row(
                                "blob-shown",
                                "shows a blob of scattered pages and destroys it, again and again",
                                "GPU-DEV-UNREF",
                                rounds(LimitTable::showScattered),
                                Command.unref(FREE),
                                GpuRow.NO_SUCH_RESOURCE)
                        .needing(GpuFeatureBits.RESOURCE_BLOB)
                        .leavingRuins());
    }

    /** Its pages lie in no row, so that a device which looks at them in place cannot. */
    private static void showScattered(GpuScene scene) {
        scene.must("a blob", Command.createBlob(FREE, BlobTable.BLOB_BYTES, halves()));
        scene.must(
                "its scanout",
                Command.setScanoutBlob(0, FREE, Area.WHOLE, GpuScene.WIDTH, GpuScene.HEIGHT, GpuScene.STRIDE_BYTES));
        scene.must(
                "its scanout again",
                Command.setScanoutBlob(0, FREE, Area.WHOLE, GpuScene.WIDTH, GpuScene.HEIGHT, GpuScene.STRIDE_BYTES));
        scene.must("its end", Command.unref(FREE));
    }

    private static Command.Entry[] halves() {
        int first = GpuScene.PICTURE_BYTES / 2;
        return new Command.Entry[] {
            new Command.Entry(GpuScene.MORE_PAGES + 8192, first),
            new Command.Entry(GpuScene.MORE_PAGES, BlobTable.BLOB_BYTES - first)
        };
    }

    /** A list in which no page follows on the one before. */
    private static Command.Entry[] scattered() {
        return IntStream.range(0, 64)
                .mapToObj(i -> new Command.Entry(GpuScene.MORE_PAGES + 4096 - 64L * i, 32))
                .toArray(Command.Entry[]::new);
    }

    private static Command.Entry[] with(Command.Entry[] entries, Command.Entry last) {
        Command.Entry[] more = Arrays.copyOf(entries, entries.length + 1);
        more[entries.length] = last;
        return more;
    }

    /** Ids from 1000 on, destroyed afterwards. */
    private static GpuRow moreResources() {
        int first = 1000;
        return GpuRow.of(
                        "limit-resources",
                        "creates one resource more than the device can have",
                        scene -> Command.create2d(first - 1, GpuScene.FORMAT, 1, 1),
                        GpuRow.DONE_OR_REFUSED)
                .first(scene -> each(scene, first, true))
                .then((scene, answer, done) -> {
                    each(scene, first, false);
                    scene.control(Command.unref(first - 1));
                    if (done && scene.witness().resources().isPresent()) {
                        throw Finding.lied("a resource more than there can be was made");
                    }
                })
                .clauses("GPU-DEV-CREATE-2D", "GPU-DEV-RESP-TYPES");
    }

    /** Two are there already. */
    private static void each(GpuScene scene, int first, boolean create) {
        int count = scene.witness().resources().orElse(ROUNDS) - 2;
        for (int id = first; id < first + count; id++) {
            scene.must("a small resource", create ? Command.create2d(id, GpuScene.FORMAT, 1, 1) : Command.unref(id));
        }
    }

    private static GpuRow moreMemory() {
        return GpuRow.of(
                        "limit-memory",
                        "creates a resource of more bytes than the device has left",
                        scene -> Command.create2d(
                                FREE,
                                GpuScene.FORMAT,
                                (int) (scene.witness().hostBytes().orElse(1L << 35) / 4),
                                1),
                        GpuRow.TOO_LARGE)
                .clauses("GPU-DEV-CREATE-2D", "GPU-DEV-RESP-TYPES");
    }

    private static GpuRow moreEntries() {
        Command.Entry[] many = new Command.Entry[1500];
        Arrays.setAll(many, i -> new Command.Entry(GpuScene.MORE_PAGES + 4L * (i % 7), 1));
        return GpuRow.of(
                        "limit-entries",
                        "attaches 1500 pages of a byte",
                        scene -> Command.attach(GpuScene.SPARE, many),
                        GpuRow.DONE_OR_REFUSED)
                .clauses("GPU-DEV-ATTACH-BACKING", "GPU-DEV-RESP-TYPES");
    }
}
