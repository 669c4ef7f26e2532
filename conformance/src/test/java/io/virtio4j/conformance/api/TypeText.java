// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance.api;

import static java.util.stream.Collectors.joining;

import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The head of a class, as it would be declared. */
final class TypeText {

    private TypeText() {}

    static String of(Class<?> type) {
        List<String> words = new ArrayList<>();
        words.add(modifiersOf(type) + kindOf(type) + type.getName() + typeParameters(type.getTypeParameters()));
        Type parent = type.getGenericSuperclass();
        if (parent != null && parent != Object.class && !type.isRecord() && !type.isEnum()) {
            words.add("extends " + name(parent));
        }
        if (type.getGenericInterfaces().length > 0 && !type.isAnnotation()) {
            words.add((type.isInterface() ? "extends " : "implements ") + names(type.getGenericInterfaces()));
        }
        if (type.isSealed() && !type.isEnum()) {
            words.add("permits "
                    + Arrays.stream(type.getPermittedSubclasses())
                            .map(Class::getName)
                            .sorted()
                            .collect(joining(", ")));
        }
        return String.join(" ", words);
    }

    static String typeParameters(TypeVariable<?>[] parameters) {
        return parameters.length == 0
                ? ""
                : Arrays.stream(parameters).map(TypeText::withBounds).collect(joining(", ", "<", ">"));
    }

    static String names(Type[] types) {
        return Arrays.stream(types).map(TypeText::name).collect(joining(", "));
    }

    static String name(Type type) {
        return type.getTypeName().replaceAll("\\bjava\\.lang\\.(?=[A-Z])", "");
    }

    private static String withBounds(TypeVariable<?> parameter) {
        Type[] bounds = parameter.getBounds();
        return bounds.length == 1 && bounds[0] == Object.class
                ? parameter.getName()
                : parameter.getName() + " extends "
                        + Arrays.stream(bounds).map(TypeText::name).collect(joining(" & "));
    }

    private static String modifiersOf(Class<?> type) {
        int meant = Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC;
        if (!type.isInterface() && !type.isEnum()) {
            meant |= Modifier.ABSTRACT;
        }
        if (!type.isRecord() && !type.isEnum()) {
            meant |= Modifier.FINAL;
        }
        String words = Modifier.toString(type.getModifiers() & meant) + " ";
        return type.isSealed() && !type.isEnum() ? words + "sealed " : words;
    }

    private static String kindOf(Class<?> type) {
        if (type.isAnnotation()) {
            return "@interface ";
        }
        if (type.isInterface()) {
            return "interface ";
        }
        if (type.isEnum()) {
            return "enum ";
        }
        return type.isRecord() ? "record " : "class ";
    }
}
