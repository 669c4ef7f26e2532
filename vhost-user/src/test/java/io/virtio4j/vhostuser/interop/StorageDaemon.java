// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A qemu-storage-daemon that serves an image over vhost-user. */
final class StorageDaemon implements AutoCloseable {
    private static final String PROGRAM = "qemu-storage-daemon";
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final Process process;
    private final Path log;

    private StorageDaemon(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Skips the test where the program is not installed. */
    static void requireInstalled() {
        boolean installed = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, PROGRAM)));
        assumeTrue(installed, "skipped: needs " + PROGRAM);
    }

    /** Starts one, and waits until it listens. */
    static StorageDaemon start(Path image, Path socket, boolean writable, int queues) {
        Path log = socket.resolveSibling(socket.getFileName() + ".log");
        List<String> command = new ArrayList<>(List.of(PROGRAM));
        command.add("--blockdev");
        command.add("driver=file,node-name=file,discard=unmap,filename=" + image
                + (writable ? "" : ",read-only=on,auto-read-only=off"));
        command.add("--blockdev");
        command.add("driver=raw,file=file,node-name=disk,discard=unmap" + (writable ? "" : ",read-only=on"));
        command.add("--export");
        command.add("type=vhost-user-blk,id=export,addr.type=unix,node-name=disk,addr.path=" + socket + ",writable="
                + (writable ? "on" : "off") + ",num-queues=" + queues);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            StorageDaemon daemon = new StorageDaemon(process, log);
            daemon.awaitSocket(socket);
            return daemon;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitSocket(Path socket) throws IOException {
        long deadlineNanos = System.nanoTime() + START_NANOS;
        while (!Files.exists(socket)) {
            if (!process.isAlive() || System.nanoTime() - deadlineNanos > 0) {
                close();
                throw new IOException(PROGRAM + " does not listen: " + Files.readString(log));
            }
            Thread.onSpinWait();
        }
    }

    /** Ends it without a chance to say anything. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(START_NANOS, TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException(PROGRAM + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        process.destroy();
        awaitEnd();
    }
}
