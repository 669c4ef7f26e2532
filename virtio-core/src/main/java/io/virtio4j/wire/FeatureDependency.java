// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.wire;

import java.util.List;

/**
 * A feature that means nothing without another. VirtIO 1.2, 2.2.1 Driver Requirements: Feature Bits and 2.2.2 Device
 * Requirements: Feature Bits.
 *
 * @param feature the dependent bit
 * @param requires the bit that it builds on
 */
public record FeatureDependency(int feature, int requires) {
    /**
     * Drops every feature whose prerequisite is missing, until none is left.
     *
     * @param features a set
     * @param dependencies of the device type, in any order
     * @return the set less what cannot stand
     */
    public static Features close(Features features, List<FeatureDependency> dependencies) {
        Features result = features;
        boolean changed = true;
        while (changed) {
            changed = false;
            for (FeatureDependency dependency : dependencies) {
                if (result.has(dependency.feature) && !result.has(dependency.requires)) {
                    result = result.without(dependency.feature);
                    changed = true;
                }
            }
        }
        return result;
    }
}
