// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model.explore;

import java.util.List;

/**
 * What came of exploring one program.
 *
 * @param program which
 * @param model under which memory model
 * @param states how many different ones were reached
 * @param ends how many of them are ends of a complete execution
 * @param nanos how long it took
 * @param trace the steps to an end that violates the property, with the least reordering, a line for each, and what is wrong
 *     with it; empty if there is none
 */
public record Exploration(Program program, MemoryModel model, int states, int ends, long nanos, List<String> trace) {
    /** {@return whether the property holds at the end of every execution} */
    public boolean isProved() {
        return trace.isEmpty();
    }
}
