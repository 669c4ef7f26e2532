// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

/**
 * One clause of the specification, as the checklist states it.
 *
 * @param id the name that tests use
 * @param section number and title, with the release that brought the clause where that is later than 1.2
 * @param party who has to keep it: driver or device
 * @param level MUST, SHOULD, MAY and the like; STATED where the text states a fact, IMPLIED where it follows from one
 * @param area core, split, packed, blk or gpu
 * @param statement the clause in our words
 */
record ClauseRow(String id, String section, String party, String level, String area, String statement) {

    /** {@return whether a program that does otherwise breaks the specification} */
    boolean isRequirement() {
        return level.startsWith("MUST") || level.startsWith("SHALL");
    }
}
