// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import io.virtio4j.stress.model.Edit;
import io.virtio4j.stress.model.Verdicts;
import io.virtio4j.stress.model.explore.MemoryModel;
import java.util.Optional;

/** What the exhaustive exploration of weak memory says of a mutant. */
final class ModelVerdicts {
    /** Nothing goes wrong under any of its memory models. */
    static final String NEVER = "never";

    private ModelVerdicts() {}

    /** The first memory model under which the mutant is wrong, or {@link #NEVER}; nothing if its place is not modelled. */
    static Optional<String> of(Mutant mutant) {
        Place place = mutant.place();
        if (!Verdicts.places().contains(place.letter() + ' ' + place.name())) {
            return Optional.empty();
        }
        Edit edit = Edit.labelled(mutant.edit().label())
                .orElseThrow(() -> new IllegalStateException("the model knows no edit for " + mutant));
        return Optional.of(Verdicts.caught(place.name(), edit).stream()
                .min(MemoryModel::compareTo)
                .map(MemoryModel::name)
                .orElse(NEVER));
    }
}
