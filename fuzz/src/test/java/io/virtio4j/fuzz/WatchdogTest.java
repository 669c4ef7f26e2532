// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A step that never ends is a finding: its input is kept, and where it hangs is told. */
final class WatchdogTest {
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @TempDir
    Path findings;

    private final AtomicBoolean ended = new AtomicBoolean();

    /** A target whose one step goes on until the JVM would have ended. */
    private final class Hangs implements FuzzTarget {
        @Override
        public String name() {
            return "hangs";
        }

        @Override
        public long play(byte[] input) {
            while (!ended.get()) {
                LockSupport.parkNanos(SHORT_NANOS);
            }
            return 1;
        }
    }

    @Test
    void theInputThatHangsIsKeptWithItsPlace() throws Exception {
        byte[] input = {4, 5, 6};
        try (Watchdog watchdog = new Watchdog("hangs", findings, SHORT_NANOS, () -> ended.set(true))) {
            watchdog.play(new Hangs(), input);
        }

        try (var files = Files.list(findings.resolve("hangs"))) {
            Path[] kept = files.sorted().toArray(Path[]::new);
            assertThat(kept).hasSize(2);
            assertThat(kept[0]).hasBinaryContent(input);
            assertThat(kept[1]).content().contains("WatchdogTest$Hangs.play");
        }
    }

    @Test
    void anInputThatEndsIsNoFinding() throws Exception {
        ended.set(true);
        try (Watchdog watchdog = new Watchdog("hangs", findings, SHORT_NANOS, () -> ended.set(false))) {
            watchdog.play(new Hangs(), new byte[1]);
            Thread.sleep(TimeUnit.NANOSECONDS.toMillis(5 * SHORT_NANOS));
        }

        assertThat(ended).isTrue();
        assertThat(findings).isEmptyDirectory();
    }
}
