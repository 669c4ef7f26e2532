// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.stress.mutant.Mutant;
import io.virtio4j.stress.mutant.MutantLoader;
import io.virtio4j.stress.mutant.Mutants;
import java.util.List;
import java.util.function.Function;

/** The same races as over the shipped code, over copies of it that were each changed at one fence: one mutant after the other. */
final class MutantRaces {
    /** Each mutant is compiled by itself; to wait for that while both processors are busy would take most of a short run. */
    private static final int REHEARSALS = 3000;

    private final RaceSource[] sources;
    private final String[] labels;
    private int turn;

    private MutantRaces(List<Mutant> mutants, Class<? extends RaceSource> races, Function<Mutant, String> label) {
        sources = mutants.stream()
                .map(mutant ->
                        MutantLoader.of(mutant, Race.class, RaceSource.class).make(RaceSource.class, races))
                .toArray(RaceSource[]::new);
        for (int rehearsal = 0; rehearsal < REHEARSALS; rehearsal++) {
            for (RaceSource source : sources) {
                source.next().rehearse();
            }
        }
        labels = mutants.stream().map(label).toArray(String[]::new);
    }

    /** All mutants of one fence, named by what was done to it. */
    static MutantRaces of(String place, Class<? extends RaceSource> races) {
        return new MutantRaces(mutantsOf(place), races, mutant -> mutant.edit().label());
    }

    /** All mutants of several fences, named by their ids. */
    static MutantRaces of(List<String> places, Class<? extends RaceSource> races) {
        List<Mutant> mutants =
                places.stream().flatMap(place -> mutantsOf(place).stream()).toList();
        return new MutantRaces(mutants, races, Mutant::id);
    }

    private static List<Mutant> mutantsOf(String place) {
        return Mutants.all().stream()
                .filter(mutant -> mutant.place().name().equals(place))
                .toList();
    }

    /** The state of a sample: a race, and over which mutant. */
    abstract static class State {
        final Race race;
        final String mutant;

        State(MutantRaces all) {
            int now = all.turn;
            all.turn = now + 1 < all.sources.length ? now + 1 : 0;
            race = all.sources[now].next();
            mutant = all.labels[now];
        }
    }
}
