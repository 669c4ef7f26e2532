// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import java.util.List;

/**
 * Where a misplaced fence goes: a method of the same class, and where in it.
 *
 * @param method its name
 * @param side where in the method
 * @param calls for {@link Side#BEFORE} and {@link Side#AFTER}: the names of the methods called there; every call of each,
 *     since a method may have a branch for each
 * @param occurrence which of the calls, counted from 0 in the order of the code, or {@link #ALL}
 */
public record Spot(String method, Side side, List<String> calls, int occurrence) {
    /** Every call there is. */
    public static final int ALL = -1;

    /** Where a spot lies. */
    public enum Side {
        /** The method's first instruction. */
        HEAD,
        /** Before every return. */
        RETURNS,
        /** Just before a call, behind the evaluation of its arguments. */
        BEFORE,
        /** Just after a call. */
        AFTER
    }

    /** Copies the names. */
    public Spot {
        calls = List.copyOf(calls);
    }

    static Spot head(String method) {
        return new Spot(method, Side.HEAD, List.of(), ALL);
    }

    static Spot returns(String method) {
        return new Spot(method, Side.RETURNS, List.of(), ALL);
    }

    static Spot before(String method, String... calls) {
        return new Spot(method, Side.BEFORE, List.of(calls), ALL);
    }

    static Spot after(String method, String... calls) {
        return new Spot(method, Side.AFTER, List.of(calls), ALL);
    }

    static Spot before(String method, String call, int occurrence) {
        return new Spot(method, Side.BEFORE, List.of(call), occurrence);
    }

    static Spot after(String method, String call, int occurrence) {
        return new Spot(method, Side.AFTER, List.of(call), occurrence);
    }
}
