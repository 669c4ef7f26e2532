// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which memory a JVM gets, by flag and by system property. */
class MemoryChoiceTest {
    @Test
    void withTheFlagItIsAgronaAndNothingIsSaid() {
        assertThat(MemoryChoice.of(null, true)).isEqualTo(new MemoryChoice(true, null, null));
    }

    @Test
    void withoutTheFlagItIsViewsAndTheHintNamesTheFlag() {
        MemoryChoice choice = MemoryChoice.of(null, false);

        assertThat(choice.isAgrona()).isFalse();
        assertThat(choice.refusal()).isNull();
        assertThat(choice.hint()).contains("--add-exports java.base/jdk.internal.misc=ALL-UNNAMED");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void viewsCanBeHadInEveryJvmWithoutAHint(boolean isExported) {
        assertThat(MemoryChoice.of("views", isExported)).isEqualTo(new MemoryChoice(false, null, null));
    }

    @Test
    void agronaByNameNeedsTheFlag() {
        assertThat(MemoryChoice.of("agrona", true)).isEqualTo(new MemoryChoice(true, null, null));
        assertThat(MemoryChoice.of("agrona", false).refusal())
                .contains("io.virtio4j.memory", "\"agrona\"")
                .contains("--add-exports java.base/jdk.internal.misc=ALL-UNNAMED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Agrona", "unsafe"})
    void anUnknownNameIsRefusedWithTheKnownOnes(String wish) {
        assertThat(MemoryChoice.of(wish, true).refusal())
                .contains("io.virtio4j.memory", '"' + wish + '"')
                .endsWith("it must be agrona or views");
    }
}
