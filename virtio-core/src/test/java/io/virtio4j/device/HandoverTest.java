// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.testkit.FieldOffsets;
import org.junit.jupiter.api.Test;

class HandoverTest {
    /** Two cache lines on either side: neighbours on the heap are written by other threads. */
    @Test
    void theReferenceSharesNoCacheLineWithAnythingElse() {
        long[] before = FieldOffsets.of(HandoverPadding.class, "before");
        long[] value = FieldOffsets.of(HandoverValue.class, "");
        long[] after = FieldOffsets.of(Handover.class, "after");

        assertThat(value).hasSize(1);
        assertThat(value[0] - before[0]).isGreaterThanOrEqualTo(128);
        assertThat(value[0]).isGreaterThan(before[before.length - 1]);
        assertThat(after[0]).isGreaterThan(value[0]);
        assertThat(after[after.length - 1] + Long.BYTES - value[0]).isGreaterThanOrEqualTo(128);
    }

    @Test
    void aReaderSeesWhatWasHandedOver() {
        Handover<String> handover = new Handover<>("first");
        assertThat(handover.isStill("first")).isTrue();

        handover.set("second");

        assertThat(handover.isStill("first")).isFalse();
        assertThat(handover.take()).isEqualTo("second");
    }
}
