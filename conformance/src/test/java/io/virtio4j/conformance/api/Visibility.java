// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance.api;

import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/** Who can reach what: a protected member of a class that nobody can extend is not for users. */
final class Visibility {

    private Visibility() {}

    /** Whether a member of {@code owner} with these modifiers is for users; null for a class that is no member. */
    static boolean isVisible(int modifiers, @Nullable Class<?> owner) {
        return Modifier.isPublic(modifiers)
                || (Modifier.isProtected(modifiers) && owner != null && !Modifier.isFinal(owner.getModifiers()));
    }
}
