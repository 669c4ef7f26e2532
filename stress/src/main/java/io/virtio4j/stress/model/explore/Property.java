// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model.explore;

import org.jspecify.annotations.Nullable;

/** What must hold when all threads have done all their steps. */
@FunctionalInterface
public interface Property {
    /** {@return what is wrong with an end, in words; null if nothing is} */
    @Nullable
    String violation(Outcome end);
}
