// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Loads the library anew, with one mutant's change in it or as it was shipped.
 *
 * <p>Every class of the library is this loader's own, made from the same class files as those of the parent; so are the
 * classes that use the library, such as a stress test's actors. Only what both sides have to know alike comes from the
 * parent: the JDK, other libraries, and the interfaces that are named as shared. So a caller makes an implementation of an
 * interface of its own and talks to it through nothing else:
 *
 * <pre>{@code
 * interface Pair { int step(); }
 * Pair wrong = MutantLoader.of(Mutants.byId("split-driver-kick/C/dropped"), Pair.class).make(Pair.class, RealPair.class);
 * }</pre>
 *
 * <p>A shared interface mentions no type of the library. One loader loads one {@code SharedMemory}: a JVM that runs one
 * loader only compiles its calls as a program does that never heard of mutants.
 */
public final class MutantLoader extends ClassLoader {
    private static final String LIBRARY = "io.virtio4j.";

    static {
        registerAsParallelCapable();
    }

    private final @Nullable Mutant mutant;
    private final Set<String> shared;

    private MutantLoader(@Nullable Mutant mutant, ClassLoader parent, Set<String> shared) {
        super(parent);
        this.mutant = mutant;
        this.shared = shared;
    }

    /**
     * Makes a loader of the shipped code.
     *
     * @param shared interfaces that the parent loads
     * @return the loader
     */
    public static MutantLoader shipped(Class<?>... shared) {
        return new MutantLoader(null, MutantLoader.class.getClassLoader(), names(shared));
    }

    /**
     * Makes a loader of a mutant.
     *
     * @param mutant which
     * @param shared interfaces that the parent loads
     * @return the loader
     */
    public static MutantLoader of(Mutant mutant, Class<?>... shared) {
        return new MutantLoader(Objects.requireNonNull(mutant), MutantLoader.class.getClassLoader(), names(shared));
    }

    /** Class files are the parent's to find; null is the shipped code. */
    static MutantLoader over(ClassLoader parent, @Nullable Mutant mutant) {
        return new MutantLoader(mutant, parent, Set.of());
    }

    private static Set<String> names(Class<?>... shared) {
        return Set.of(Arrays.stream(shared).map(Class::getName).toArray(String[]::new));
    }

    /**
     * Makes an object over this loader's library.
     *
     * @param type a shared interface
     * @param implementation whose name counts only; the class that is made has that name and is this loader's. It has a
     *     constructor without arguments
     * @param <T> the interface
     * @return the object
     * @throws IllegalStateException if it cannot be made
     */
    public <T> T make(Class<T> type, Class<? extends T> implementation) {
        return make(type, implementation.getName());
    }

    /**
     * Makes an object over this loader's library.
     *
     * @param type a shared interface
     * @param implementation binary name of a class with a constructor without arguments
     * @param <T> the interface
     * @return the object
     * @throws IllegalStateException if it cannot be made
     */
    public <T> T make(Class<T> type, String implementation) {
        try {
            var constructor = loadClass(implementation).getDeclaredConstructor();
            constructor.setAccessible(true);
            return type.cast(constructor.newInstance());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make " + implementation + " over " + this, e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(LIBRARY) || shared.contains(name)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> type = findLoadedClass(name);
            if (type == null) {
                byte[] classFile = classFile(name.replace('.', '/') + ".class");
                if (classFile == null) {
                    throw new ClassNotFoundException(name);
                }
                type = defineClass(name, classFile, 0, classFile.length);
            }
            if (resolve) {
                resolveClass(type);
            }
            return type;
        }
    }

    /** Whoever looks at a class file of the library sees what was loaded. */
    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
        byte[] classFile = name.startsWith("io/virtio4j/") && name.endsWith(".class") ? classFile(name) : null;
        return classFile != null ? new ByteArrayInputStream(classFile) : super.getResourceAsStream(name);
    }

    private byte @Nullable [] classFile(String path) {
        byte[] shipped;
        try (InputStream in = getParent().getResourceAsStream(path)) {
            if (in == null) {
                return null;
            }
            shipped = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (mutant == null) {
            return shipped;
        }
        String name = path.substring(0, path.length() - ".class".length()).replace('/', '.');
        byte[] mutated = name.equals(mutant.place().className()) ? ByteCode.mutate(shipped, mutant) : shipped;
        return ByteCode.isToken(name) ? ByteCode.withUnissued(mutated) : mutated;
    }

    @Override
    public String toString() {
        return mutant == null ? "the shipped code" : mutant.id();
    }
}
