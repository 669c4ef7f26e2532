// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.testkit;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;

/** Where fields lie in an object on the heap, for tests of padding: the running JVM decides. */
public final class FieldOffsets {
    private FieldOffsets() {}

    /**
     * {@return the offsets in bytes of the instance fields that a class itself declares, in ascending order}
     *
     * @param type the class
     * @param prefix how the names of the fields begin; empty for all
     */
    public static long[] of(Class<?> type, String prefix) {
        return Arrays.stream(type.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers())
                        && field.getName().startsWith(prefix))
                .mapToLong(FieldOffsets::offset)
                .sorted()
                .toArray();
    }

    /** By reflection, since the compiler warns of the class that knows. */
    private static long offset(Field field) {
        try {
            Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            Field instance = unsafe.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            Method offset = unsafe.getMethod("objectFieldOffset", Field.class);
            return (long) offset.invoke(instance.get(null), field);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the JVM does not tell where " + field + " lies", e);
        }
    }
}
