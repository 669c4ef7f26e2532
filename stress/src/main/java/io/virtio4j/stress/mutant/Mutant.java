// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

/**
 * The shipped code with one fence dropped, weakened or misplaced.
 *
 * @param place of the fence
 * @param edit what was done to it
 */
public record Mutant(Place place, Edit edit) {
    /** {@return a name that stays, for example {@code split-driver-publish/A/dropped}} */
    public String id() {
        return place.name() + '/' + place.letter() + '/' + edit.label().replace(' ', '-');
    }

    /** {@return the letter of the ordering table} */
    public String letter() {
        return place.letter();
    }

    @Override
    public String toString() {
        return id();
    }
}
