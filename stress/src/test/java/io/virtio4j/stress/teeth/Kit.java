// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.teeth;

import java.util.Optional;

/** The kit over some library, as a test sees it: every loader has the same interface, which therefore mentions neither. */
public interface Kit {
    /**
     * Plays cases until one is red.
     *
     * @param half {@link KitPlay#DEVICE} or {@link KitPlay#DRIVER}
     * @param format name of the format of the rings
     * @param word of the ids of cases that are played first; the others follow
     * @return the id of the red one, or empty if none is
     */
    Optional<String> red(String half, String format, String word);

    /**
     * Plays one case.
     *
     * @param half as above
     * @param format as above
     * @param id of the case
     * @return the verdict in words, with what was wrong; empty if it is right
     */
    String wrong(String half, String format, String id);
}
