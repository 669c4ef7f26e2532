// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model.explore;

import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** One step of a thread: an access to memory, or a fence. */
public sealed interface Step {
    /** An access, which happens as a whole. */
    sealed interface Access extends Step {
        /** {@return the cells that it reaches} */
        List<String> cells();

        /** {@return whether it takes a value} */
        boolean loads();

        /** {@return whether it leaves one} */
        boolean stores();
    }

    /**
     * Loads one cell, or several as one access of all of them.
     *
     * @param cells which
     * @param onlyIf the thread gets no further if the value of the only cell is another; null for all values
     */
    record Load(List<String> cells, @Nullable IntPredicate onlyIf) implements Access {
        @Override
        public boolean loads() {
            return true;
        }

        @Override
        public boolean stores() {
            return false;
        }

        @Override
        public String toString() {
            return "load " + String.join(" + ", cells);
        }
    }

    /**
     * Stores a constant.
     *
     * @param cell where
     * @param value what
     */
    record Store(String cell, int value) implements Access {
        @Override
        public List<String> cells() {
            return List.of(cell);
        }

        @Override
        public boolean loads() {
            return false;
        }

        @Override
        public boolean stores() {
            return true;
        }

        @Override
        public String toString() {
            return "store " + cell + " = " + value;
        }
    }

    /**
     * A volatile read-modify-write: loads a cell and leaves a constant in it, as one step, in order with all other accesses of
     * its thread.
     *
     * @param cell which
     * @param onlyIf the thread gets no further if the value found is another; null for all values
     * @param value what is left
     */
    record Swap(String cell, @Nullable IntPredicate onlyIf, int value) implements Access {
        @Override
        public List<String> cells() {
            return List.of(cell);
        }

        @Override
        public boolean loads() {
            return true;
        }

        @Override
        public boolean stores() {
            return true;
        }

        @Override
        public String toString() {
            return "swap " + cell + " for " + value;
        }
    }

    /**
     * A fence.
     *
     * @param name for people
     * @param fence its kind
     */
    record Barrier(String name, Fence fence) implements Step {
        @Override
        public String toString() {
            return fence + " " + name;
        }
    }
}
