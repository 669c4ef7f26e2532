// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.fs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An image of an ext4 file system, as the programs of e2fsprogs make and see it; nothing is mounted. The files lie in one
 * folder of it.
 *
 * @param file the image
 * @param blockBytes of a block
 */
record Ext4Image(Path file, int blockBytes) {
    private static final String PACKAGE = "e2fsprogs";
    private static final String FOLDER = "files";
    private static final String IDENTITY = "6b1f9a52-0d43-4b8e-9a57-3d0f1e2c4b5a";

    /** Which level and entry, first and last logical block, first and last physical block, length. */
    private static final Pattern EXTENT = Pattern.compile(
            "^ *\\d+/ *\\d+ +\\d+/ *\\d+ +(\\d+) - +\\d+ +(\\d+) - +\\d+ +(\\d+) *$", Pattern.MULTILINE);

    private static final Pattern FREE_BLOCKS = Pattern.compile("^  Free blocks: (.+)$", Pattern.MULTILINE);

    /**
     * Where a piece of a file lies, in blocks.
     *
     * @param logical the first block of the file
     * @param physical the first block of the disk
     * @param blocks how many there are
     */
    record Extent(long logical, long physical, int blocks) {}

    /** Makes an image of 24 MiB with the files of a tree in it. */
    static Ext4Image make(Path image, int blockBytes, Tree tree) throws IOException {
        Path source = Files.createTempDirectory(image.getParent(), "ext4");
        tree.writeTo(source.resolve(FOLDER));
        Program.require("mkfs.ext4", PACKAGE)
                .run(
                        "-q",
                        "-F",
                        "-b",
                        blockBytes,
                        "-O",
                        "extents,metadata_csum,^inline_data",
                        "-U",
                        IDENTITY,
                        "-E",
                        "hash_seed=" + IDENTITY,
                        "-d",
                        source,
                        image,
                        "24M")
                .expectSuccess();
        return new Ext4Image(image, blockBytes);
    }

    /** Fails if the file system has a fault. */
    void check() {
        Program.require("e2fsck", PACKAGE).run("-f", "-n", file).expectSuccess();
    }

    /** {@return SHA-256 of each file, as debugfs copies it out} */
    Map<String, String> checksums() throws IOException {
        Path target = Files.createTempDirectory(file.getParent(), "out");
        debugfs("rdump /" + FOLDER + " \"" + target + "\"");
        return Tree.checksumsIn(target.resolve(FOLDER));
    }

    /** {@return where the files lie, by path, as debugfs tells} */
    Map<String, List<Extent>> extents(Iterable<String> paths) throws IOException {
        Map<String, List<Extent>> extents = new LinkedHashMap<>();
        List<String> commands = new ArrayList<>();
        for (String path : paths) {
            commands.add("dump_extents -l \"/" + FOLDER + "/" + path + "\"");
            extents.put(path, new ArrayList<>());
        }
        String[] answers = debugfs(commands.toArray(String[]::new)).split("debugfs: dump_extents -l ");
        assertThat(answers).as("answers of debugfs").hasSize(commands.size() + 1);
        int answer = 1;
        for (List<Extent> found : extents.values()) {
            Matcher extent = EXTENT.matcher(answers[answer++]);
            while (extent.find()) {
                found.add(new Extent(
                        Long.parseLong(extent.group(1)),
                        Long.parseLong(extent.group(2)),
                        Integer.parseInt(extent.group(3))));
            }
        }
        return extents;
    }

    /** {@return the blocks that belong to nothing, as dumpe2fs tells} */
    List<Extent> freeBlocks() {
        String listing =
                Program.require("dumpe2fs", PACKAGE).run(file).expectSuccess().output();
        List<Extent> free = new ArrayList<>();
        Matcher line = FREE_BLOCKS.matcher(listing);
        while (line.find()) {
            for (String range : line.group(1).split(", ")) {
                String[] ends = range.split("-");
                long first = Long.parseLong(ends[0]);
                long last = Long.parseLong(ends[ends.length - 1]);
                free.add(new Extent(0, first, (int) (last - first + 1)));
            }
        }
        return free;
    }

    /** debugfs ends well whatever happens: it says on its standard error what did not work. */
    private String debugfs(String... commands) throws IOException {
        Path script = Files.createTempFile(file.getParent(), "debugfs", ".commands");
        Files.writeString(script, List.of(commands).stream().collect(Collectors.joining("\n", "", "\n")));
        return Program.require("debugfs", PACKAGE)
                .run("-f", script, file)
                .expectNoErrorBut("debugfs 1.")
                .output();
    }
}
