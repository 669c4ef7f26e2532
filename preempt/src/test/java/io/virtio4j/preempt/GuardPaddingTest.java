// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A guard is written by its CPU alone, and what lies beside it on the heap by others. */
class GuardPaddingTest {
    @Test
    void whatAGuardWritesSharesNoCacheLineWithAnythingElse() throws ReflectiveOperationException {
        List<Long> before = offsets(GuardPadding.class, "before");
        List<Long> written = offsets(GuardFields.class, "");
        List<Long> after = offsets(PreemptGuard.class, "after");

        assertThat(written).isNotEmpty();
        assertThat(written.get(0) - before.get(0)).isGreaterThanOrEqualTo(128);
        assertThat(written.get(0)).isGreaterThan(before.get(before.size() - 1));
        long last = written.get(written.size() - 1);
        assertThat(after.get(0)).isGreaterThan(last);
        assertThat(after.get(after.size() - 1) + Long.BYTES - last).isGreaterThanOrEqualTo(128);
    }

    /** Where fields lie in an object, in order. Reflection, since the compiler warns of the class that knows. */
    private static List<Long> offsets(Class<?> of, String prefix) throws ReflectiveOperationException {
        Class<?> unsafe = Class.forName("sun.misc.Unsafe");
        Field instance = unsafe.getDeclaredField("theUnsafe");
        instance.setAccessible(true);
        Object theUnsafe = instance.get(null);
        Method offset = unsafe.getMethod("objectFieldOffset", Field.class);
        List<Long> offsets = new ArrayList<>();
        for (Field field : of.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers()) && field.getName().startsWith(prefix)) {
                offsets.add((Long) offset.invoke(theUnsafe, field));
            }
        }
        offsets.sort(null);
        return offsets;
    }
}
