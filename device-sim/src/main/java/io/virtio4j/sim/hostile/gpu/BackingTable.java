// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.wire.GpuLayout;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Lists of pages that are too short, too long, or lead to where no memory is.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq, RESOURCE_ATTACH_BACKING and RESOURCE_DETACH_BACKING.
 */
final class BackingTable {
    private static final int NR_ENTRIES = GpuLayout.AttachBacking.NR_ENTRIES;
    private static final int SPARE_BYTES = GpuScene.SPARE_SIDE * GpuScene.SPARE_SIDE * 4;
    private static final Command.Entry PAGE = new Command.Entry(GpuScene.MORE_PAGES, SPARE_BYTES);
    private static final Area SPARE_AREA = new Area(0, 0, GpuScene.SPARE_SIDE, GpuScene.SPARE_SIDE);

    private BackingTable() {}

    static Stream<GpuRow> rows() {
        return Stream.of(ids(), counts(), refusedEntries(), oddEntries(), states())
                .flatMap(rows -> rows);
    }

    /** After a refused command the spare resource has no backing: it can be given one. */
    private static GpuRow attach(String name, String violates, Command command, Set<Integer> types) {
        return GpuRow.of("attach-" + name, "attaches " + violates, scene -> command, types)
                .clauses("GPU-DEV-ATTACH-BACKING", "GPU-DEV-RESP-TYPES")
                .then((scene, answer, done) -> {
                    if (!done) {
                        scene.must("a backing after one that was refused", Command.attach(GpuScene.SPARE, PAGE));
                    }
                });
    }

    private static Stream<GpuRow> ids() {
        return Stream.of(
                attach("id-0", "pages to resource 0", Command.attach(0, PAGE), GpuRow.NO_SUCH_RESOURCE),
                attach(
                        "id-unknown",
                        "pages to a resource that is none",
                        Command.attach(GpuScene.UNKNOWN, PAGE),
                        GpuRow.NO_SUCH_RESOURCE));
    }

    private static Command saying(int count) {
        return Command.attach(GpuScene.SPARE, PAGE).le32(NR_ENTRIES, count);
    }

    private static Stream<GpuRow> counts() {
        Command one = Command.attach(GpuScene.SPARE, PAGE);
        return Stream.of(
                attach("none", "no entry", Command.attach(GpuScene.SPARE), GpuRow.DONE_OR_REFUSED),
                attach("one-missing", "two entries, of which one is there", saying(2), GpuRow.ANY_ERROR),
                attach(
                        "part-of-entry",
                        "an entry that ends before its length",
                        one.ofLength(one.lengthBytes() - 5),
                        GpuRow.ANY_ERROR),
                attach("count-2-to-28", "2^28 entries, whose bytes wrap to 0", saying(1 << 28), GpuRow.ANY_ERROR),
                attach(
                        "count-2-to-28-plus-1",
                        "2^28+1 entries, whose bytes wrap to those of one",
                        saying((1 << 28) + 1),
                        GpuRow.ANY_ERROR),
                attach("count-2-to-31", "2^31 entries", saying(Integer.MIN_VALUE), GpuRow.ANY_ERROR),
                attach("count-most", "2^32-1 entries", saying(-1), GpuRow.ANY_ERROR));
    }

    private static GpuRow refused(String name, String violates, Command.Entry... entries) {
        return attach(name, violates, Command.attach(GpuScene.SPARE, entries), GpuRow.ANY_ERROR);
    }

    private static Stream<GpuRow> refusedEntries() {
        return Stream.of(
                refused("address-0", "a page at address 0", new Command.Entry(0, SPARE_BYTES)),
                refused("in-hole", "a page where no memory is", new Command.Entry(CaseMemory.HOLE, SPARE_BYTES)),
                refused(
                        "across-end",
                        "a page of which the last 4 bytes are no memory",
                        new Command.Entry(GpuScene.END_OF_MEMORY - SPARE_BYTES + 4, SPARE_BYTES)),
                refused(
                        "second-outside",
                        "a good page and one where no memory is",
                        PAGE,
                        new Command.Entry(GpuScene.END_OF_MEMORY, SPARE_BYTES)),
                refused("address-most", "a page at 2^64-8", new Command.Entry(-8, 16)),
                refused("address-2-to-63", "a page at 2^63", new Command.Entry(Long.MIN_VALUE, SPARE_BYTES)),
                refused("length-most", "a page of 2^32-1 bytes", new Command.Entry(GpuScene.MORE_PAGES, -1)),
                refused(
                        "length-2-to-31",
                        "a page of 2^31 bytes",
                        new Command.Entry(GpuScene.MORE_PAGES, Integer.MIN_VALUE)));
    }

    /** What is odd and can be done all the same must be done right: the spare resource shows those very bytes. */
    private static GpuRow odd(String name, String violates, Command.Entry... entries) {
        return GpuRow.of(
                        "attach-" + name,
                        "attaches " + violates,
                        scene -> Command.attach(GpuScene.SPARE, entries),
                        GpuRow.DONE_OR_REFUSED)
                .clauses("GPU-DEV-ATTACH-BACKING", "GPU-DEV-TRANSFER-2D")
                .then((scene, answer, done) -> {
                    if (done) {
                        requireTransfers(scene, entries);
                    }
                });
    }

    private static void requireTransfers(GpuScene scene, Command.Entry... entries) {
        CaseMemory memory = scene.line().stage().memory();
        memory.put(GpuScene.MORE_PAGES, scene.line().stage().randomBytes(4 * SPARE_BYTES));
        byte[] expected = new byte[0];
        for (Command.Entry entry : entries) {
            byte[] part = memory.get(entry.address(), entry.lengthBytes());
            byte[] more = Arrays.copyOf(expected, expected.length + part.length);
            System.arraycopy(part, 0, more, expected.length, part.length);
            expected = more;
        }
        scene.must("a transfer of an odd backing", Command.transfer(GpuScene.SPARE, SPARE_AREA, 0));
        scene.must("its scanout", Command.setScanout(0, GpuScene.SPARE, SPARE_AREA));
        scene.must("its flush", Command.flush(GpuScene.SPARE, SPARE_AREA));
        scene.requireShown(0, Arrays.copyOf(expected, SPARE_BYTES));
        scene.must("the picture's scanout", Command.setScanout(0, GpuScene.PICTURE, Area.WHOLE));
    }

    private static Stream<GpuRow> oddEntries() {
        long at = GpuScene.MORE_PAGES;
        return Stream.of(
                odd("unaligned", "a page at an odd address", new Command.Entry(at + 1, SPARE_BYTES)),
                odd(
                        "bytes",
                        "pages of odd lengths",
                        new Command.Entry(at + 7, 1),
                        new Command.Entry(at + 40, 30),
                        new Command.Entry(at + 3, SPARE_BYTES - 31)),
                odd(
                        "overlapping",
                        "the same page twice",
                        new Command.Entry(at, SPARE_BYTES / 2),
                        new Command.Entry(at, SPARE_BYTES / 2)),
                odd(
                        "empty-entry",
                        "an entry of no bytes between two",
                        new Command.Entry(at, SPARE_BYTES / 2),
                        new Command.Entry(0, 0),
                        new Command.Entry(at + 100, SPARE_BYTES / 2)),
                odd(
                        "end-of-memory",
                        "the last page there is",
                        new Command.Entry(GpuScene.END_OF_MEMORY - SPARE_BYTES, SPARE_BYTES)),
                odd("longer", "more pages than the resource has bytes", new Command.Entry(at, 4 * SPARE_BYTES)),
                GpuRow.of(
                                "attach-shorter",
                                "attaches fewer bytes than the resource has, and transfers all of it",
                                scene -> Command.transfer(GpuScene.SPARE, SPARE_AREA, 0),
                                GpuRow.ANY_ERROR)
                        .first(scene ->
                                scene.control(Command.attach(GpuScene.SPARE, new Command.Entry(at, SPARE_BYTES - 1))))
                        .clauses("GPU-DEV-TRANSFER-2D", "GPU-DEV-ATTACH-BACKING"),
                GpuRow.of(
                                "attach-padding-set",
                                "attaches a page and sets the padding of its entry",
                                scene -> Command.attach(GpuScene.SPARE, PAGE)
                                        .le32(GpuLayout.AttachBacking.LENGTH_BYTES + 12, -1),
                                GpuRow.DONE_OR_REFUSED)
                        .clauses("GPU-DEV-ATTACH-BACKING"));
    }

    private static Stream<GpuRow> states() {
        return Stream.of(
                GpuRow.of(
                                "attach-twice",
                                "attaches the same pages a second time",
                                scene -> Command.attach(
                                        GpuScene.PICTURE, new Command.Entry(GpuScene.PAGES, GpuScene.PICTURE_BYTES)),
                                GpuRow.DONE_OR_REFUSED)
                        .clauses("GPU-DEV-ATTACH-BACKING"),
                GpuRow.of("detach-id-0", "detaches resource 0", scene -> Command.detach(0), GpuRow.NO_SUCH_RESOURCE)
                        .clauses("GPU-DEV-DETACH-BACKING"),
                GpuRow.of(
                                "detach-unknown",
                                "detaches a resource that is none",
                                scene -> Command.detach(GpuScene.UNKNOWN),
                                GpuRow.NO_SUCH_RESOURCE)
                        .clauses("GPU-DEV-DETACH-BACKING"),
                GpuRow.of(
                                "detach-none",
                                "detaches a resource that has no pages",
                                scene -> Command.detach(GpuScene.SPARE),
                                GpuRow.DONE_OR_REFUSED)
                        .clauses("GPU-DEV-DETACH-BACKING"),
                GpuRow.of(
                                "detach-then-transfer",
                                "transfers after having detached the pages",
                                scene -> Command.transfer(GpuScene.PICTURE, Area.WHOLE, 0),
                                GpuRow.ANY_ERROR)
                        .first(scene -> {
                            scene.must("a detach", Command.detach(GpuScene.PICTURE));
                            scene.drawPages();
                        })
                        .then((scene, answer, done) -> {
                            scene.requireOldFrame();
                            scene.must(
                                    "a backing anew",
                                    Command.attach(
                                            GpuScene.PICTURE,
                                            new Command.Entry(GpuScene.PAGES, GpuScene.PICTURE_BYTES)));
                        })
                        .clauses("GPU-DRV-BACKING-FIRST", "GPU-DEV-DETACH-BACKING"));
    }
}
