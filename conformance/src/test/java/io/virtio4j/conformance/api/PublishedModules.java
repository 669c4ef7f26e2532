// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** The named modules of this project on the class path, each a folder of classes or a jar. */
final class PublishedModules {

    private static final String DESCRIPTOR = "module-info.class";
    private static final String PREFIX = "io.virtio4j.";

    private PublishedModules() {}

    static List<ModuleReference> all() throws IOException {
        return Collections.list(PublishedModules.class.getClassLoader().getResources(DESCRIPTOR)).stream()
                .flatMap(descriptor -> ModuleFinder.of(locationOf(descriptor)).findAll().stream())
                .filter(module -> module.descriptor().name().startsWith(PREFIX))
                .toList();
    }

    /** The public classes of the exported packages, with their public and protected member classes. */
    static List<Class<?>> publicTypes(ModuleReference module) throws IOException {
        List<String> packages = exportedPackages(module);
        try (ModuleReader reader = module.open();
                Stream<String> names = reader.list()) {
            return names.filter(name -> name.endsWith(".class") && !name.equals(DESCRIPTOR))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                    .filter(name -> packages.contains(name.substring(0, name.lastIndexOf('.'))))
                    .<Class<?>>map(PublishedModules::load)
                    .filter(PublishedModules::isVisible)
                    .toList();
        }
    }

    static List<String> exportedPackages(ModuleReference module) {
        return module.descriptor().exports().stream()
                .filter(exports -> !exports.isQualified())
                .map(exports -> exports.source())
                .sorted()
                .toList();
    }

    static boolean isVisible(Class<?> type) {
        if (type.isAnonymousClass() || type.isLocalClass() || type.isSynthetic()) {
            return false;
        }
        Class<?> outer = type.getDeclaringClass();
        return Visibility.isVisible(type.getModifiers(), outer) && (outer == null || isVisible(outer));
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, PublishedModules.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("listed in its module and not to be loaded: " + name, e);
        }
    }

    private static Path locationOf(URL descriptor) {
        try {
            if (descriptor.openConnection() instanceof JarURLConnection jar) {
                return Path.of(jar.getJarFileURL().toURI());
            }
            return Path.of(URI.create(descriptor.toString())).resolveSibling("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("not the address of a file: " + descriptor, e);
        }
    }
}
