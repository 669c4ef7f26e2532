// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

/** What is done to a fence. The token is still there afterwards: what publishes demands one, and takes any. */
public sealed interface Edit {
    /** {@return what the table calls it: dropped, weakened to ..., early, late} */
    String label();

    /** The fence is not issued. */
    record Dropped() implements Edit {
        @Override
        public String label() {
            return "dropped";
        }
    }

    /**
     * Another fence is issued instead.
     *
     * @param to which
     */
    record Weakened(Weaker to) implements Edit {
        @Override
        public String label() {
            return to.label();
        }
    }

    /**
     * The same fence is issued elsewhere.
     *
     * @param label early or late: before what it should follow, or after what it should precede
     * @param to where
     */
    record Moved(String label, Spot to) implements Edit {}
}
