// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Lets the two sides of a race begin their few steps at nearly the same moment: each waits until the other is there, or for about
 * a microsecond. Without it the sides of a sample pass each other by more than a store stays in a processor's buffer. What orders
 * nothing later: opaque accesses, before the first step.
 */
final class Meeting {
    private static final VarHandle DRIVER;
    private static final VarHandle DEVICE;
    private static final int LOOKS = 1000;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            DRIVER = lookup.findVarHandle(Meeting.class, "driver", boolean.class);
            DEVICE = lookup.findVarHandle(Meeting.class, "device", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through DRIVER
    private boolean driver;

    @SuppressWarnings("unused") // through DEVICE
    private boolean device;

    void driverIsHere() {
        DRIVER.setOpaque(this, true);
        for (int look = 0; look < LOOKS && !(boolean) DEVICE.getOpaque(this); look++) {
            // Without a spin hint, which would take longer than what follows.
        }
    }

    void deviceIsHere() {
        DEVICE.setOpaque(this, true);
        for (int look = 0; look < LOOKS && !(boolean) DRIVER.getOpaque(this); look++) {
            // As above.
        }
    }
}
