// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A block of code in these pages is a part, line for line, of the file that is linked above it. */
final class DocumentTest {
    private static final Path DOCUMENTS = Path.of("../docs");
    private static final List<String> PAGES =
            List.of("adding-a-device.md", "block-stores.md", "testing-a-device.md", "testing-a-driver.md");

    private static final String LINK = "\\]\\((?<file>[^)\\s]+\\.(?:java|xml))\\)";

    /** A link to a source, then anything but another one or a block, then a block. */
    private static final Pattern BLOCK =
            Pattern.compile(LINK + "(?:(?!```|\\]\\().)*+```(?:java|xml)\\n(?<code>.*?)```", Pattern.DOTALL);

    private static final Path KIT_PACKAGE =
            Path.of("../device-sim/src/main/java/io/virtio4j/sim/hostile/package-info.java");
    private static final Path KIT_EXAMPLE =
            Path.of("src/test/java/io/virtio4j/examples/hostile/HostileDevicesTest.java");
    private static final Pattern JAVADOC_BLOCK = Pattern.compile("<pre>\\{@code\\n(?<code>.*?)}</pre>", Pattern.DOTALL);

    /**
     * A block of code.
     *
     * @param file where it is said to come from
     * @param code its lines
     */
    record Block(Path file, String code) {
        boolean isPartOf(String source) {
            return lines(source).contains(lines(code));
        }

        /** How deep code is nested where it comes from is not shown. */
        private static String lines(String text) {
            return "\n" + text.lines().map(line -> line.strip() + "\n").reduce("", String::concat);
        }

        @Override
        public String toString() {
            return file.getFileName() + ": " + code.lines().findFirst().orElse("");
        }
    }

    static List<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (String page : PAGES) {
            blocks.addAll(blocks(page));
        }
        return blocks;
    }

    private static List<Block> blocks(String page) throws IOException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(Files.readString(DOCUMENTS.resolve(page)));
        while (matcher.find()) {
            Path file = DOCUMENTS.resolve(matcher.group("file")).normalize();
            blocks.add(new Block(file, matcher.group("code")));
        }
        return blocks;
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void isTheSourceItNames(Block block) throws IOException {
        assertThat(block.isPartOf(Files.readString(block.file())))
                .as(block.code())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "adding-a-device.md, 10, 0",
        "block-stores.md, 2, 1",
        "testing-a-device.md, 2, 0",
        "testing-a-driver.md, 2, 0"
    })
    void noBlockIsLeftOutButThoseThatAreOnlySketches(String page, int leastBlocks, int sketches) throws IOException {
        long fences = Files.readString(DOCUMENTS.resolve(page))
                .lines()
                .filter(line -> line.startsWith("```"))
                .count();
        assertThat(blocks(page)).hasSizeGreaterThanOrEqualTo(leastBlocks).hasSize((int) fences / 2 - sketches);
    }

    /** So that it compiles: Javadoc is not compiled where it stands. */
    @Test
    void theExampleOfTheKitsPackageIsAPartOfTheOneHere() throws IOException {
        String page = Files.readString(KIT_PACKAGE).replaceAll("(?m)^ \\* ?", "");
        Matcher matcher = JAVADOC_BLOCK.matcher(page);
        List<Block> found = new ArrayList<>();
        while (matcher.find()) {
            found.add(new Block(KIT_EXAMPLE, matcher.group("code")));
        }

        assertThat(found).singleElement().matches(block -> block.code().contains("new CaseRunner<>(party)"));
        assertThat(found.get(0).isPartOf(Files.readString(KIT_EXAMPLE)))
                .as(found.get(0).code())
                .isTrue();
    }

    @Test
    void aBlockThatDiffersIsNoPart() throws IOException {
        Block block = blocks().get(0);
        String source = Files.readString(block.file());
        String[] lines = block.code().split("\n");
        lines[0] = lines[0] + " ";
        assertThat(new Block(block.file(), String.join("\n", lines)).isPartOf(source))
                .isTrue();
        lines[0] = lines[0].strip() + "x";
        assertThat(new Block(block.file(), String.join("\n", lines)).isPartOf(source))
                .isFalse();
    }
}
