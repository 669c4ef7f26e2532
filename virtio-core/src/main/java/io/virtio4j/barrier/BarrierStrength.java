// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.barrier;

import java.util.Locale;

/**
 * Whom the fences of this JVM order accesses for. VirtIO 1.2, chapter 6 Reserved Feature Bits, ORDER_PLATFORM.
 *
 * <p>A JVM's fences are made for threads: they order accesses as other processors see them. Whether a device on a bus sees
 * the same order depends on the instructions behind them; {@code docs/memory-model.md} says which and why.
 */
public enum BarrierStrength {
    /** For other processors: enough for a device that is software, and for nothing else. */
    SMP,

    /** For devices that take part in the processors' cache coherence, too. */
    PLATFORM;

    /**
     * {@return the strength of this JVM's fences} {@link #PLATFORM} on x86-64 alone.
     */
    public static BarrierStrength ofThisJvm() {
        return of(System.getProperty("os.arch", ""));
    }

    /**
     * {@return the strength of a JVM's fences on an architecture}
     *
     * @param osArch as the system property {@code os.arch} names it
     */
    static BarrierStrength of(String osArch) {
        return switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> PLATFORM;
            default -> SMP;
        };
    }
}
