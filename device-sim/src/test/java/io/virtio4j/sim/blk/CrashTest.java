// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.device.blk.BlockStores;
import io.virtio4j.testkit.Clause;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The process that serves a store is killed, with SIGKILL, in the middle of writes: what a flush has covered, or a write in
 * writethrough mode, is there afterwards. {@code -Dcrash.rounds=100} for a long run; the stores take turns.
 *
 * <p>The operating system lives on, so this shows that nothing acknowledged was kept in the process: no data, and no map of
 * an overlay. That the medium is waited for is shown by {@link FileBlockStoreTest} and {@link OverlayBlockStoreTest}.
 */
@Clause({"BLK-DEV-STABLE-FLUSH", "BLK-DEV-STABLE-WRITETHROUGH"})
final class CrashTest {
    private static final int MAX_LINES = 60;
    private static final int MAX_DELAY_MICROS = 3_000;

    @TempDir
    private Path directory;

    private enum Kind {
        FILE,
        FILE_WRITETHROUGH,
        OVERLAY,
        OVERLAY_WRITETHROUGH;

        boolean isOverlay() {
            return this == OVERLAY || this == OVERLAY_WRITETHROUGH;
        }

        boolean isWriteThrough() {
            return this == FILE_WRITETHROUGH || this == OVERLAY_WRITETHROUGH;
        }
    }

    static IntStream rounds() {
        return IntStream.range(0, Integer.getInteger("crash.rounds", 5));
    }

    @ParameterizedTest
    @MethodSource("rounds")
    void whatWasAcknowledgedAsDurableSurvivesTheProcess(int round) throws IOException, InterruptedException {
        Kind kind = Kind.values()[round % Kind.values().length];
        Path image = Files.write(directory.resolve("disk.img"), new byte[CrashLoad.SECTORS * 512]);
        String path = image.toUri().getRawPath();
        URI uri = URI.create(kind.isOverlay() ? "overlay:" + path + "?top=" + path + ".top" : "file:" + path);
        long seed = System.nanoTime();

        long durable = writeUntilKilled(uri, seed, kind.isWriteThrough());

        byte[] disk = readAll(uri);
        verify(disk, seed, durable);
        if (kind.isOverlay()) {
            assertThat(Files.readAllBytes(image)).as("the base").containsOnly(0);
        }
    }

    /** {@return the last write that the process said is durable} */
    private long writeUntilKilled(URI uri, long seed, boolean writeThrough) throws IOException, InterruptedException {
        Random random = new Random(seed);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashProgram.class.getName(),
                        uri.toString(),
                        String.valueOf(seed),
                        String.valueOf(writeThrough))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long durable = 0;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            int killAfter = 1 + random.nextInt(MAX_LINES);
            int seen = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                durable = Long.parseLong(line);
                if (++seen == killAfter) {
                    TimeUnit.MICROSECONDS.sleep(random.nextInt(MAX_DELAY_MICROS));
                    // Not Process.destroyForcibly, which closes the pipe: there may be more to read.
                    process.toHandle().destroyForcibly();
                }
            }
            assertThat(seen).as("lines before the process ended").isGreaterThanOrEqualTo(killAfter);
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("killed by SIGKILL").isEqualTo(128 + 9);
        return durable;
    }

    private static byte[] readAll(URI uri) throws IOException {
        try (BlockStore store = BlockStores.open(uri)) {
            BlkRig rig = new BlkRig(new SimBlk(store, SimBlkOptions.DEFAULTS, error -> {
                throw new AssertionError(error);
            }));
            return rig.read(0, CrashLoad.SECTORS);
        }
    }

    /** Each sector is as its last durable write left it, or as some later one did. */
    private static void verify(byte[] disk, long seed, long durable) {
        long newest = IntStream.range(0, CrashLoad.SECTORS)
                .mapToLong(sector -> CrashLoad.serialOf(disk, sector))
                .max()
                .orElseThrow();
        long[] lastDurable = new long[CrashLoad.SECTORS];
        boolean[] plausible = new boolean[CrashLoad.SECTORS];
        for (int sector = 0; sector < CrashLoad.SECTORS; sector++) {
            plausible[sector] = CrashLoad.serialOf(disk, sector) == 0;
        }
        CrashLoad load = new CrashLoad(seed);
        while (load.serial() < Math.max(durable, newest)) {
            load.next();
            for (int sector = load.sector(); sector < load.sector() + load.sectors(); sector++) {
                lastDurable[sector] = load.serial() <= durable ? load.serial() : lastDurable[sector];
                plausible[sector] |= CrashLoad.serialOf(disk, sector) == load.serial();
            }
        }
        for (int sector = 0; sector < CrashLoad.SECTORS; sector++) {
            long serial = CrashLoad.serialOf(disk, sector);
            assertThat(serial)
                    .as("sector %d, seed %d: durable up to write %d", sector, seed, durable)
                    .isGreaterThanOrEqualTo(lastDurable[sector]);
            assertThat(plausible[sector])
                    .as("write %d covers sector %d", serial, sector)
                    .isTrue();
            assertThat(Arrays.copyOfRange(disk, sector * 512, sector * 512 + 512))
                    .as("sector %d of write %d", sector, serial)
                    .isEqualTo(CrashLoad.sectorOf(serial, sector));
        }
    }
}
