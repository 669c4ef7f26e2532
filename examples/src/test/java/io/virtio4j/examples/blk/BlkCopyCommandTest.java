// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.examples.CommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code virtio4j blk-copy} from its options to its files. */
final class BlkCopyCommandTest {
    private static final Pattern LINE =
            Pattern.compile("copied (\\d+) bytes in [0-9.]+ s, [0-9.]+ MB/s, SHA-256 ([0-9a-f]{64})\\R");

    @TempDir
    private Path directory;

    private Path file(String name, int lengthBytes) throws IOException {
        byte[] bytes = new byte[lengthBytes];
        new Random(lengthBytes).nextBytes(bytes);
        return Files.write(directory.resolve(name), bytes);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(path -> path.getFileName().toString()).sorted().collect(Collectors.toList());
        }
    }

    private static String sha256(CommandRunner command, long bytes) {
        Matcher line = LINE.matcher(command.out());
        assertThat(line.matches()).as(command.out() + command.err()).isTrue();
        assertThat(Long.parseLong(line.group(1))).isEqualTo(bytes);
        return line.group(2);
    }

    private String device(String image) {
        return "sim:file=" + directory.resolve(image);
    }

    /** Shorter than a sector, whole sectors, one request, several times all buffers, and a tail. */
    @ParameterizedTest
    @ValueSource(ints = {1, 511, 512, 262_144, 5_000_000})
    void aFileThatGoesThereAndBackIsTheSame(int lengthBytes) throws IOException {
        Path source = file("source", lengthBytes);
        CommandRunner there = new CommandRunner();
        CommandRunner back = new CommandRunner();
        assertThat(there.run("blk-copy", "--device", device("image"), "--from", source.toString()))
                .as(there.err())
                .isZero();
        String size = Integer.toString(lengthBytes);
        String to = directory.resolve("back").toString();
        assertThat(back.run("blk-copy", "--device", device("image"), "--to", to, "--size", size))
                .as(back.err())
                .isZero();
        assertThat(sha256(back, lengthBytes)).isEqualTo(sha256(there, lengthBytes));
        assertThat(directory.resolve("back")).hasSameBinaryContentAs(source);
    }

    @Test
    void theImageHoldsTheFileAndZerosToTheEndOfTheSector() throws IOException {
        Path source = file("source", 1_000);
        assertThat(new CommandRunner().run("blk-copy", "--device", device("image"), "--from", source.toString()))
                .isZero();
        byte[] image = Files.readAllBytes(directory.resolve("image"));
        assertThat(image).hasSize(1_024).startsWith(Files.readAllBytes(source));
        assertThat(Arrays.copyOfRange(image, 1_000, 1_024)).containsOnly(0);
    }

    @Test
    void aLargerImageKeepsWhatLiesBehindTheFile() throws IOException {
        Path image = file("image", 4_096);
        byte[] before = Files.readAllBytes(image);
        Path source = file("source", 512);
        assertThat(new CommandRunner().run("blk-copy", "--device", device("image"), "--from", source.toString()))
                .isZero();
        byte[] after = Files.readAllBytes(image);
        assertThat(after).startsWith(Files.readAllBytes(source));
        assertThat(Arrays.copyOfRange(after, 512, 4_096)).isEqualTo(Arrays.copyOfRange(before, 512, 4_096));
    }

    @Test
    void anImageThatIsTooSmallIsLeftAsItWas() throws IOException {
        Path image = file("image", 512);
        byte[] before = Files.readAllBytes(image);
        Path source = file("source", 513);
        CommandRunner command = new CommandRunner();
        assertThat(command.run("blk-copy", "--device", device("image"), "--from", source.toString()))
                .isEqualTo(1);
        assertThat(command.err().lines()).hasSize(1);
        assertThat(Files.readAllBytes(image)).isEqualTo(before);
    }

    @Test
    void aDiskInMemoryTakesAFile() throws IOException {
        Path source = file("source", 70_000);
        CommandRunner command = new CommandRunner();
        assertThat(command.run("blk-copy", "--device", "sim:memory", "--from", source.toString()))
                .isZero();
        assertThat(sha256(command, 70_000)).hasSize(64);
    }

    @Test
    void whatCannotBeReadFailsInOneSentenceAndLeavesNoImage() throws IOException {
        Files.createFile(directory.resolve("empty"));
        for (String from : List.of("missing", ".", "empty")) {
            CommandRunner command = new CommandRunner();
            String path = directory.resolve(from).toString();
            assertThat(command.run("blk-copy", "--device", device("image"), "--from", path))
                    .isEqualTo(1);
            assertThat(command.err().lines()).hasSize(1);
        }
        assertThat(files()).containsExactly("empty");
    }

    @Test
    void whatCannotBeWrittenFailsInOneSentenceAndLeavesNothing() throws IOException {
        file("image", 1_024);
        file("ragged", 1_000);
        for (String[] args : new String[][] {
            {
                "--device",
                device("image"),
                "--to",
                directory.resolve("no/such/file").toString()
            },
            {"--device", device("missing"), "--to", directory.resolve("back").toString()},
            {"--device", device("ragged"), "--to", directory.resolve("back").toString()},
        }) {
            CommandRunner command = new CommandRunner();
            assertThat(command.run(Stream.concat(Stream.of("blk-copy"), Stream.of(args))
                            .toArray(String[]::new)))
                    .isEqualTo(1);
            assertThat(command.err().lines()).hasSize(1);
        }
        assertThat(files()).containsExactly("image", "ragged");
    }

    @ParameterizedTest
    @CsvSource({
        "--device sim:memory",
        "--device none --from a",
        "--device sim --from a",
        "--device sim:file= --from a",
        "--device vhost-user:s --from a",
        "--device tape --from a",
        "--device sim:memory --to a",
        "--device sim:memory --from a --to b",
        "--device sim:memory --from a --size 3",
        "--device sim:memory --store memory:1M --from a",
        "--device sim:file=b --file c --from a",
        "--device sim --store memory:1M --file c --from a",
        "--device sim --to a",
        "--from a"
    })
    void badUsageIsOneSentenceWithStatusTwo(String options) {
        CommandRunner command = new CommandRunner();
        assertThat(command.run(("blk-copy " + options).split(" "))).isEqualTo(2);
        assertThat(command.err().lines()).as(command.err()).hasSize(1);
    }

    @Test
    void moreThanTheDiskHoldsIsBadUsage() throws IOException {
        file("image", 1_024);
        CommandRunner command = new CommandRunner();
        String to = directory.resolve("back").toString();
        assertThat(command.run("blk-copy", "--device", device("image"), "--to", to, "--size", "1025"))
                .isEqualTo(2);
        assertThat(files()).containsExactly("image");
    }

    @Test
    void anImageIsNotCopiedOverItself() throws IOException {
        Path image = file("image", 1_024);
        byte[] before = Files.readAllBytes(image);
        Files.createSymbolicLink(directory.resolve("link"), image);
        for (String[] args : new String[][] {
            {"--to", image.toString(), "--size", "512"},
            {"--to", directory.resolve("link").toString(), "--size", "512"},
            {"--from", image.toString()}
        }) {
            CommandRunner command = new CommandRunner();
            assertThat(command.run(Stream.concat(Stream.of("blk-copy", "--device", device("image")), Stream.of(args))
                            .toArray(String[]::new)))
                    .isEqualTo(1);
            assertThat(command.err().lines()).hasSize(1);
        }
        assertThat(Files.readAllBytes(image)).isEqualTo(before);
        assertThat(directory.resolve("link")).isSymbolicLink();
    }

    @Test
    void aLinkStaysALinkAndADeviceADevice() throws IOException {
        Path image = file("image", 1_024);
        Path target = file("target", 3);
        Path link = Files.createSymbolicLink(directory.resolve("link"), target);
        assertThat(new CommandRunner().run("blk-copy", "--device", device("image"), "--to", link.toString()))
                .isZero();
        assertThat(link).isSymbolicLink();
        assertThat(target).hasSameBinaryContentAs(image);

        CommandRunner command = new CommandRunner();
        assertThat(command.run("blk-copy", "--device", device("image"), "--to", "/dev/null"))
                .isEqualTo(1);
        assertThat(command.err()).contains("no regular file");
    }

    @Test
    void anyStoreTakesAFileByItsUriAndGivesItBack() throws IOException {
        Path source = file("source", 100_000);
        file("base", 1 << 20);
        String made = "file:" + directory.resolve("made") + "?create=1M";
        String overlay = "overlay:" + directory.resolve("base") + "?top=" + directory.resolve("top");
        for (String store : List.of(made, overlay)) {
            CommandRunner there = new CommandRunner();
            CommandRunner back = new CommandRunner();
            assertThat(there.run("blk-copy", "--device", "sim", "--store", store, "--from", source.toString()))
                    .as(there.err())
                    .isZero();
            String to = directory.resolve("back").toString();
            assertThat(back.run("blk-copy", "--device", "sim", "--store", store, "--to", to, "--size", "100000"))
                    .as(back.err())
                    .isZero();
            assertThat(sha256(back, 100_000)).isEqualTo(sha256(there, 100_000));
            assertThat(directory.resolve("back")).hasSameBinaryContentAs(source);
        }
    }

    @Test
    void aFileIsShortForAStoreOnIt() throws IOException {
        Path image = file("image", 1_024);
        Path back = directory.resolve("back");
        assertThat(new CommandRunner()
                        .run("blk-copy", "--device", "sim", "--file", image.toString(), "--to", back.toString()))
                .isZero();
        assertThat(back).hasSameBinaryContentAs(image);
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo", "tape:4", "memory:many", "memory:1000", "file:relative", "file:/x?what", "bad%uri"})
    void whatNamesNoStoreIsBadUsage(String store) throws IOException {
        Path source = file("source", 1_000);
        CommandRunner command = new CommandRunner();
        assertThat(command.run("blk-copy", "--device", "sim", "--store", store, "--from", source.toString()))
                .isEqualTo(2);
        assertThat(command.err().lines()).singleElement().asString().contains(store);
    }

    @Test
    void aStoreThatCannotTakeTheFileIsLeftAsItWas() throws IOException {
        Path source = file("source", 4_096);
        Path image = file("image", 8_192);
        byte[] before = Files.readAllBytes(image);
        for (String store : List.of(
                "memory:1K",
                "file:" + image + "?read-only",
                "file:" + directory.resolve("missing"),
                "file:" + source)) {
            CommandRunner command = new CommandRunner();
            assertThat(command.run("blk-copy", "--device", "sim", "--store", store, "--from", source.toString()))
                    .as(store)
                    .isEqualTo(1);
            assertThat(command.err().lines()).as(command.err()).hasSize(1);
        }
        assertThat(Files.readAllBytes(image)).isEqualTo(before);
        assertThat(files()).containsExactly("image", "source");
    }

    @Test
    void noFileOfAStoreIsCopiedOver() throws IOException {
        Path base = file("base", 4_096);
        Path top = directory.resolve("top");
        String store = "overlay:" + base + "?top=" + top;
        byte[] before = Files.readAllBytes(base);
        for (Path to : List.of(base, top)) {
            CommandRunner command = new CommandRunner();
            assertThat(command.run("blk-copy", "--device", "sim", "--store", store, "--to", to.toString()))
                    .isEqualTo(1);
            assertThat(command.err().lines()).as(command.err()).hasSize(1);
        }
        assertThat(Files.readAllBytes(base)).isEqualTo(before);
    }
}
