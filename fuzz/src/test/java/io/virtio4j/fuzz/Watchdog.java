// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Sees that an input comes to its end. A loop that never ends listens to no interrupt, so the JVM ends with it; the input and the
 * place where it hangs are written down before.
 *
 * <p>One thread plays, another one looks now and then.
 */
final class Watchdog implements AutoCloseable {
    /** Inputs take a fraction of a millisecond each; a busy machine makes that a hundred, and not ten thousand. */
    static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int HUNG = 70;

    /** From where it hangs outwards: the test framework is not asked for. */
    private static final int FRAMES = 30;

    private final String target;
    private final Path findings;
    private final long limitNanos;
    private final Runnable end;
    private final Thread player = Thread.currentThread();
    private final Thread looker;
    private volatile Play play = new Play(new byte[0], 0);
    private volatile boolean closed;

    /** What is being played since when; nothing where it began at 0. */
    private static final class Play {
        final byte[] input;
        final long startNanos;

        Play(byte[] input, long startNanos) {
            this.input = input;
            this.startNanos = startNanos;
        }
    }

    /** Looks after the thread that makes it. */
    static Watchdog over(String target, Path findings) {
        return new Watchdog(
                target, findings, LIMIT_NANOS, () -> Runtime.getRuntime().halt(HUNG));
    }

    Watchdog(String target, Path findings, long limitNanos, Runnable end) {
        this.target = target;
        this.findings = findings;
        this.limitNanos = limitNanos;
        this.end = end;
        this.looker = new Thread(this::look, "fuzz-watchdog");
        looker.setDaemon(true);
        looker.start();
    }

    /** {@return how many steps the input was; an input that takes too long does not return} */
    long play(FuzzTarget what, byte[] input) {
        play = new Play(input, System.nanoTime() | 1);
        try {
            return what.play(input);
        } finally {
            play = new Play(input, 0);
        }
    }

    private void look() {
        while (!closed) {
            Play now = play;
            if (now.startNanos != 0 && System.nanoTime() - now.startNanos > limitNanos) {
                tell(now.input);
                end.run();
                return;
            }
            try {
                Thread.sleep(TimeUnit.NANOSECONDS.toMillis(limitNanos / 10));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void tell(byte[] input) {
        String stack = Arrays.stream(player.getStackTrace())
                .limit(FRAMES)
                .map(frame -> "\n    at " + frame)
                .collect(Collectors.joining());
        Path file = findings.resolve(target).resolve("hang-" + Integer.toHexString(Arrays.hashCode(input)) + ".bin");
        String written = input.length + " bytes in " + file;
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, input);
            Files.writeString(file.resolveSibling(file.getFileName() + ".txt"), target + " hangs" + stack + "\n");
        } catch (IOException e) {
            written = input.length + " bytes, which cannot be written to " + file + ": " + e;
        }
        System.err.println(target + " hangs, " + written + stack);
        System.err.flush();
    }

    @Override
    public void close() {
        closed = true;
        looker.interrupt();
    }
}
