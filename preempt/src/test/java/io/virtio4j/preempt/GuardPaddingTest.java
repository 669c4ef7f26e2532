// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.testkit.FieldOffsets;
import org.junit.jupiter.api.Test;

/** A guard is written by its CPU alone, and what lies beside it on the heap by others. */
class GuardPaddingTest {
    @Test
    void whatAGuardWritesSharesNoCacheLineWithAnythingElse() {
        long[] before = FieldOffsets.of(GuardPadding.class, "before");
        long[] written = FieldOffsets.of(GuardFields.class, "");
        long[] after = FieldOffsets.of(PreemptGuard.class, "after");

        assertThat(written).isNotEmpty();
        assertThat(written[0] - before[0]).isGreaterThanOrEqualTo(128);
        assertThat(written[0]).isGreaterThan(before[before.length - 1]);
        long last = written[written.length - 1];
        assertThat(after[0]).isGreaterThan(last);
        assertThat(after[after.length - 1] + Long.BYTES - last).isGreaterThanOrEqualTo(128);
    }
}
