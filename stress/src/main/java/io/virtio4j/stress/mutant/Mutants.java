// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import java.util.List;
import java.util.stream.Stream;

/**
 * The catalogue: every place in the library that issues a fence, and the mutants of each.
 *
 * <p>A test walks the byte code of the library and compares: a fence that stands in no row fails it, and so does a row
 * that matches no fence.
 */
public final class Mutants {
    private static final List<Place> PLACES = Stream.of(
                    DriverPlaces.all(),
                    DevicePlaces.all(),
                    ConfigPlaces.all(),
                    TransportPlaces.all(),
                    TokenPlaces.all())
            .flatMap(List::stream)
            .toList();

    private static final List<Mutant> ALL =
            PLACES.stream().flatMap(place -> place.mutants().stream()).toList();

    private Mutants() {}

    /** {@return every place that issues a fence, those without mutants included} */
    public static List<Place> places() {
        return PLACES;
    }

    /** {@return every mutant} */
    public static List<Mutant> all() {
        return ALL;
    }

    /**
     * Finds a mutant.
     *
     * @param id see {@link Mutant#id}
     * @return the mutant
     * @throws IllegalArgumentException if there is none of that name
     */
    public static Mutant byId(String id) {
        return ALL.stream()
                .filter(mutant -> mutant.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no mutant is called " + id));
    }
}
