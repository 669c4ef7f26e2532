// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.stress.model.explore.MemoryModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/memory-model.md} says what the model says, byte for byte. {@code -Dmodel.update=true} writes it anew. It prints the
 * table, and leaves every trace in {@code target/model}.
 */
class ModelDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "memory-model.md");
    private static final Path TRACES = Path.of("target", "model");
    private static final Pattern BLOCK =
            Pattern.compile("(<!-- model: (?<what>\\w+) -->\n)(?<text>.*?)(<!-- end -->)", Pattern.DOTALL);

    @Test
    void theDocumentSaysWhatTheModelSays() throws IOException {
        ModelTable table = ModelTable.explore();
        System.out.println(table.screen());
        table.write(TRACES);

        assertThat(table.isProved()).as("see %s", TRACES).isTrue();
        String regenerated = regenerate(Files.readString(DOCUMENT), table);
        if (Boolean.getBoolean("model.update")) {
            Files.writeString(DOCUMENT, regenerated);
        }
        assertThat(Files.readString(DOCUMENT)).isEqualTo(regenerated);
    }

    private static String regenerate(String document, ModelTable table) {
        StringBuilder text = new StringBuilder();
        List<String> seen = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(document);
        while (blocks.find()) {
            seen.add(blocks.group("what"));
            String content = switch (blocks.group("what")) {
                case "table" -> table.markdown();
                case "scenarios" -> table.scenarios();
                case "reuse" -> reuse();
                default -> throw new IllegalStateException("no block " + blocks.group("what"));
            };
            blocks.appendReplacement(text, Matcher.quoteReplacement(blocks.group(1) + content + blocks.group(4)));
        }
        blocks.appendTail(text);
        assertThat(seen).containsExactlyInAnyOrder("table", "scenarios", "reuse");
        return text.toString();
    }

    /** F: B as a store-store fence. */
    private static String reuse() {
        List<String> trace = ModelTable.trace(
                "split: a descriptor is used again", "split-device-publish", Edit.STORE_STORE, MemoryModel.ARM);
        return "```\n" + String.join("\n", trace) + "\n```\n";
    }
}
