// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.barrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.testkit.Clause;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which of the JVM's fences a token stands for. The order tests show where a token is issued; that nothing weaker hides
 * behind it shows in the class alone: {@code VarHandle} has static fences only, and nobody can stand between.
 */
class FenceKindTest {
    private static final String[] FENCES = {
        "fullFence", "acquireFence", "releaseFence", "loadLoadFence", "storeStoreFence"
    };

    @ParameterizedTest
    @CsvSource({"Mb, fullFence", "Rmb, acquireFence", "Wmb, releaseFence"})
    @Clause({"CORE-DRV-ORDER-STRONG-BARRIERS", "CORE-DRV-SMP-ORDER-ENOUGH"})
    void aTokenIsIssuedByItsFenceAndNoOther(String token, String fence) throws IOException {
        String constants;
        try (InputStream in = Mb.class.getResourceAsStream(token + ".class")) {
            constants = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }

        assertThat(FENCES).filteredOn(constants::contains).containsExactly(fence);
    }
}
