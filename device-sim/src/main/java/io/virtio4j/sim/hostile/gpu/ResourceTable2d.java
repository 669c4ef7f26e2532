// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import io.virtio4j.sim.hostile.request.Finding;
import io.virtio4j.sim.hostile.request.RequestAnswer;
import io.virtio4j.wire.GpuResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Resources that cannot be made or destroyed, and those that are destroyed while they are in use.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq, RESOURCE_CREATE_2D and RESOURCE_UNREF.
 */
final class ResourceTable2d {
    /** By id: unsigned width and height whose bytes overflow 31, 32, 33 or 64 bits. */
    private static final Map<String, int[]> TOO_LARGE = new TreeMap<>(Map.of(
            "2-to-29-by-1", new int[] {1 << 29, 1},
            "2-to-30-by-1", new int[] {1 << 30, 1},
            "2-to-30-plus-1-by-1", new int[] {(1 << 30) + 1, 1},
            "2-to-31-by-1", new int[] {1 << 31, 1},
            "1-by-2-to-30", new int[] {1, 1 << 30},
            "2-to-15-by-2-to-15", new int[] {1 << 15, 1 << 15},
            "2-to-16-by-2-to-16", new int[] {1 << 16, 1 << 16},
            "2-to-31-by-2-to-31", new int[] {1 << 31, 1 << 31},
            "most-by-most", new int[] {-1, -1}));

    /** What could be had of a host with much memory. */
    private static final long HUGE_BYTES = 1L << 32;

    private ResourceTable2d() {}

    static Stream<GpuRow> rows() {
        return Stream.of(ids(), formats(), sizes(), destroyed()).flatMap(rows -> rows);
    }

    private static GpuRow create(String name, String violates, Command command, Set<Integer> types) {
        return GpuRow.of("create-2d-" + name, "creates a resource " + violates, scene -> command, types)
                .clauses("GPU-DEV-CREATE-2D", "GPU-DEV-RESP-TYPES")
                .then(ResourceTable2d::idIsFreeIfRefused);
    }

    /** A refused command has not taken the id. */
    private static void idIsFreeIfRefused(GpuScene scene, RequestAnswer answer, boolean done) {
        if (!done) {
            int type = scene.control(Command.create2d(GpuScene.FREE, GpuScene.FORMAT, 1, 1));
            if (type != GpuResponse.OK_NODATA) {
                throw Finding.leaked(
                        "the id of a resource that was refused cannot be used any more: " + GpuResponse.nameOf(type));
            }
        }
    }

    private static Stream<GpuRow> ids() {
        return Stream.of(
                create(
                        "id-0",
                        "with id 0, which means none",
                        Command.create2d(0, GpuScene.FORMAT, 2, 2),
                        GpuRow.NO_SUCH_RESOURCE),
                create(
                        "id-taken",
                        "with an id that is taken",
                        Command.create2d(GpuScene.PICTURE, GpuScene.FORMAT, 2, 2),
                        GpuRow.NO_SUCH_RESOURCE),
                create("id-most", "with id 2^32-1", Command.create2d(-1, GpuScene.FORMAT, 2, 2), GpuRow.DONE_OR_REFUSED)
                        .then((scene, answer, done) -> {
                            if (done) {
                                scene.must("the end of resource 2^32-1", Command.unref(-1));
                            }
                        }));
    }

    private static Stream<GpuRow> formats() {
        return IntStream.of(0, 5, 66, 122, 135, 256 + GpuScene.FORMAT, -1)
                .mapToObj(format -> create(
                        "format-" + Integer.toUnsignedString(format),
                        "of format " + Integer.toUnsignedString(format) + ", which is none",
                        Command.create2d(GpuScene.FREE, format, 2, 2),
                        GpuRow.WRONG_PARAMETER));
    }

    private static Stream<GpuRow> sizes() {
        Stream<GpuRow> empty = Stream.of(
                create(
                        "no-width",
                        "of no width",
                        Command.create2d(GpuScene.FREE, GpuScene.FORMAT, 0, 2),
                        GpuRow.WRONG_PARAMETER),
                create(
                        "no-height",
                        "of no height",
                        Command.create2d(GpuScene.FREE, GpuScene.FORMAT, 2, 0),
                        GpuRow.WRONG_PARAMETER));
        return Stream.concat(empty, TOO_LARGE.entrySet().stream().map(size -> {
            int width = size.getValue()[0];
            int height = size.getValue()[1];
            // In bytes, if it is less than 2^64; a product that is more has been cut.
            boolean possible = Math.multiplyHigh(Integer.toUnsignedLong(width), 4L * Integer.toUnsignedLong(height))
                            == 0
                    && Long.compareUnsigned(
                                    Integer.toUnsignedLong(width) * 4 * Integer.toUnsignedLong(height), HUGE_BYTES)
                            <= 0;
            return create(
                    "size-" + size.getKey(),
                    "of " + Integer.toUnsignedString(width) + " by " + Integer.toUnsignedString(height) + " pixels",
                    Command.create2d(GpuScene.FREE, GpuScene.FORMAT, width, height),
                    possible ? GpuRow.DONE_OR_REFUSED : GpuRow.TOO_LARGE);
        }));
    }

    private static GpuRow unref(String name, String violates, Command command, Set<Integer> types) {
        return GpuRow.of("unref-" + name, "destroys " + violates, scene -> command, types)
                .clauses("GPU-DEV-UNREF", "GPU-DEV-RESP-TYPES");
    }

    private static Stream<GpuRow> destroyed() {
        return Stream.of(
                unref("id-0", "resource 0, which is none", Command.unref(0), GpuRow.NO_SUCH_RESOURCE),
                unref("unknown", "a resource that is none", Command.unref(GpuScene.UNKNOWN), GpuRow.NO_SUCH_RESOURCE),
                unref("most", "resource 2^32-1, which is none", Command.unref(-1), GpuRow.NO_SUCH_RESOURCE),
                unref("twice", "a resource twice", Command.unref(GpuScene.SPARE), GpuRow.NO_SUCH_RESOURCE)
                        .first(scene -> scene.must("the first time", Command.unref(GpuScene.SPARE))),
                unref("shown", "the resource that a scanout shows", Command.unref(GpuScene.PICTURE), GpuRow.DONE)
                        .leavingRuins()
                        .then((scene, answer, done) -> {
                            requireGone(scene, Command.flush(GpuScene.PICTURE, Area.PIXEL));
                            scene.requireOff(0);
                        }),
                unref(
                                "with-backing",
                                "a resource with its pages behind it",
                                Command.unref(GpuScene.PICTURE),
                                GpuRow.DONE)
                        .leavingRuins()
                        .first(scene -> scene.must("no scanout", Command.setScanout(0, 0, Area.WHOLE)))
                        .then((scene, answer, done) ->
                                requireGone(scene, Command.transfer(GpuScene.PICTURE, Area.PIXEL, 0))));
    }

    private static void requireGone(GpuScene scene, Command command) {
        int type = scene.control(command);
        if (!GpuRow.NO_SUCH_RESOURCE.contains(type)) {
            throw Finding.lied("a resource that was destroyed is still there: " + GpuResponse.nameOf(type));
        }
    }
}
