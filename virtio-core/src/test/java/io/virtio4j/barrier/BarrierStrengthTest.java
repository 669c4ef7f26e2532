// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.barrier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a JVM's fences are enough for a device on a bus. */
class BarrierStrengthTest {
    @ParameterizedTest
    @CsvSource({
        "amd64, PLATFORM",
        "x86_64, PLATFORM",
        "AMD64, PLATFORM",
        "aarch64, SMP",
        "arm, SMP",
        "riscv64, SMP",
        "ppc64le, SMP",
        "x86, SMP",
        "'', SMP"
    })
    void onX8664AloneAndNowhereElse(String osArch, BarrierStrength expected) {
        assertThat(BarrierStrength.of(osArch)).isEqualTo(expected);
    }
}
