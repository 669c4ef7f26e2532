// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import java.util.ArrayList;
import java.util.List;

/**
 * A place in the code that issues a fence.
 *
 * @param name for people, and the first part of its mutants' ids: {@code split-driver-publish}
 * @param letter of the ordering table; {@link #ALL_LETTERS} for the code behind all of them, {@link #NO_LETTER} for a
 *     fence that the table does not have
 * @param className binary name of the class
 * @param method name of the method
 * @param call name of the method called there
 * @param occurrence which of the calls of that name in the method, from 0
 * @param fence what it issues
 * @param edits what its mutants do; none where a change would be none, and then the catalogue says why
 */
public record Place(
        String name,
        String letter,
        String className,
        String method,
        String call,
        int occurrence,
        Fence fence,
        List<Edit> edits) {
    /** Behind every fence of its kind. */
    public static final String ALL_LETTERS = "all";

    /** Not in the ordering table. */
    public static final String NO_LETTER = "none";

    /** Copies the edits. */
    public Place {
        edits = List.copyOf(edits);
    }

    static Place of(String name, String letter, String className, String method, Fence fence) {
        return new Place(name, letter, className, method, fence.method(), 0, fence, List.of());
    }

    Place calling(String newCall) {
        return new Place(name, letter, className, method, newCall, occurrence, fence, edits);
    }

    Place occurrence(int newOccurrence) {
        return new Place(name, letter, className, method, call, newOccurrence, fence, edits);
    }

    Place dropped() {
        return with(new Edit.Dropped());
    }

    /** Every weaker fence that is one. */
    Place weakened() {
        return switch (fence) {
            case WMB -> with(new Edit.Weakened(Weaker.STORE_STORE));
            case RMB -> with(new Edit.Weakened(Weaker.LOAD_LOAD));
            case MB ->
                with(new Edit.Weakened(Weaker.WMB))
                        .with(new Edit.Weakened(Weaker.RMB))
                        .with(new Edit.Weakened(Weaker.WMB_AND_RMB));
        };
    }

    Place early(Spot to) {
        return with(new Edit.Moved("early", to));
    }

    Place late(Spot to) {
        return with(new Edit.Moved("late", to));
    }

    private Place with(Edit edit) {
        List<Edit> more = new ArrayList<>(edits);
        more.add(edit);
        return new Place(name, letter, className, method, call, occurrence, fence, more);
    }

    List<Mutant> mutants() {
        return edits.stream().map(edit -> new Mutant(this, edit)).toList();
    }

    /** {@return class and method, as the table names them} */
    public String where() {
        return className.substring(className.lastIndexOf('.') + 1) + '.' + method;
    }
}
