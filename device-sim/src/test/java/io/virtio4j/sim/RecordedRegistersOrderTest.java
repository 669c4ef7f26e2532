// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.memory.RecordingRegisters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What the model of weak memory explores of the registers (docs/memory-model.md) is what the code does: it is recorded here
 * and compared with the text that the model reads. {@code -Dpaths.update=true} writes it anew.
 */
class RecordedRegistersOrderTest {
    private static final Path TEXT =
            Path.of("..", "stress", "src", "main", "resources", "io", "virtio4j", "stress", "model", "registers.txt");

    private final List<String> lines = new ArrayList<>();
    private final ControlBlock registers = new ControlBlock(
            new RecordingRegisters(ControlBlock.LENGTH_BYTES, offset -> offset == 0 ? "request" : "answer", lines));
    private final StringBuilder text = new StringBuilder("# Recorded by RecordedRegistersOrderTest of device-sim.\n");

    private void path(String name, Runnable step, String fence) {
        lines.clear();
        step.run();
        assertThat(lines).as(name).filteredOn(line -> line.endsWith("MB")).hasSize(1);
        text.append('\n').append(name).append('\n');
        lines.forEach(line -> text.append("  ")
                .append(line)
                .append(line.endsWith("MB") ? " " + fence : "")
                .append('\n'));
    }

    @Test
    void theModelExploresWhatTheCodeDoes() throws IOException {
        path("registers driver requests", registers::request, "H transport-request");
        path("registers device takes", registers::poll, "H' transport-take");
        path("registers device answers", () -> registers.answer(true, 0), "I transport-answer");
        path("registers driver looks", registers::status, "I' transport-load");
        if (Boolean.getBoolean("paths.update")) {
            Files.writeString(TEXT, text);
        }
        assertThat(Files.readString(TEXT)).isEqualTo(text.toString());
    }
}
