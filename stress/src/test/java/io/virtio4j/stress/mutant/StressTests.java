// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AnnotationNode;
import org.objectweb.asm.tree.ClassNode;

/** What the stress tests say that they show, by their annotations. */
final class StressTests {
    private static final String SHOWS = Type.getDescriptor(ShowsMutant.class);

    private StressTests() {}

    /** Ids of mutants by the simple name of the test that shows them. */
    static Map<String, List<String>> shown() {
        Map<String, List<String>> shown = new TreeMap<>();
        for (ClassNode code : Built.stressClasses()) {
            Stream.ofNullable(code.visibleAnnotations)
                    .flatMap(List::stream)
                    .filter(annotation -> annotation.desc.equals(SHOWS))
                    .forEach(annotation -> shown.put(name(code), ids(annotation)));
        }
        return shown;
    }

    private static String name(ClassNode code) {
        return code.name.substring(code.name.lastIndexOf('/') + 1).replace('$', '.');
    }

    private static List<String> ids(AnnotationNode annotation) {
        return ((List<?>) annotation.values.get(1))
                .stream().map(String.class::cast).toList();
    }
}
