// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model.explore;

/** The four pairs of kinds of access, as bits: the earlier one in the program, then the later one. */
final class Order {
    static final int LOAD_LOAD = 1;
    static final int LOAD_STORE = 2;
    static final int STORE_LOAD = 4;
    static final int STORE_STORE = 8;
    static final int ALL = LOAD_LOAD | LOAD_STORE | STORE_LOAD | STORE_STORE;

    private Order() {}

    /** The pair that two accesses are; an exchange is both a load and a store. */
    static int between(Step.Access first, Step.Access second) {
        int pairs = 0;
        if (first.loads()) {
            pairs |= (second.loads() ? LOAD_LOAD : 0) | (second.stores() ? LOAD_STORE : 0);
        }
        if (first.stores()) {
            pairs |= (second.loads() ? STORE_LOAD : 0) | (second.stores() ? STORE_STORE : 0);
        }
        return pairs;
    }
}
