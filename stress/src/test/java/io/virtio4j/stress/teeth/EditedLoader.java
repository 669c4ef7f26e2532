// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.teeth;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Loads the library, the kit and the tests anew, with planted bugs in them or with none. */
final class EditedLoader extends ClassLoader {
    private static final String LIBRARY = "io.virtio4j.";

    /** What all loaders have alike. */
    private static final String SHARED = Kit.class.getName();

    static {
        registerAsParallelCapable();
    }

    private final List<PlantedBug.Change> changes;

    EditedLoader(ClassLoader parent, List<PlantedBug.Change> changes) {
        super(parent);
        this.changes = changes;
    }

    /** The kit as this loader has it. */
    Kit kit() {
        try {
            return (Kit)
                    loadClass(KitPlay.class.getName()).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the kit does not load", e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(LIBRARY) || name.equals(SHARED)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> type = findLoadedClass(name);
            if (type == null) {
                byte[] classFile = changed(name, classFile(name));
                type = defineClass(name, classFile, 0, classFile.length);
            }
            if (resolve) {
                resolveClass(type);
            }
            return type;
        }
    }

    private byte[] changed(String name, byte[] shipped) {
        byte[] classFile = shipped;
        for (PlantedBug.Change change : changes) {
            if (change.className().equals(name)) {
                classFile = Edit.change(classFile, change.method(), change.edit());
            }
        }
        return classFile;
    }

    private byte[] classFile(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
