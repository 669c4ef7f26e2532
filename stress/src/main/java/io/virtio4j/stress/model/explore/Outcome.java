// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model.explore;

/** How one execution ended. */
public interface Outcome {
    /** {@return what a thread's first load of a cell found} */
    default int loaded(String thread, String cell) {
        return loaded(thread, cell, 0);
    }

    /**
     * {@return what a thread's load of a cell found}
     *
     * @param thread whose
     * @param cell of which
     * @param occurrence 0 for the thread's first load of the cell, in the order of the program
     */
    int loaded(String thread, String cell, int occurrence);

    /** {@return what a cell holds in the end} */
    int holds(String cell);
}
