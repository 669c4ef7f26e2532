// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A row of the table: a mutant, and what catches it. */
record MutantRow(
        Mutant mutant, Map<String, Integer> orderTests, Optional<String> model, List<StressSight> stressTests) {
    MutantRow {
        orderTests = new TreeMap<>(orderTests);
        stressTests = List.copyOf(stressTests);
    }

    boolean isCaught() {
        return !orderTests.isEmpty();
    }

    /** By the model, of this very edit, or by a stress test. */
    boolean isWrong() {
        boolean inTheModel = ModelVerdicts.isOfTheSameEdit(mutant)
                && model.filter(verdict -> !verdict.equals(ModelVerdicts.NEVER)).isPresent();
        return inTheModel || !stressTests.isEmpty();
    }

    /** Nothing goes wrong with it in any memory model: only an order test tells it from the code. */
    boolean isEquivalent() {
        return !isWrong()
                && ModelVerdicts.isOfTheSameEdit(mutant)
                && model.filter(ModelVerdicts.NEVER::equals).isPresent();
    }

    /** The model knows the fence, and has moved it by one access only. */
    boolean isMovedLess() {
        return !isWrong() && model.isPresent() && !ModelVerdicts.isOfTheSameEdit(mutant);
    }

    private String verdict() {
        return model.orElse("-")
                + (model.isPresent() && !ModelVerdicts.isOfTheSameEdit(mutant) ? ", by one access" : "");
    }

    private static String cell(List<String> names) {
        return names.isEmpty() ? "-" : String.join(", ", names);
    }

    private static String describe(Edit edit) {
        if (!(edit instanceof Edit.Moved moved)) {
            return edit.label();
        }
        Spot to = moved.to();
        String calls = to.calls().stream().map(call -> '`' + call + '`').collect(Collectors.joining(" or "));
        String which = to.occurrence() <= 0 ? "" : ", call " + (to.occurrence() + 1);
        String where = switch (to.side()) {
            case HEAD -> "at the head of `" + to.method() + '`';
            case RETURNS -> "where `" + to.method() + "` returns";
            case BEFORE -> "before " + calls + which;
            case AFTER -> "behind " + calls + which;
        };
        return edit.label() + ": " + where;
    }

    String text() {
        List<String> tests = orderTests.entrySet().stream()
                .map(test -> "`" + test.getKey() + "` " + test.getValue())
                .toList();
        List<String> stress = stressTests.stream().map(StressSight::text).toList();
        return "| " + mutant.letter() + " | `" + mutant.place().where() + "`" + occurrence() + " | "
                + describe(mutant.edit()) + " | " + cell(tests) + " | " + verdict() + " | " + cell(stress)
                + " |";
    }

    /** Where a method issues the same fence more than once. */
    private String occurrence() {
        Place place = mutant.place();
        long same = Mutants.places().stream()
                .filter(other ->
                        other.where().equals(place.where()) && other.call().equals(place.call()))
                .count();
        return same > 1 ? ", fence " + (place.occurrence() + 1) : "";
    }
}
