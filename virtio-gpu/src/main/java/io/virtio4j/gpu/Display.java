// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

/**
 * A display as the device reports it, with the position and size that it prefers. VirtIO 1.2, 5.7.6.8 Device Operation:
 * controlq, GET_DISPLAY_INFO.
 *
 * @param scanoutId which scanout drives it
 * @param enabled whether it is there; never for a display without pixels
 * @param x where it stands among the other displays
 * @param y where it stands among the other displays
 * @param width in pixels
 * @param height in pixels
 */
public record Display(int scanoutId, boolean enabled, int x, int y, int width, int height) {}
