// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.fs;

import static org.assertj.core.api.Assertions.assertThat;

import de.waldheinz.fs.FileSystem;
import de.waldheinz.fs.FileSystemFactory;
import de.waldheinz.fs.fat.FatFileSystem;
import io.virtio4j.blk.BlkChannel;
import io.virtio4j.sim.blk.FileBlockStore;
import io.virtio4j.sim.blk.OverlayBlockStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A FAT file system read and written by a library, through the driver and the device: mtools and fsck.fat see the same files
 * and no fault.
 */
final class FatTest {
    /** Assertions of the library's own fail on files that others have named; without them it goes on, and rightly. */
    @BeforeAll
    static void leaveOutTheLibrarysAssertions() {
        FatTest.class.getClassLoader().setPackageAssertionStatus("de.waldheinz.fs", false);
    }

    private static final Tree TREE = Tree.of(8);

    @TempDir
    private Path directory;

    private FatImage make(FatImage.Kind kind) {
        return FatImage.make(directory.resolve("fat.img"), kind);
    }

    @ParameterizedTest
    @EnumSource
    void everyFileThatMcopyWroteIsReadByTheLibrary(FatImage.Kind kind) throws IOException {
        FatImage image = make(kind);
        image.add(TREE);
        try (DiskRig rig = new DiskRig(FileBlockStore.open(image.file(), true))) {
            FatFileSystem fat = FatFileSystem.read(new ChannelDisk(rig.channel(), true), true);
            assertThat(fat.getFatType()).hasToString(kind.name());
            assertThat(files(fat).checksums()).isEqualTo(TREE.checksums()).isEqualTo(image.checksums());
            fat.close();
        }
    }

    private static FatFiles files(FileSystem fat) throws IOException {
        return new FatFiles(fat.getRoot().getEntry(FatImage.FOLDER).getDirectory());
    }

    @ParameterizedTest
    @EnumSource
    void everyFileThatTheLibraryWroteIsReadByMcopy(FatImage.Kind kind) throws IOException {
        FatImage image = make(kind);
        try (DiskRig rig = new DiskRig(FileBlockStore.open(image.file(), false))) {
            write(rig.channel(), TREE);
        }
        image.check();
        assertThat(image.checksums()).isEqualTo(TREE.checksums());
        assertThat(image.listing().lines().filter(line -> !line.endsWith("/")))
                .as("what mdir lists")
                .containsExactlyInAnyOrderElementsOf(TREE.files().keySet().stream()
                        .map(path -> "::/" + FatImage.FOLDER + "/" + path)
                        .toList());
    }

    private static void write(BlkChannel channel, Tree tree) throws IOException {
        FileSystem fat = FileSystemFactory.create(new ChannelDisk(channel, false), false);
        fat.getRoot().addDirectory(FatImage.FOLDER);
        files(fat).add(tree);
        fat.close();
        channel.force();
    }

    @Test
    void filesThatTheLibraryChangesShrinksAppendsToAndRemovesAreThoseThatMcopyReads() throws IOException {
        FatImage base = make(FatImage.Kind.FAT16);
        base.add(TREE);
        String before = Tree.checksum(Files.readAllBytes(base.file()));
        Tree changed = TREE.withOther(9, Tree.ONE_BLOCK);
        byte[] more = Tree.bytes(new Random(10), 100_001);
        SortedMap<String, byte[]> expected = new TreeMap<>(changed.files());
        expected.remove(Tree.HOLES);
        expected.put(Tree.EMPTY, more);
        expected.compute(
                Tree.LONG,
                (path, bytes) ->
                        ByteBuffer.allocate(77_777).put(bytes, 0, 77_777).array());

        FatImage merged = new FatImage(directory.resolve("merged.img"));
        try (DiskRig rig = new DiskRig(OverlayBlockStore.openTemporary(base.file()))) {
            FileSystem fat = FileSystemFactory.create(new ChannelDisk(rig.channel(), false), false);
            FatFiles files = files(fat);
            files.file(Tree.ONE_BLOCK).write(0, ByteBuffer.wrap(changed.files().get(Tree.ONE_BLOCK)));
            files.file(Tree.LONG).setLength(77_777);
            files.remove(Tree.HOLES);
            for (int at = 0; at < more.length; at += 777) {
                files.file(Tree.EMPTY).write(at, ByteBuffer.wrap(more, at, Math.min(777, more.length - at)));
            }
            fat.close();
            rig.disk().flush();
            rig.copyTo(merged.file());
        }
        merged.check();
        assertThat(merged.checksums()).isEqualTo(new Tree(expected).checksums());
        assertThat(Tree.checksum(Files.readAllBytes(base.file()))).isEqualTo(before);
        assertThat(base.checksums()).isEqualTo(TREE.checksums());
    }
}
