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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every block of code in docs/adding-a-device.md is a part, line for line, of the file that is linked above it. */
final class DocumentTest {
    private static final Path DOCUMENT = Path.of("../docs/adding-a-device.md");
    private static final int LEAST_BLOCKS = 10;

    private static final String LINK = "\\]\\((?<file>[^)\\s]+\\.(?:java|xml))\\)";

    /** A link to a source, then anything but another one or a block, then a block. */
    private static final Pattern BLOCK =
            Pattern.compile(LINK + "(?:(?!```|\\]\\().)*+```(?:java|xml)\\n(?<code>.*?)```", Pattern.DOTALL);

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

    static Stream<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(Files.readString(DOCUMENT));
        while (matcher.find()) {
            Path file = DOCUMENT.resolveSibling(matcher.group("file")).normalize();
            blocks.add(new Block(file, matcher.group("code")));
        }
        return blocks.stream();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void isTheSourceItNames(Block block) throws IOException {
        assertThat(block.isPartOf(Files.readString(block.file())))
                .as(block.code())
                .isTrue();
    }

    @Test
    void noBlockIsLeftOut() throws IOException {
        long fences = Files.readString(DOCUMENT)
                .lines()
                .filter(line -> line.startsWith("```"))
                .count();
        assertThat(blocks()).hasSizeGreaterThanOrEqualTo(LEAST_BLOCKS).hasSize((int) fences / 2);
    }

    @Test
    void aBlockThatDiffersIsNoPart() throws IOException {
        Block block = blocks().findFirst().orElseThrow();
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
