// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.objectweb.asm.tree.ClassNode;

/** What the build has compiled, module by module: see docs/adr/0007-mutants.md for why it is found by its path. */
final class Built {
    private static final String HOSTILE_PEERS = "io.virtio4j.sim.hostile.";

    private static final List<String> WITH_ORDER_TESTS = List.of("virtio-core", "device-sim");

    private Built() {}

    static Path root() {
        String root = System.getProperty("mutants.root");
        if (root == null) {
            throw new IllegalStateException("the build says by -Dmutants.root where the tree is");
        }
        return Path.of(root);
    }

    /** Order tests first, then what they test. */
    static URL[] orderTestPath() {
        List<URL> path = new ArrayList<>();
        for (String folder : List.of("test-classes", "classes")) {
            for (String module : WITH_ORDER_TESTS) {
                Path classes = root().resolve(module).resolve("target").resolve(folder);
                if (!Files.isDirectory(classes)) {
                    throw new IllegalStateException(classes
                            + " is missing: the order tests are built with their modules, by -am and with tests");
                }
                path.add(url(classes));
            }
        }
        return path.toArray(URL[]::new);
    }

    /** Binary names of the order tests. */
    static List<String> orderTests() {
        return WITH_ORDER_TESTS.stream()
                .map(module -> root().resolve(module).resolve("target/test-classes"))
                .flatMap(classes -> classFiles(classes).stream().map(file -> binaryName(classes, file)))
                .filter(Built::isOrderTest)
                .sorted()
                .toList();
    }

    /** The fences of the JVM behind the tokens are the business of a test of its own. */
    private static boolean isOrderTest(String name) {
        boolean isOfFences = name.endsWith("OrderTest") || name.endsWith(".FenceKindTest");
        // The same ending: IN_ORDER, which is no fence; what looks at fetches and not at fences; and what writes paths
        // down for
        // the model, which compares the text of all paths at once, and so can tell that something is wrong and not
        // what.
        return isOfFences
                && !name.endsWith("InOrderTest")
                && !name.endsWith(".LoadedOnceOrderTest")
                && !name.matches(".*\\.Recorded\\w+OrderTest");
    }

    /**
     * Class files of every module that users get, of those modules that were built. Without the hostile peers, which fence at every
     * access so that what they do wrong happens in the order that a case says: no table has those, and nobody's order rests on them.
     */
    static List<Path> libraryClassFiles() {
        try (Stream<Path> modules = Files.list(root())) {
            return modules.filter(module -> Files.exists(module.resolve("pom.xml")))
                    .filter(module -> !List.of("stress", "benchmarks", "conformance", "build-tools")
                            .contains(module.getFileName().toString()))
                    .map(module -> module.resolve("target/classes"))
                    .filter(Files::isDirectory)
                    .flatMap(classes -> classFiles(classes).stream()
                            .filter(file -> !binaryName(classes, file).startsWith(HOSTILE_PEERS)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The code of the stress tests. */
    static List<ClassNode> stressClasses() {
        Path classes = root().resolve("stress/target/classes");
        return classFiles(classes).stream().map(Built::read).toList();
    }

    static ClassNode read(Path classFile) {
        try {
            return ByteCode.read(Files.readAllBytes(classFile));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> classFiles(Path classes) {
        try (Stream<Path> files = Files.walk(classes)) {
            return files.filter(file -> file.toString().endsWith(".class")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String binaryName(Path classes, Path file) {
        String path = classes.relativize(file).toString();
        return path.substring(0, path.length() - ".class".length())
                .replace(file.getFileSystem().getSeparator(), ".");
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path.toString(), e);
        }
    }
}
