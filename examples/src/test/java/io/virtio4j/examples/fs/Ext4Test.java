// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.blk.BlkRanges;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.examples.fs.Ext4Image.Extent;
import io.virtio4j.sim.blk.FileBlockStore;
import io.virtio4j.sim.blk.OverlayBlockStore;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A file system made by mkfs.ext4, through the driver and the device: what e2fsprogs sees of it is what they see. */
final class Ext4Test {
    private static final int SECTOR_BYTES = 512;
    private static final Tree TREE = Tree.of(5);

    @TempDir
    private Path directory;

    private Ext4Image make(int blockBytes) throws IOException {
        return Ext4Image.make(directory.resolve("ext4.img"), blockBytes, TREE);
    }

    /** Puts a file together from where it is said to lie; what lies nowhere is zero. */
    private static byte[] readBlocks(DiskRig rig, List<Extent> extents, int blockBytes, int lengthBytes) {
        byte[] bytes = new byte[(lengthBytes + blockBytes - 1) / blockBytes * blockBytes];
        for (Extent extent : extents) {
            byte[] part = rig.read(extent.physical() * blockBytes, extent.blocks() * blockBytes, blockBytes);
            int at = (int) extent.logical() * blockBytes;
            System.arraycopy(part, 0, bytes, at, Math.min(part.length, bytes.length - at));
        }
        return Arrays.copyOf(bytes, lengthBytes);
    }

    @ParameterizedTest
    @CsvSource({"1024, false", "4096, true"})
    void everyFileIsWhereDebugfsSaysThatItIs(int blockBytes, boolean packed) throws IOException {
        Ext4Image image = make(blockBytes);
        Map<String, List<Extent>> extents = image.extents(TREE.files().keySet());
        assertThat(extents.get(Tree.EMPTY)).isEmpty();
        assertThat(extents.get(Tree.HOLES)).as("more than an inode holds").hasSizeGreaterThan(4);

        Features rings = packed
                ? DriverSpec.RING_FEATURES
                : DriverSpec.RING_FEATURES.minus(Features.of(FeatureBits.RING_PACKED));
        SortedMap<String, String> checksums = new TreeMap<>();
        try (DiskRig rig = new DiskRig(FileBlockStore.open(image.file(), true), rings)) {
            assertThat(rig.disk().features().has(FeatureBits.RING_PACKED)).isEqualTo(packed);
            extents.forEach((path, places) -> {
                int lengthBytes = TREE.files().get(path).length;
                checksums.put(path, Tree.checksum(readBlocks(rig, places, blockBytes, lengthBytes)));
            });
        }
        assertThat(checksums).isEqualTo(TREE.checksums()).isEqualTo(image.checksums());
    }

    @Test
    void aDiskCopiedToAnotherIsTheSameFileSystem() throws IOException {
        Ext4Image image = make(4096);
        Ext4Image copy = new Ext4Image(directory.resolve("copy.img"), 4096);
        try (DiskRig from = new DiskRig(FileBlockStore.open(image.file(), true));
                DiskRig to = new DiskRig(FileBlockStore.create(copy.file(), Files.size(image.file())))) {
            from.copyTo(to.channel());
            to.channel().force();
        }
        assertThat(copy.file()).hasSameBinaryContentAs(image.file());
        copy.check();
        assertThat(copy.checksums()).isEqualTo(TREE.checksums());
    }

    @Test
    void whatIsWrittenOntoAnOverlayIsInItsFilesAndNotInTheBase() throws IOException {
        Ext4Image base = make(4096);
        String before = Tree.checksum(Files.readAllBytes(base.file()));
        Tree changed = TREE.withOther(6, Tree.ONE_BLOCK, Tree.LONG);
        assertThat(changed.checksums()).isNotEqualTo(TREE.checksums());
        Map<String, List<Extent>> extents = base.extents(List.of(Tree.ONE_BLOCK, Tree.LONG));
        Path top = directory.resolve("changes.overlay");
        try (DiskRig rig = new DiskRig(OverlayBlockStore.open(base.file(), top))) {
            extents.forEach(
                    (path, places) -> writeBlocks(rig, places, changed.files().get(path)));
            rig.disk().flush();
        }
        Ext4Image merged = new Ext4Image(directory.resolve("merged.img"), 4096);
        try (DiskRig rig = new DiskRig(OverlayBlockStore.open(base.file(), top))) {
            rig.copyTo(merged.file());
        }
        merged.check();
        assertThat(merged.checksums()).isEqualTo(changed.checksums());
        assertThat(base.checksums()).isEqualTo(TREE.checksums());
        assertThat(Tree.checksum(Files.readAllBytes(base.file()))).isEqualTo(before);
    }

    /** Overwrites a file where it lies; ext4 keeps no checksum of data. The last block is filled up with zeros, as it was. */
    private static void writeBlocks(DiskRig rig, List<Extent> places, byte[] bytes) {
        for (Extent extent : places) {
            int at = (int) extent.logical() * 4096;
            byte[] part = Arrays.copyOfRange(bytes, at, at + extent.blocks() * 4096);
            rig.write(extent.physical() * 4096, part, 4096);
        }
    }

    @Test
    void aTrimOfTheFreeBlocksLeavesEveryFileAsItIs() throws IOException {
        Ext4Image image = make(1024);
        List<Extent> free = image.freeBlocks();
        assertThat(free).isNotEmpty();
        BlkRanges ranges = new BlkRanges();
        Random random = new Random(7);
        try (DiskRig rig = new DiskRig(FileBlockStore.open(image.file(), false))) {
            for (Extent extent : free) {
                rig.write(extent.physical() * 1024, Tree.bytes(random, extent.blocks() * 1024), 4096);
                ranges.add(extent.physical() * 1024 / SECTOR_BYTES, extent.blocks() * 1024L / SECTOR_BYTES);
            }
            rig.disk().discard(ranges);
            rig.disk().flush();
        }
        image.check();
        assertThat(image.checksums()).isEqualTo(TREE.checksums());
        byte[] bytes = Files.readAllBytes(image.file());
        for (Extent extent : free) {
            int at = (int) extent.physical() * 1024;
            int end = at + extent.blocks() * 1024;
            assertThat(Arrays.equals(bytes, at, end, new byte[end - at], 0, end - at))
                    .as("zeros in %s", extent)
                    .isTrue();
        }
    }
}
