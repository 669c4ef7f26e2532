// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance.api;

import static java.util.stream.Collectors.joining;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Fields, constructors and methods, as they would be declared; a constant with its value, which callers compile in. */
final class MemberText {

    /** Everybody has them, and an override more or less changes nothing for a caller. */
    private static final Set<String> OF_OBJECT = Set.of("equals(Object)", "hashCode()", "toString()");

    private MemberText() {}

    /** @param owner the class whose users see these members */
    static Stream<String> declaredBy(Class<?> owner, Class<?> declaring) {
        return Stream.concat(
                Arrays.stream(declaring.getDeclaredConstructors())
                        .filter(constructor -> isForUsers(constructor, owner))
                        .map(constructor -> constructor(constructor, owner)),
                inheritedBy(owner, declaring));
    }

    static Stream<String> inheritedBy(Class<?> owner, Class<?> declaring) {
        return Stream.concat(
                Arrays.stream(declaring.getDeclaredFields())
                        .filter(field -> isForUsers(field, owner))
                        .map(MemberText::field),
                Arrays.stream(declaring.getDeclaredMethods())
                        .filter(method -> isForUsers(method, owner) && !OF_OBJECT.contains(signature(method)))
                        .map(method -> method(method, owner)));
    }

    private static boolean isForUsers(Member member, Class<?> owner) {
        return !member.isSynthetic() && Visibility.isVisible(member.getModifiers(), owner);
    }

    private static String constructor(Constructor<?> constructor, Class<?> owner) {
        return words(
                modifiers(constructor, owner),
                TypeText.typeParameters(constructor.getTypeParameters()),
                "new " + owner.getSimpleName() + "(" + parameters(constructor) + ")" + thrown(constructor));
    }

    private static String method(Method method, Class<?> owner) {
        return words(
                modifiers(method, owner),
                method.isDefault() ? "default" : "",
                TypeText.typeParameters(method.getTypeParameters()),
                nullable(method.getAnnotatedReturnType()) + TypeText.name(method.getGenericReturnType()),
                signature(method)
                        + thrown(method)
                        + (method.getDefaultValue() == null ? "" : " default " + method.getDefaultValue()));
    }

    private static String field(Field field) {
        return words(
                Modifier.toString(field.getModifiers()
                        & (Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC | Modifier.FINAL)),
                nullable(field.getAnnotatedType()) + TypeText.name(field.getGenericType()),
                field.getName() + constantValue(field));
    }

    private static String constantValue(Field field) {
        boolean constant = Modifier.isStatic(field.getModifiers()) && Modifier.isFinal(field.getModifiers());
        if (!constant || !(field.getType().isPrimitive() || field.getType() == String.class)) {
            return "";
        }
        try {
            return " = " + (field.getType() == String.class ? "\"" + field.get(null) + "\"" : field.get(null));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("a constant that cannot be read: " + field, e);
        }
    }

    private static String modifiers(Executable member, Class<?> owner) {
        int meant = Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC;
        if (!owner.isInterface()) {
            meant |= Modifier.ABSTRACT;
        }
        if (!Modifier.isFinal(owner.getModifiers())) {
            meant |= Modifier.FINAL;
        }
        return Modifier.toString(member.getModifiers() & meant);
    }

    private static String signature(Method method) {
        return method.getName() + "(" + parameters(method) + ")";
    }

    private static String parameters(Executable member) {
        Type[] types = member.getGenericParameterTypes();
        AnnotatedType[] annotated = member.getAnnotatedParameterTypes();
        return IntStream.range(0, types.length)
                .mapToObj(i -> nullable(annotated[i])
                        + (member.isVarArgs() && i == types.length - 1
                                ? TypeText.name(types[i]).replaceAll("\\[]$", "...")
                                : TypeText.name(types[i])))
                .collect(joining(", "));
    }

    private static String nullable(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class) ? "@Nullable " : "";
    }

    private static String thrown(Executable member) {
        Type[] types = member.getGenericExceptionTypes();
        return types.length == 0 ? "" : " throws " + TypeText.names(types);
    }

    private static String words(String... words) {
        return Arrays.stream(words).filter(word -> !word.isEmpty()).collect(joining(" "));
    }
}
