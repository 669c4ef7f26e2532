// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import io.virtio4j.wire.GpuConfigLayout;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Scanouts that are none, and parts of resources that cannot be shown. After a refused command the scanout shows what it did.
 *
 * <p>VirtIO 1.2, 5.7.6.8 Device Operation: controlq, SET_SCANOUT.
 */
final class ScanoutRows {
    private ScanoutRows() {}

    static Stream<GpuRow> rows() {
        return Stream.of(scanouts(), resources(), rectangles()).flatMap(rows -> rows);
    }

    private static GpuRow show(String name, String violates, Function<GpuScene, Command> command, Set<Integer> types) {
        return GpuRow.of("set-scanout-" + name, violates, command, types)
                .clauses("GPU-SCANOUT-COVERED", "GPU-DEV-RESP-TYPES");
    }

    private static Stream<GpuRow> scanouts() {
        return Stream.of(
                show(
                        "one-too-many",
                        "shows the picture on the scanout behind the last",
                        scene -> Command.setScanout(scene.scanouts(), GpuScene.PICTURE, Area.WHOLE),
                        GpuRow.NO_SUCH_SCANOUT),
                show(
                        "16",
                        "shows the picture on scanout 16, which no device has",
                        scene -> Command.setScanout(GpuConfigLayout.MAX_SCANOUTS, GpuScene.PICTURE, Area.WHOLE),
                        GpuRow.NO_SUCH_SCANOUT),
                show(
                        "2-to-31",
                        "shows the picture on scanout 2^31",
                        scene -> Command.setScanout(Integer.MIN_VALUE, GpuScene.PICTURE, Area.WHOLE),
                        GpuRow.NO_SUCH_SCANOUT),
                show(
                        "most",
                        "shows the picture on scanout 2^32-1",
                        scene -> Command.setScanout(-1, GpuScene.PICTURE, Area.WHOLE),
                        GpuRow.NO_SUCH_SCANOUT),
                show(
                        "off-one-too-many",
                        "turns off the scanout behind the last",
                        scene -> Command.setScanout(scene.scanouts(), 0, Area.WHOLE),
                        GpuRow.NO_SUCH_SCANOUT),
                show(
                        "off-most",
                        "turns off scanout 2^32-1",
                        scene -> Command.setScanout(-1, 0, Area.WHOLE),
                        GpuRow.NO_SUCH_SCANOUT));
    }

    private static Stream<GpuRow> resources() {
        return Stream.of(
                show(
                        "unknown-resource",
                        "shows a resource that is none",
                        scene -> Command.setScanout(0, GpuScene.UNKNOWN, Area.PIXEL),
                        GpuRow.NO_SUCH_RESOURCE),
                show(
                                "off-twice",
                                "turns a scanout off twice",
                                scene -> Command.setScanout(0, 0, Area.WHOLE),
                                GpuRow.DONE_OR_REFUSED)
                        .first(scene -> scene.must("off", Command.setScanout(0, 0, Area.WHOLE)))
                        .then((scene, answer, done) -> {
                            scene.requireOff(0);
                            scene.must("on", Command.setScanout(0, GpuScene.PICTURE, Area.WHOLE));
                        })
                        .clauses("GPU-SCANOUT-DISABLE"),
                show(
                                "off-rect-garbage",
                                "turns a scanout off with a rectangle of ones",
                                scene -> Command.setScanout(0, 0, new Area(-1, -1, -1, -1)),
                                GpuRow.DONE_OR_REFUSED)
                        .then((scene, answer, done) -> {
                            if (done) {
                                scene.requireOff(0);
                                scene.must("on", Command.setScanout(0, GpuScene.PICTURE, Area.WHOLE));
                            }
                        })
                        .clauses("GPU-SCANOUT-DISABLE"),
                show(
                                "again",
                                "shows on a scanout what it shows already",
                                scene -> Command.setScanout(0, GpuScene.PICTURE, Area.WHOLE),
                                GpuRow.DONE)
                        .clauses("GPU-SCANOUT-COVERED"));
    }

    private static Stream<GpuRow> rectangles() {
        Stream<GpuRow> empty = Stream.of(
                        new Area.Outside("empty", "of no pixel", new Area(0, 0, 0, 0)),
                        new Area.Outside("no-width", "of no width", new Area(0, 0, 0, GpuScene.HEIGHT)),
                        new Area.Outside("no-height", "of no height", new Area(0, 0, GpuScene.WIDTH, 0)))
                .map(area -> rectangle(area, GpuRow.WRONG_PARAMETER));
        return Stream.concat(empty, Area.outside().map(area -> rectangle(area, GpuRow.WRONG_PARAMETER)));
    }

    private static GpuRow rectangle(Area.Outside outside, Set<Integer> types) {
        return show(
                "rect-" + outside.name(),
                "shows a rectangle " + outside.words(),
                scene -> Command.setScanout(0, GpuScene.PICTURE, outside.area()),
                types);
    }
}
