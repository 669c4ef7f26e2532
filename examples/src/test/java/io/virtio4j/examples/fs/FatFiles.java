// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.fs;

import de.waldheinz.fs.FsDirectory;
import de.waldheinz.fs.FsDirectoryEntry;
import de.waldheinz.fs.FsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Files in a folder of a FAT file system, as fat32-lib reads and writes them. */
final class FatFiles {
    private final FsDirectory folder;

    FatFiles(FsDirectory folder) {
        this.folder = folder;
    }

    /** {@return SHA-256 of each file, by path} In small letters, since the library knows no others in short names. */
    SortedMap<String, String> checksums() throws IOException {
        SortedMap<String, String> checksums = new TreeMap<>();
        collect(folder, "", checksums);
        return checksums;
    }

    private static void collect(FsDirectory from, String prefix, SortedMap<String, String> checksums)
            throws IOException {
        for (FsDirectoryEntry entry : from) {
            String path = prefix + entry.getName().toLowerCase(Locale.ROOT);
            if (entry.isFile()) {
                checksums.put(path, Tree.checksum(read(entry.getFile())));
            } else if (entry.isDirectory() && !path.endsWith(".")) {
                collect(entry.getDirectory(), path + "/", checksums);
            }
        }
    }

    private static byte[] read(FsFile file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.getLength()));
        file.read(0, bytes);
        return bytes.array();
    }

    /** Adds all files of a tree, and the folders that they lie in. */
    void add(Tree tree) throws IOException {
        for (Map.Entry<String, byte[]> entry : tree.files().entrySet()) {
            parent(entry.getKey()).addFile(name(entry.getKey())).getFile().write(0, ByteBuffer.wrap(entry.getValue()));
        }
    }

    /** {@return a file that is there} */
    FsFile file(String path) throws IOException {
        return parent(path).getEntry(name(path)).getFile();
    }

    void remove(String path) throws IOException {
        parent(path).remove(name(path));
    }

    private FsDirectory parent(String path) throws IOException {
        FsDirectory directory = folder;
        String[] names = path.split("/");
        for (int i = 0; i < names.length - 1; i++) {
            FsDirectoryEntry entry = directory.getEntry(names[i]);
            directory = (entry == null ? directory.addDirectory(names[i]) : entry).getDirectory();
        }
        return directory;
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
