// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.testkit;

import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.support.descriptor.MethodSource;

/** Finds the clauses that a test method names: on itself, on its class, and on what that inherits from or lies in. */
final class ClauseIds {

    private ClauseIds() {}

    static Set<String> of(MethodSource source) {
        Set<String> ids = new TreeSet<>();
        collect(source.getJavaMethod(), ids);
        collectFromType(source.getJavaClass(), ids);
        return ids;
    }

    private static void collectFromType(Class<?> type, Set<String> ids) {
        if (type == null || type == Object.class) {
            return;
        }
        collect(type, ids);
        collectFromType(type.getSuperclass(), ids);
        collectFromType(type.getEnclosingClass(), ids);
        for (Class<?> implemented : type.getInterfaces()) {
            collectFromType(implemented, ids);
        }
    }

    private static void collect(AnnotatedElement element, Set<String> ids) {
        Clause clause = element.getDeclaredAnnotation(Clause.class);
        if (clause != null) {
            ids.addAll(List.of(clause.value()));
        }
    }
}
