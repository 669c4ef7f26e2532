// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.teeth;

/**
 * A bug that somebody could write.
 *
 * @param id kebab case
 * @param half whose: {@link KitPlay#DEVICE} or {@link KitPlay#DRIVER}
 * @param format name of the rings that it is played on
 * @param word of the ids of cases that should find it: a hint, which saves time
 * @param change makes it
 */
record PlantedBug(String id, String half, String format, String word, Change change) {
    /**
     * What is done to which method.
     *
     * @param className binary name
     * @param method of which there is one
     * @param edit of its code
     */
    record Change(String className, String method, Edit edit) {}

    @Override
    public String toString() {
        return id;
    }
}
