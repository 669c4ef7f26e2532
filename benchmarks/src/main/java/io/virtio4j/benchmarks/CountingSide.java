// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * A second copy of the library's classes in this JVM, with the counters on or off. Whether a JVM counts is decided once, when
 * the counters' class is loaded; two copies can be held side by side in slices of a few milliseconds, and each is compiled
 * for itself, as if it were alone.
 */
final class CountingSide extends URLClassLoader {
    private static final String PROPERTY = "io.virtio4j.counters";
    private static final String OURS = "io.virtio4j.";

    private CountingSide(URL[] classPath) {
        super(classPath, CountingSide.class.getClassLoader());
    }

    /**
     * Loads a copy.
     *
     * @param ring {@code split} or {@code packed}
     * @param counting whether it counts
     * @return the copy's {@link RoundTrips}
     */
    static LongUnaryOperator load(String ring, boolean counting) {
        String before = System.getProperty(PROPERTY);
        System.setProperty(PROPERTY, counting ? "on" : "off");
        try {
            Class<?> roundTrips = new CountingSide(classPath()).loadClass(RoundTrips.class.getName());
            LongUnaryOperator made =
                    (LongUnaryOperator) roundTrips.getConstructor(String.class).newInstance(ring);
            // One round now, so that every class is loaded while the property stands.
            var unused = made.applyAsLong(1);
            return made;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot load the benchmark's classes a second time", e);
        } finally {
            if (before == null) {
                System.clearProperty(PROPERTY);
            } else {
                System.setProperty(PROPERTY, before);
            }
        }
    }

    private static URL[] classPath() {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            try {
                urls.add(Path.of(entry).toUri().toURL());
            } catch (MalformedURLException e) {
                throw new IllegalStateException("the class path holds " + entry, e);
            }
        }
        return urls.toArray(URL[]::new);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : findClass(name);
        }
    }
}
