// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import java.util.Optional;

/**
 * A display as the device reports it, with the position and size that it prefers. VirtIO 1.2, 5.7.6.8 Device Operation:
 * controlq, GET_DISPLAY_INFO and GET_EDID.
 *
 * @param scanoutId which scanout drives it
 * @param enabled whether it is there; never for a display without pixels
 * @param x where it stands among the other displays
 * @param y where it stands among the other displays
 * @param width in pixels
 * @param height in pixels
 * @param edid what it says of itself; absent for a display that is not there, without the feature EDID, and where the device
 *     had no EDID that could be read
 */
public record Display(int scanoutId, boolean enabled, int x, int y, int width, int height, Optional<Edid> edid) {
    /**
     * A display that says nothing of itself.
     *
     * @param scanoutId which scanout drives it
     * @param enabled whether it is there
     * @param x where it stands among the other displays
     * @param y where it stands among the other displays
     * @param width in pixels
     * @param height in pixels
     */
    public Display(int scanoutId, boolean enabled, int x, int y, int width, int height) {
        this(scanoutId, enabled, x, y, width, height, Optional.empty());
    }

    /**
     * {@return the same with what it says of itself}
     *
     * @param newEdid its EDID, if there is one
     */
    public Display withEdid(Optional<Edid> newEdid) {
        return new Display(scanoutId, enabled, x, y, width, height, newEdid);
    }
}
