// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory for regions that no single buffer can hold: a file without a name, mapped window by window. Pages that nobody
 * has touched are zero and take no room; direct buffers would be zeroed, and so touched, from end to end.
 */
final class SparseFile {
    /** Where Linux keeps shared memory: files that never go to a disk. */
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private SparseFile() {}

    /**
     * Makes the windows.
     *
     * @param windowBytes the length of each but the last
     * @throws IllegalStateException if no file system has room for all of it
     */
    static List<ByteBuffer> map(long lengthBytes, int windowBytes) {
        try {
            Path file = Files.createTempFile(directoryWithRoomFor(lengthBytes), "virtio4j-", ".memory");
            // Deleted when the channel is closed below: the mappings stay, and go when nothing refers to them.
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
                List<ByteBuffer> windows = new ArrayList<>();
                for (long at = 0; at < lengthBytes; at += windowBytes) {
                    windows.add(channel.map(MapMode.READ_WRITE, at, Math.min(windowBytes, lengthBytes - at)));
                }
                return windows;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot map a region of " + lengthBytes + " bytes", e);
        }
    }

    private static Path directoryWithRoomFor(long lengthBytes) throws IOException {
        StringBuilder rooms = new StringBuilder();
        for (Path directory : List.of(SHARED_MEMORY, Path.of(System.getProperty("java.io.tmpdir")))) {
            if (Files.isDirectory(directory) && Files.isWritable(directory)) {
                long room = Files.getFileStore(directory).getUsableSpace();
                if (room >= lengthBytes) {
                    return directory;
                }
                rooms.append(rooms.isEmpty() ? "" : ", ")
                        .append(directory)
                        .append(" has ")
                        .append(room);
            }
        }
        throw new IllegalStateException("no room for a region of " + lengthBytes + " bytes: "
                + (rooms.isEmpty() ? "no folder for it can be written to" : rooms.toString())
                + "; -Djava.io.tmpdir names another folder");
    }
}
