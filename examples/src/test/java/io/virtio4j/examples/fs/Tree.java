// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.fs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Files whose bytes follow from a seed: empty, of one byte, around a block, long, mostly holes, many small ones, deep down.
 *
 * @param files by path, with slashes
 */
record Tree(SortedMap<String, byte[]> files) {
    static final String EMPTY = "empty";
    static final String ONE_BLOCK = "one block.bin";
    static final String LONG = "long/a mebibyte and one byte.bin";
    static final String HOLES = "holes.bin";

    private static final int BLOCK_BYTES = 4096;
    private static final int HOLE_UNIT_BYTES = 64 << 10;
    private static final int ISLANDS = 9;
    private static final int SMALL_FILES = 150;
    private static final int MAX_SMALL_BYTES = 6000;

    static Tree of(long seed) {
        Random random = new Random(seed);
        SortedMap<String, byte[]> files = new TreeMap<>();
        files.put(EMPTY, new byte[0]);
        files.put("one byte", bytes(random, 1));
        files.put("sector", bytes(random, 512));
        files.put(ONE_BLOCK, bytes(random, BLOCK_BYTES));
        files.put("block-1", bytes(random, BLOCK_BYTES - 1));
        files.put("block+1", bytes(random, BLOCK_BYTES + 1));
        files.put(LONG, bytes(random, (1 << 20) + 1));
        files.put(HOLES, holes(random));
        files.put("a/b/c/d/e/f/deep.txt", bytes(random, 20_000));
        files.put("a/b/" + "x".repeat(150) + ".with a long name", bytes(random, 777));
        for (int i = 0; i < SMALL_FILES; i++) {
            files.put("many/small file no. " + i, bytes(random, random.nextInt(MAX_SMALL_BYTES)));
        }
        return new Tree(files);
    }

    static byte[] bytes(Random random, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        random.nextBytes(bytes);
        return bytes;
    }

    /** More pieces than fit into an inode of ext4, with zeros between them and at the end. */
    private static byte[] holes(Random random) {
        byte[] bytes = new byte[3 * ISLANDS * HOLE_UNIT_BYTES + 17];
        for (int island = 0; island < ISLANDS; island++) {
            byte[] data = bytes(random, 1 + random.nextInt(2 * BLOCK_BYTES));
            System.arraycopy(data, 0, bytes, 3 * island * HOLE_UNIT_BYTES, data.length);
        }
        return bytes;
    }

    /** {@return the same with other bytes of the same length for some of the files} */
    Tree withOther(long seed, String... paths) {
        Random random = new Random(seed);
        SortedMap<String, byte[]> changed = new TreeMap<>(files);
        for (String path : paths) {
            changed.computeIfPresent(path, (key, old) -> bytes(random, old.length));
        }
        return new Tree(changed);
    }

    /** Writes the files; what is zero for long is left out, as a hole. */
    void writeTo(Path folder) throws IOException {
        for (Map.Entry<String, byte[]> entry : files.entrySet()) {
            Path file = folder.resolve(entry.getKey());
            Files.createDirectories(file.getParent());
            writeSparse(file, entry.getValue());
        }
    }

    private static void writeSparse(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] zeros = new byte[HOLE_UNIT_BYTES];
            for (int at = 0; at < bytes.length; at += HOLE_UNIT_BYTES) {
                int end = Math.min(bytes.length, at + HOLE_UNIT_BYTES);
                if (end == bytes.length || !Arrays.equals(bytes, at, end, zeros, 0, end - at)) {
                    channel.write(ByteBuffer.wrap(bytes, at, end - at), at);
                }
            }
        }
    }

    /** {@return SHA-256 of each file, by path} */
    SortedMap<String, String> checksums() {
        SortedMap<String, String> checksums = new TreeMap<>();
        files.forEach((path, bytes) -> checksums.put(path, checksum(bytes)));
        return checksums;
    }

    /** {@return SHA-256 of each file in a folder and the folders in it, by path} */
    static SortedMap<String, String> checksumsIn(Path folder) throws IOException {
        SortedMap<String, String> checksums = new TreeMap<>();
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                checksums.put(folder.relativize(file).toString(), checksum(Files.readAllBytes(file)));
            }
        }
        return checksums;
    }

    static String checksum(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
