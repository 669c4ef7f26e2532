// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import org.jspecify.annotations.Nullable;

/**
 * Which class of memory a JVM gets, and what is said about it.
 *
 * @param isAgrona Agrona's, or else byte-buffer views
 * @param hint what the log is told, once
 * @param refusal why there is no memory at all
 */
record MemoryChoice(
        boolean isAgrona, @Nullable String hint, @Nullable String refusal) {
    static final String AGRONA = "agrona";
    static final String VIEWS = "views";
    static final String FLAG = "--add-exports java.base/jdk.internal.misc=ALL-UNNAMED";

    private static final String HOW =
            FLAG + " (with Agrona on the module path: --add-exports" + " java.base/jdk.internal.misc=org.agrona)";

    static final String HINT =
            "virtio4j reaches memory through byte-buffer views, because this JVM was started without "
                    + HOW + "; everything works, a little slower. Add the flag, or say -D"
                    + SharedMemory.CHOICE_PROPERTY + '='
                    + VIEWS + " to hear no more of it";

    /**
     * Chooses.
     *
     * @param wish the system property's value, null if it is not set
     * @param isExported whether Agrona may use {@code jdk.internal.misc}
     */
    static MemoryChoice of(@Nullable String wish, boolean isExported) {
        if (wish == null) {
            return new MemoryChoice(isExported, isExported ? null : HINT, null);
        }
        return switch (wish) {
            case AGRONA ->
                new MemoryChoice(
                        true,
                        null,
                        isExported
                                ? null
                                : setTo(wish) + ", which needs the JVM flag " + HOW + "; add it to the java"
                                        + " command line");
            case VIEWS -> new MemoryChoice(false, null, null);
            default -> new MemoryChoice(false, null, setTo(wish) + "; it must be " + AGRONA + " or " + VIEWS);
        };
    }

    private static String setTo(String wish) {
        return "the system property " + SharedMemory.CHOICE_PROPERTY + " is set to \"" + wish + '"';
    }
}
