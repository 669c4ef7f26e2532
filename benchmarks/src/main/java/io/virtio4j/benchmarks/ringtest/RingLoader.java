// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Loads a ring's loops, with the library or the peer that they drive, anew: each ring is compiled by what it alone has done, as
 * in a program that uses nothing else, and no ring pays for the profile of another. What both sides of the loader speak of
 * ({@link Ring}, {@link Run}, {@link Settings}) is everybody's.
 */
final class RingLoader extends ClassLoader {
    private static final String SHARED = "io.virtio4j.benchmarks.ringtest.";
    private static final String LOOPS = SHARED + "loop.";
    private static final List<String> OWN = List.of("io.virtio4j.", "org.agrona.", "org.jctools.", "com.lmax.");

    RingLoader() {
        super(RingLoader.class.getClassLoader());
    }

    /**
     * Makes a ring.
     *
     * @param loop simple name of its class in the package {@code loop}, which has a constructor for a variant and settings
     * @param variant what the class is told
     * @param settings of this measurement
     */
    static Ring ring(String loop, String variant, Settings settings) {
        try {
            return (Ring) new RingLoader()
                    .loadClass(LOOPS + loop)
                    .getConstructor(String.class, Settings.class)
                    .newInstance(variant, settings);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make the ring " + loop + " " + variant, e);
        }
    }

    private static boolean isOwn(String name) {
        return name.startsWith(LOOPS)
                || (!name.startsWith(SHARED) && OWN.stream().anyMatch(name::startsWith));
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!isOwn(name)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : findClass(name);
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] code = in.readAllBytes();
            return defineClass(name, code, 0, code.length);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the class " + name, e);
        }
    }
}
