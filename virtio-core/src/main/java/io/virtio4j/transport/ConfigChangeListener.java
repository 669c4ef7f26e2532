// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.transport;

/** Receives configuration-change notifications. VirtIO 1.2, 2.3 Notifications. */
@FunctionalInterface
public interface ConfigChangeListener {
    /**
     * Tells the driver to read status and configuration again. Called on the device's thread; must return at once.
     */
    void onConfigChange();
}
