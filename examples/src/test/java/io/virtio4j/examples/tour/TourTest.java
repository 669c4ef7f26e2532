// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.tour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README's example works, and is the code that the README shows. */
final class TourTest {
    @Test
    void theDeviceAnswersInCapitals() {
        assertThat(Tour.shout("wmb, rmb and mb")).isEqualTo("WMB, RMB AND MB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Tour", "ShoutDevice"})
    void theReadmeShowsTheExampleAsItIs(String type) throws IOException {
        Path source = Path.of("src/main/java/io/virtio4j/examples/tour", type + ".java");
        String text = Files.readString(source);
        int start = text.indexOf('\n', text.indexOf("// README: ")) + 1;
        String shown = text.substring(start, text.lastIndexOf('\n', text.indexOf("// README: end")) + 1);
        assertThat(Files.readString(Path.of("../README.md")))
                .contains(shown.stripTrailing().stripIndent());
    }
}
