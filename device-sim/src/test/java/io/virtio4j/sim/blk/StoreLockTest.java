// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.device.blk.BlockStores;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two at once that write to an image would destroy what is on it. */
final class StoreLockTest {
    private static final int LENGTH = 64 << 10;

    @TempDir
    private Path directory;

    private Path image;

    @BeforeEach
    void makeImage() throws IOException {
        image = Files.write(directory.resolve("disk.img"), new byte[LENGTH]);
    }

    /** A process that opens a store, says how that went, and ends. */
    static final class Opening {
        private Opening() {}

        public static void main(String[] args) {
            try (BlockStore store = BlockStores.open(URI.create(args[0]))) {
                System.out.println("opened " + store);
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static String openElsewhere(String uri) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Opening.class.getName(),
                        uri)
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void anImageHasOneStoreThatWrites() throws IOException {
        FileBlockStore first = FileBlockStore.open(image, false);
        assertThatThrownBy(() -> FileBlockStore.open(image, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(image + " is in use by another store of this process");
        first.close();
        FileBlockStore.open(image, false).close();
    }

    @Test
    void itMayBeReadByManyMeanwhile() throws IOException {
        try (FileBlockStore writer = FileBlockStore.open(image, false);
                FileBlockStore reader = FileBlockStore.open(image, true);
                FileBlockStore another = FileBlockStore.open(image, true)) {
            assertThat(writer.lengthBytes())
                    .isEqualTo(reader.lengthBytes())
                    .isEqualTo(another.lengthBytes())
                    .isEqualTo(LENGTH);
        }
    }

    @Test
    void anotherProcessThatWantsToWriteIsRefusedUntilTheStoreIsClosed() throws IOException, InterruptedException {
        String uri = "file:" + image;
        try (FileBlockStore store = FileBlockStore.open(image, false)) {
            assertThat(openElsewhere(uri)).contains(image + " is in use by another process");
            assertThat(openElsewhere(uri + "?read-only")).startsWith("opened ");
            assertThat(store.lengthBytes()).isEqualTo(LENGTH);
        }
        assertThat(openElsewhere(uri)).startsWith("opened ");
    }

    @Test
    void aNewImageIsLockedToo() throws IOException, InterruptedException {
        Path made = directory.resolve("new.img");
        try (FileBlockStore store = FileBlockStore.create(made, LENGTH)) {
            assertThat(openElsewhere("file:" + made)).contains(made + " is in use by another process");
            assertThat(store.isReadOnly()).isFalse();
        }
    }
}
