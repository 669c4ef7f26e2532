// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.request.Finding;
import io.virtio4j.wire.GpuBlobLayout.Create;
import io.virtio4j.wire.GpuBlobLayout.SetScanout;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuResponse;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Blobs that cannot be made, and what cannot be done with one.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq, RESOURCE_CREATE_BLOB.
 */
final class BlobTable {
    /** As long as any alignment that a device is likely to want. */
    static final int BLOB_BYTES = 4096;

    private static final Command.Entry PAGE = new Command.Entry(GpuScene.MORE_PAGES, BLOB_BYTES);

    private BlobTable() {}

    /** A blob as it should be. */
    static Command blob(int id) {
        return Command.createBlob(id, BLOB_BYTES, PAGE);
    }

    static Stream<GpuRow> rows() {
        return Stream.of(kinds(), sizes(), entries(), uses()).flatMap(rows -> rows);
    }

    private static GpuRow create(String name, String violates, Command command, Set<Integer> types) {
        return GpuRow.of("create-blob-" + name, "creates a blob " + violates, scene -> command, types)
                .needing(GpuFeatureBits.RESOURCE_BLOB)
                .clauses("GPU-BLOB-NEGOTIATED", "GPU-DEV-RESP-TYPES")
                .then((scene, answer, done) -> {
                    if (!done) {
                        requireFree(scene);
                    }
                });
    }

    /** A refused command has not taken the id. */
    private static void requireFree(GpuScene scene) {
        int type = scene.control(blob(GpuScene.FREE));
        if (type != GpuResponse.OK_NODATA) {
            throw Finding.leaked(
                    "the id of a blob that was refused cannot be used any more: " + GpuResponse.nameOf(type));
        }
    }

    private static GpuRow changed(
            String name, String violates, UnaryOperator<Command> change, Set<Integer> types, String clause) {
        return create(name, violates, change.apply(blob(GpuScene.FREE)), types).clauses(clause, "GPU-DEV-RESP-TYPES");
    }

    private static Stream<GpuRow> kinds() {
        Set<Integer> wrong = GpuRow.WRONG_PARAMETER;
        String memory = "GPU-DRV-BLOB-MEM-SET";
        String host = "GPU-BLOB-HOST3D-NEEDS-VIRGL";
        String flags = "GPU-DRV-BLOB-FLAGS";
        return Stream.of(
                create("id-0", "with id 0, which means none", blob(0), GpuRow.NO_SUCH_RESOURCE),
                create("id-taken", "with an id that is taken", blob(GpuScene.PICTURE), GpuRow.NO_SUCH_RESOURCE),
                changed("mem-0", "of no memory", b -> b.le32(Create.BLOB_MEM, 0), wrong, "GPU-DRV-BLOB-MEM-NONZERO"),
                changed("mem-host", "of the host's memory", b -> b.le32(Create.BLOB_MEM, 2), GpuRow.ANY_ERROR, host),
                changed("mem-both", "of both memories", b -> b.le32(Create.BLOB_MEM, 3), GpuRow.ANY_ERROR, host),
                changed("mem-4", "of memory 4, which is none", b -> b.le32(Create.BLOB_MEM, 4), wrong, memory),
                changed("mem-most", "of memory 2^32-1", b -> b.le32(Create.BLOB_MEM, -1), wrong, memory),
                changed("flag-3", "with flag bit 3", b -> b.le32(Create.BLOB_FLAGS, 8), GpuRow.DONE_OR_REFUSED, flags),
                changed(
                        "flags-all",
                        "with every flag",
                        b -> b.le32(Create.BLOB_FLAGS, -1),
                        GpuRow.DONE_OR_REFUSED,
                        flags),
                changed(
                        "id-of-context",
                        "with an id of a context's object",
                        b -> b.le64(Create.BLOB_ID, -1),
                        GpuRow.DONE_OR_REFUSED,
                        "GPU-DEV-BLOB-FROM-CTX"));
    }

    private static GpuRow size(String name, String violates, long sizeBytes, Set<Integer> types) {
        return changed(
                "size-" + name, violates, blob -> blob.le64(Create.SIZE, sizeBytes), types, "GPU-DRV-BLOB-SIZE-ALIGN");
    }

    private static Stream<GpuRow> sizes() {
        return Stream.of(
                size("0", "of no bytes", 0, GpuRow.DONE_OR_REFUSED),
                size("unaligned", "of a size that is no multiple of its alignment", 1001, GpuRow.DONE_OR_REFUSED)
                        .then((scene, answer, done) -> {
                            if (done && scene.negotiated().has(GpuFeatureBits.BLOB_ALIGNMENT)) {
                                throw Finding.lied("a blob of 1001 bytes was made, in spite of BLOB_ALIGNMENT");
                            }
                        }),
                size("more-than-pages", "of more bytes than its pages", 2L * BLOB_BYTES, GpuRow.DONE_OR_REFUSED)
                        .then((scene, answer, done) -> showBehindPages(scene, done, BLOB_BYTES)),
                size(
                                "2-to-32-more",
                                "of 2^32 bytes more than its pages",
                                (1L << 32) + BLOB_BYTES,
                                GpuRow.DONE_OR_REFUSED)
                        .then((scene, answer, done) -> showBehindPages(scene, done, BLOB_BYTES)),
                size("2-to-63", "of 2^63 bytes", Long.MIN_VALUE, GpuRow.TOO_LARGE),
                size("most", "of 2^64-1 bytes", -1, GpuRow.TOO_LARGE));
    }

    /**
     * A device that took a blob of more bytes than its pages is asked for those that are nowhere. It may refuse, or show
     * anything, and must not fall over them.
     */
    private static void showBehindPages(GpuScene scene, boolean done, int offset) {
        if (done) {
            scene.control(Command.setScanoutBlob(
                            0, GpuScene.FREE, Area.WHOLE, GpuScene.WIDTH, GpuScene.HEIGHT, GpuScene.STRIDE_BYTES)
                    .le32(SetScanout.OFFSETS, offset));
            scene.control(Command.flush(GpuScene.FREE, Area.WHOLE));
            scene.must("the picture's scanout", Command.setScanout(0, GpuScene.PICTURE, Area.WHOLE));
        } else {
            scene.control(Command.unref(GpuScene.FREE));
            requireFree(scene);
        }
    }

    private static GpuRow listed(String name, String violates, Command command) {
        return create(name, violates, command, GpuRow.ANY_ERROR).clauses("GPU-BLOB-NR-ENTRIES", "GPU-DEV-RESP-TYPES");
    }

    private static Command with(Command.Entry... entries) {
        return Command.createBlob(GpuScene.FREE, BLOB_BYTES, entries);
    }

    private static Stream<GpuRow> entries() {
        Command whole = blob(GpuScene.FREE);
        long hole = CaseMemory.HOLE;
        return Stream.of(
                listed("count-one-missing", "of two entries, one of which is there", whole.le32(Create.NR_ENTRIES, 2)),
                listed(
                        "count-2-to-28",
                        "of 2^28+1 entries, whose bytes wrap to those of one",
                        whole.le32(Create.NR_ENTRIES, (1 << 28) + 1)),
                listed("count-most", "of 2^32-1 entries", whole.le32(Create.NR_ENTRIES, -1)),
                listed("part-of-entry", "whose entry ends too soon", whole.ofLength(whole.lengthBytes() - 5)),
                listed("in-hole", "of a page where no memory is", with(new Command.Entry(hole, BLOB_BYTES))),
                listed(
                        "across-end",
                        "of a page that ends where no memory is",
                        with(new Command.Entry(GpuScene.END_OF_MEMORY - 4, BLOB_BYTES))),
                listed("address-most", "of a page at 2^64-8", with(new Command.Entry(-8, BLOB_BYTES))),
                listed("length-most", "of a page of 2^32-1 bytes", with(new Command.Entry(GpuScene.MORE_PAGES, -1))));
    }

    /** With a blob there is. */
    private static GpuRow use(String name, String violates, Command command, Set<Integer> types) {
        return GpuRow.of("blob-" + name, violates, scene -> command, types)
                .needing(GpuFeatureBits.RESOURCE_BLOB)
                .first(scene -> scene.must("a blob", blob(GpuScene.FREE)))
                .clauses("GPU-BLOB-NEGOTIATED", "GPU-DEV-RESP-TYPES");
    }

    private static Stream<GpuRow> uses() {
        int free = GpuScene.FREE;
        return Stream.of(
                use(
                                "2d-scanout",
                                "shows a blob as if it were no blob",
                                Command.setScanout(0, free, Area.PIXEL),
                                GpuRow.DONE_OR_REFUSED)
                        .ruiningIfDone(),
                use("transfer", "transfers into a blob", Command.transfer(free, Area.WHOLE, 0), GpuRow.DONE_OR_REFUSED),
                use(
                        "transfer-outside",
                        "transfers a rectangle of ones into a blob",
                        Command.transfer(free, new Area(-1, -1, -1, -1), -1),
                        GpuRow.DONE_OR_REFUSED),
                use(
                        "flush-outside",
                        "flushes a rectangle of ones of a blob",
                        Command.flush(free, new Area(-1, -1, -1, -1)),
                        GpuRow.DONE_OR_REFUSED),
                use(
                        "attach-twice",
                        "attaches pages to a blob that has some",
                        Command.attach(free, PAGE),
                        GpuRow.DONE_OR_REFUSED),
                use(
                                "attach-short",
                                "attaches fewer bytes to a blob than it has",
                                Command.attach(free, new Command.Entry(GpuScene.MORE_PAGES, BLOB_BYTES / 2)),
                                GpuRow.DONE_OR_REFUSED)
                        .first(scene -> scene.must("a blob without pages", Command.createBlob(free, BLOB_BYTES)))
                        .then((scene, answer, done) -> showBehindPages(scene, done, BLOB_BYTES / 2)),
                use("map", "maps a blob where no memory is shared", map(free), GpuRow.ANY_ERROR)
                        .clauses("GPU-DEV-MAP-BLOB-WITH-HOSTVIS"),
                use("unmap", "unmaps a blob that is not mapped", unmap(free), GpuRow.ANY_ERROR)
                        .clauses("GPU-DEV-MAP-BLOB-WITH-HOSTVIS"));
    }

    private static Command map(int id) {
        return Command.of(GpuCommand.RESOURCE_MAP_BLOB, 40).le32(24, id).le64(32, 0);
    }

    private static Command unmap(int id) {
        return Command.of(GpuCommand.RESOURCE_UNMAP_BLOB, 32).le32(24, id);
    }
}
