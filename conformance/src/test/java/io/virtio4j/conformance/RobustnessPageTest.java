// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Compares the committed page with what the hostile cases of all modules just came to; with {@code -Dconformance.update} writes
 * it. Runs in the phase verify of the last module, after everything else.
 */
class RobustnessPageTest {

    private static final Path ROOT = Path.of("..");

    private final Robustness robustness = Robustness.of(ROOT);

    @Test
    void noPeerHasDoneHarm() {
        assertThat(robustness.problems()).isEmpty();
    }

    @Test
    void everyRuleThatAppliesIsBrokenByAHostilePeerOrExempt() {
        assertThat(HostileCoverage.of(ROOT).problems(robustness.played())).isEmpty();
    }

    @Test
    void thePageSaysWhatTheCasesCameTo() throws IOException {
        if (System.getProperty("conformance.update") != null) {
            RobustnessPage.write(ROOT, robustness);
        }
        assertThat(RobustnessPage.pageIn(ROOT))
                .as("docs/robustness.md, to be written anew with " + Page.UPDATE_COMMAND)
                .hasContent(RobustnessPage.of(ROOT, robustness));
    }
}
