// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.fs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * An image of a FAT file system, as dosfstools and mtools make and see it; nothing is mounted. The files lie in one folder
 * of it.
 *
 * @param file the image
 */
record FatImage(Path file) {
    /** The folder. */
    static final String FOLDER = "files";

    private static final String MTOOLS = "mtools";
    private static final String DOSFSTOOLS = "dosfstools";

    /** What entries of the allocation table have, in a file system that needs them that long. */
    enum Kind {
        FAT12(12, 8, 8),
        FAT16(16, 16, 2),
        FAT32(32, 40, 1);

        private final int bits;
        private final int mebibytes;
        private final int clusterSectors;

        Kind(int bits, int mebibytes, int clusterSectors) {
            this.bits = bits;
            this.mebibytes = mebibytes;
            this.clusterSectors = clusterSectors;
        }

        long lengthBytes() {
            return (long) mebibytes << 20;
        }
    }

    /** Makes an image of an empty file system. */
    static FatImage make(Path image, Kind kind) {
        Program.require("mkfs.fat", DOSFSTOOLS)
                .run(
                        "-F",
                        kind.bits,
                        "-s",
                        kind.clusterSectors,
                        "-n",
                        "VIRTIO4J",
                        "--invariant",
                        "-C",
                        image,
                        kind.mebibytes << 10)
                .expectSuccess();
        return new FatImage(image);
    }

    /** Copies the files of a tree into the file system. */
    void add(Tree tree) throws IOException {
        Path source = Files.createTempDirectory(file.getParent(), "fat");
        tree.writeTo(source.resolve(FOLDER));
        Program.require("mcopy", MTOOLS)
                .run("-s", "-i", file, source.resolve(FOLDER), "::/")
                .expectSuccess();
    }

    /** Fails if the file system has a fault. */
    void check() {
        Program.require("fsck.fat", DOSFSTOOLS).run("-n", "-v", file).expectSuccess();
    }

    /** {@return what is in the file system, as mdir lists it} */
    String listing() {
        return Program.require("mdir", MTOOLS)
                .run("-/", "-b", "-i", file, "::/" + FOLDER)
                .expectSuccess()
                .output();
    }

    /** {@return SHA-256 of each file, as mcopy copies it out} */
    Map<String, String> checksums() throws IOException {
        Path target = Files.createTempDirectory(file.getParent(), "out");
        Program.require("mcopy", MTOOLS)
                .run("-s", "-i", file, "::/" + FOLDER, target)
                .expectSuccess();
        return Tree.checksumsIn(target.resolve(FOLDER));
    }
}
