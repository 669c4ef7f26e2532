// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

/** The state of a sample: a race. */
abstract class RaceState {
    final Race race;

    RaceState(RaceSource source) {
        race = source.next();
    }
}
