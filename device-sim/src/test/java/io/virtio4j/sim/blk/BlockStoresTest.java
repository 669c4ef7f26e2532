// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.device.blk.BlockStores;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores by URI, and the two that come with the library. */
final class BlockStoresTest {
    @TempDir
    private Path directory;

    @Test
    void aStoreInMemoryIsOpenedByUri() throws IOException {
        try (BlockStore store = BlockStores.open(URI.create("memory:1048576"))) {
            assertThat(store.lengthBytes()).isEqualTo(1 << 20);
            assertThat(store.isReadOnly()).isFalse();
            assertThat(store).hasToString("memory:1048576");
        }
    }

    @Test
    void aLengthMayHaveAUnit() throws IOException {
        for (String uri : List.of("memory:1048576", "memory:1024K", "memory:1M", "memory:1m")) {
            try (BlockStore store = BlockStores.open(URI.create(uri))) {
                assertThat(store.lengthBytes()).isEqualTo(1 << 20);
            }
        }
    }

    @Test
    void aFileIsMadeByUriIfItIsMissingAndLeftAloneIfNot() throws IOException {
        Path image = directory.resolve("a+b & c.img");
        URI uri = URI.create(image.toUri() + "?create=8K");
        for (int round = 0; round < 2; round++) {
            try (BlockStore store = BlockStores.open(uri)) {
                assertThat(store.lengthBytes()).isEqualTo(8192);
            }
            assertThat(image).hasSize(8192);
            uri = URI.create(image.toUri() + "?create=1M");
        }
    }

    @Test
    void anOverlayIsOpenedByUriWithAndWithoutAFileOfItsOwn() throws IOException {
        Path base = Files.write(directory.resolve("base.img"), new byte[8192]);
        Path top = directory.resolve("the top&more.img");
        String query = "?top=" + top.toUri().getRawPath().replace("&", "%26");
        for (String uri : List.of(
                "overlay:" + base.toUri().getRawPath(),
                "overlay:" + base.toUri().getRawPath() + query)) {
            try (BlockStore store = BlockStores.open(URI.create(uri))) {
                assertThat(store.lengthBytes()).isEqualTo(8192);
                assertThat(store.isReadOnly()).isFalse();
            }
        }
        assertThat(top).exists();
    }

    @Test
    void aFileIsOpenedByUriToWriteOrOnlyToRead() throws IOException {
        Path image = Files.write(directory.resolve("with space.img"), new byte[1024]);
        try (BlockStore store = BlockStores.open(image.toUri())) {
            assertThat(store.lengthBytes()).isEqualTo(1024);
            assertThat(store.isReadOnly()).isFalse();
        }
        try (BlockStore store = BlockStores.open(URI.create(image.toUri() + "?read-only"))) {
            assertThat(store.isReadOnly()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "memory:",
                "memory:x",
                "memory:-512",
                "memory:0",
                "memory:513",
                "memory:1Q",
                "memory:9999999T",
                "file:relative",
                "file:/a?b",
                "file:/a?read-only=1",
                "file:/a?create",
                "file:/a?create=1x",
                "file:/a?create=512&read-only",
                "overlay:relative",
                "overlay:/a?top"
            })
    void aUriThatNamesNoStoreIsRefused(String uri) {
        assertThatThrownBy(() -> BlockStores.open(new URI(uri.equals("memory:") ? "memory:%20" : uri)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-512", "513", "many", "1x", "9999999T"})
    void anImageOfNoLengthIsRefusedWithTheUriAndNotMade(String length) {
        Path image = directory.resolve("none.img");
        assertThatThrownBy(() -> BlockStores.open(URI.create(image.toUri() + "?create=" + length)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none.img")
                .hasMessageContaining("'" + length + "'");
        assertThat(image).doesNotExist();
    }

    @Test
    void anUnknownSchemeIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> BlockStores.open(URI.create("tape:/dev/st0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tape:/dev/st0")
                .hasMessageContaining("[file, memory, overlay]");
    }

    @Test
    void anImageOfNoWholeSectorsIsRefusedAndNotChanged() throws IOException {
        Path image = Files.write(directory.resolve("odd.img"), new byte[1000]);
        assertThatThrownBy(() -> FileBlockStore.open(image, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1000 bytes");
        assertThat(Files.size(image)).isEqualTo(1000);
    }

    @Test
    void anImageThatDoesNotExistIsNotMadeByOpening() {
        Path image = directory.resolve("absent.img");
        assertThatThrownBy(() -> FileBlockStore.open(image, false)).isInstanceOf(NoSuchFileException.class);
        assertThat(image).doesNotExist();
    }

    @Test
    void aNewImageIsFullOfZerosAndNeverReplacesAFile() throws IOException {
        Path image = directory.resolve("new.img");
        try (BlockStore store = FileBlockStore.create(image, 4096)) {
            assertThat(store.lengthBytes()).isEqualTo(4096);
        }
        assertThat(Files.readAllBytes(image)).isEqualTo(new byte[4096]);
        assertThatThrownBy(() -> FileBlockStore.create(image, 512)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(Files.size(image)).isEqualTo(4096);
        assertThatThrownBy(() -> FileBlockStore.create(directory.resolve("x"), 100))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(directory.resolve("x")).doesNotExist();
    }

    @Test
    void aRequestOfManySmallPiecesLongerThanTheBufferInBetweenIsWholeBothWays() throws IOException {
        int length = BounceBuffer.LENGTH_BYTES + 3 * 512;
        byte[] before = BlkRig.pattern(length + 1024, 1);
        Path image = Files.write(directory.resolve("disk.img"), before);
        byte[] data = BlkRig.pattern(length, 2);
        try (BlockStore store = FileBlockStore.open(image, false)) {
            BlkRig rig = new BlkRig(new SimBlk(store, SimBlkOptions.DEFAULTS, error -> {
                throw new AssertionError(error);
            }));
            List<byte[]> readable = new ArrayList<>();
            readable.add(BlkRig.header(BlkRequestType.OUT, 1));
            List<Integer> writable = new ArrayList<>();
            int piece = 6_000;
            for (int at = 0; at < length; at += piece) {
                int end = Math.min(length, at + piece);
                readable.add(Arrays.copyOfRange(data, at, end));
                writable.add(end - at);
            }
            writable.add(1);
            assertThat(rig.exchange(readable, List.of(1)).status()).isEqualTo(BlkStatus.OK);
            System.arraycopy(data, 0, before, 512, length);
            assertThat(Files.readAllBytes(image)).isEqualTo(before);

            BlkRig.Answer answer = rig.exchange(List.of(BlkRig.header(BlkRequestType.IN, 1)), writable);
            assertThat(answer.status()).isEqualTo(BlkStatus.OK);
            assertThat(answer.data()).isEqualTo(data);
        }
    }
}
