// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import io.virtio4j.stress.model.Edit;
import io.virtio4j.stress.model.Verdicts;
import io.virtio4j.stress.model.explore.MemoryModel;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the exhaustive exploration of weak memory says of a mutant. */
final class ModelVerdicts {
    /** Nothing goes wrong under any of its memory models. */
    static final String NEVER = "never";

    private ModelVerdicts() {}

    /**
     * The first memory model under which the mutant is wrong, or {@link #NEVER}; nothing if its place is not modelled. The code
     * behind all letters has the first of theirs.
     */
    static Optional<String> of(Mutant mutant) {
        Edit edit = Edit.labelled(mutant.edit().label())
                .orElseThrow(() -> new IllegalStateException("the model knows no edit for " + mutant));
        List<Place> modelled = behind(mutant.place())
                .filter(place -> Verdicts.places().contains(place.letter() + ' ' + place.name()))
                .toList();
        if (modelled.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(modelled.stream()
                .flatMap(place -> Verdicts.caught(place.name(), edit).stream())
                .min(MemoryModel::compareTo)
                .map(MemoryModel::name)
                .orElse(NEVER));
    }

    private static Stream<Place> behind(Place place) {
        return place.letter().equals(Place.ALL_LETTERS)
                ? Mutants.places().stream().filter(other -> other.fence() == place.fence())
                : Stream.of(place);
    }

    /** Whether the model moves the fence as far as the mutant does: not by one access only. */
    static boolean isOfTheSameEdit(Mutant mutant) {
        return !(mutant.edit() instanceof io.virtio4j.stress.mutant.Edit.Moved);
    }
}
