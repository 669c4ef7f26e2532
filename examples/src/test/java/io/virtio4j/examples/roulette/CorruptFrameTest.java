// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.PixelView;
import io.virtio4j.device.Scanout;
import io.virtio4j.examples.wheel.Spin;
import io.virtio4j.examples.wheel.WheelPainter;
import io.virtio4j.queue.BarrierPolicy;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A frame of which one pixel is shown wrong counts as corrupt. */
final class CorruptFrameTest {
    private static final FrameSize SIZE = new FrameSize(64, 48);
    private static final int FRAMES = 5;

    private static PerfReport run(Scanout scanout, ScanoutTap tap) {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        WheelPainter painter = new WheelPainter(new Spin(1, FRAMES), SIZE.width(), SIZE.height());
        RouletteRun run = new RouletteRun(
                painter, SIZE, nowhere, new PerfLog(nowhere, true), RunOptions.DEFAULT.withFullFrames());
        return run.on(scanout, tap, BarrierPolicy.OPTIMIZED, 0, Optional.empty())
                .orElseThrow();
    }

    @Test
    void aDisplayThatChangesOnePixelIsFoundInEveryFrame() {
        ScanoutTap tap = new ScanoutTap();
        Scanout wrong = (int scanoutId, PixelView view, int x, int y, int width, int height) -> {
            long pixel = view.offsetBytes(63, 47);
            view.memory().putByte(pixel, view.memory().getByte(pixel) ^ 1);
            tap.flushed(scanoutId, view, x, y, width, height);
        };
        assertThat(run(wrong, tap).corruptFrames()).isEqualTo(FRAMES);
    }

    @Test
    void aFlushThatReachesNoScanoutIsFound() {
        assertThat(run((scanoutId, view, x, y, width, height) -> {}, new ScanoutTap())
                        .corruptFrames())
                .isEqualTo(FRAMES);
    }

    @Test
    void aDisplayThatShowsWhatWasDrawnIsNotAccused() {
        ScanoutTap tap = new ScanoutTap();
        PerfReport report = run(tap, tap);
        assertThat(report.corruptFrames()).isZero();
        assertThat(report.copyRatio()).isPositive();
    }
}
