// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import com.sun.jna.Pointer;

/** Breaks a rule on purpose: native memory outside the package for it. */
public final class PlantedVhostUserCallsNatively {
    Pointer address;
}
