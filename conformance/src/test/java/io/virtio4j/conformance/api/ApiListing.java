// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance.api;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** All that a module shows its users, a line for each declaration, in an order that does not depend on the compiler. */
final class ApiListing {

    private ApiListing() {}

    static String of(ModuleReference module) throws IOException {
        List<String> lines = new ArrayList<>(header(module.descriptor()));
        Set<String> packages = Set.copyOf(PublishedModules.exportedPackages(module));
        List<Class<?>> types = PublishedModules.publicTypes(module).stream()
                .sorted(Comparator.comparing(Class::getName))
                .toList();
        for (Class<?> type : types) {
            lines.add("");
            lines.add(TypeText.of(type));
            members(type, packages)
                    .map(line -> "    " + line)
                    .sorted()
                    .distinct()
                    .forEach(lines::add);
        }
        return String.join("\n", lines) + "\n";
    }

    private static List<String> header(ModuleDescriptor module) {
        List<String> lines = new ArrayList<>();
        lines.add("module " + module.name());
        Stream.of(
                        module.requires().stream()
                                .filter(requires -> requires.modifiers().contains(Requires.Modifier.TRANSITIVE))
                                .map(requires -> "requires transitive " + requires.name()),
                        module.exports().stream()
                                .filter(exports -> !exports.isQualified())
                                .map(exports -> "exports " + exports.source()),
                        module.uses().stream().map(service -> "uses " + service),
                        module.provides().stream().map(provides -> "provides " + provides.service()))
                .flatMap(Stream::sorted)
                .map(line -> "    " + line)
                .forEach(lines::add);
        return lines;
    }

    /** What the type declares, and what it inherits from supertypes that users cannot name. */
    private static Stream<String> members(Class<?> type, Set<String> packages) {
        return Stream.concat(
                MemberText.declaredBy(type, type),
                hiddenSupertypes(type, packages).flatMap(hidden -> MemberText.inheritedBy(type, hidden)));
    }

    private static Stream<Class<?>> hiddenSupertypes(Class<?> type, Set<String> packages) {
        Stream<Class<?>> parents = Stream.of(type.getInterfaces());
        if (type.getSuperclass() != null) {
            parents = Stream.concat(parents, Stream.of(type.getSuperclass()));
        }
        return parents.filter(parent -> parent.getName().startsWith("io.virtio4j.")
                        && !(PublishedModules.isVisible(parent) && packages.contains(parent.getPackageName())))
                .flatMap(parent -> Stream.concat(Stream.of(parent), hiddenSupertypes(parent, packages)));
    }
}
