// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** What the accesses of a path store, which values lead along it, and what it must see. */
final class Values {
    private final Map<String, int[]> stored = new HashMap<>();
    private final Map<String, IntPredicate> conditions = new HashMap<>();
    private final Map<String, Integer> seen = new HashMap<>();
    private OptionalInt storedElse = OptionalInt.empty();
    private OptionalInt seenElse = OptionalInt.empty();

    private Values() {}

    static Values none() {
        return new Values();
    }

    /** In all cells of which nothing else is said. */
    Values stores(int value) {
        storedElse = OptionalInt.of(value);
        return this;
    }

    /** In one cell, by each of the path's stores to it in turn. */
    Values stores(String cell, int... values) {
        stored.put(cell, values);
        return this;
    }

    /** The path is gone only if the first load of a cell finds this. */
    Values onlyIf(String cell, int value) {
        return onlyIf(cell, found -> found == value);
    }

    Values onlyIf(String cell, IntPredicate condition) {
        conditions.put(cell, condition);
        return this;
    }

    /** In all cells of which nothing else is said; it is wrong to see another value. */
    Values sees(int value) {
        seenElse = OptionalInt.of(value);
        return this;
    }

    Values sees(String cell, int value) {
        seen.put(cell, value);
        return this;
    }

    int stored(String cell, int occurrence) {
        int[] values = stored.get(cell);
        if (values != null) {
            return values[occurrence];
        }
        return storedElse.orElseThrow(() -> new IllegalStateException("what is stored in " + cell + "?"));
    }

    @Nullable
    IntPredicate condition(String cell, int occurrence) {
        return occurrence == 0 ? conditions.get(cell) : null;
    }

    OptionalInt seen(String cell) {
        Integer value = seen.get(cell);
        return value != null ? OptionalInt.of(value) : seenElse;
    }
}
