// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PreemptPolicyTest {

    @Test
    void aRequestWaitsOnItsCpuOrForAllCpusAtOnce() {
        assertThat(PreemptPolicy.values()).containsExactly(PreemptPolicy.PER_CPU, PreemptPolicy.GLOBAL_PENDING);
    }
}
