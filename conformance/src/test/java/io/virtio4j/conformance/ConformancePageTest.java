// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Compares the committed page with what the tests of all modules just recorded; with {@code -Dconformance.update} writes it.
 * Runs in the phase verify of the last module, after everything else.
 */
class ConformancePageTest {

    private static final Path ROOT = Path.of("..");

    private final Conformance conformance = Conformance.of(ROOT);

    @Test
    void everyIdIsAClauseThatApplies() {
        assertThat(conformance.problems()).isEmpty();
    }

    @Test
    void thePageSaysWhatTheTestsShow() throws IOException {
        if (System.getProperty("conformance.update") != null) {
            WritePage.write(ROOT, conformance);
        }
        assertThat(WritePage.pageIn(ROOT))
                .as("docs/conformance.md, to be written anew with " + Page.UPDATE_COMMAND)
                .hasContent(Page.of(conformance));
    }
}
