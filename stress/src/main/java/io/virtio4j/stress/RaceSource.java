// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

/** Makes a race for every sample: over all that the test goes through, in turn. */
public interface RaceSource {
    /** {@return a new race} */
    Race next();
}
