// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.stress.model.explore.Explorer;
import io.virtio4j.stress.model.explore.MemoryModel;
import io.virtio4j.stress.model.explore.Program;
import io.virtio4j.stress.model.explore.Step;
import io.virtio4j.stress.model.explore.Step.Load;
import io.virtio4j.stress.model.explore.Step.Store;
import io.virtio4j.stress.model.explore.Step.Swap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The word on which a driver sleeps, in the order in which the waits use it; and what comes of another. */
class SignalTest {
    private static final String DRIVER = "driver";

    static Stream<Scenario> sleeps() {
        return Verdicts.scenarios().stream().filter(scenario -> scenario.name().endsWith(": a call and a sleep"));
    }

    private static List<String> trace(Scenario sleep, Consumer<List<Step>> change, MemoryModel model) {
        Program program = sleep.program();
        Map<String, List<Step>> threads = new LinkedHashMap<>(program.threads());
        List<Step> driver = new ArrayList<>(threads.get(DRIVER));
        change.accept(driver);
        threads.put(DRIVER, driver);
        return Explorer.explore(new Program(program.name(), program.initially(), threads, program.property()), model)
                .trace();
    }

    @ParameterizedTest
    @MethodSource("sleeps")
    void calledTakenLookedAtParkedIsSafe(Scenario sleep) {
        for (MemoryModel model : MemoryModel.values()) {
            assertThat(trace(sleep, steps -> {}, model)).isEmpty();
        }
    }

    /** The call would be taken for one that the look has seen the reason of. */
    @ParameterizedTest
    @MethodSource("sleeps")
    void aCallTakenAfterTheLookIsSleptThrough(Scenario sleep) {
        assertThat(trace(sleep, steps -> steps.add(steps.size() - 2, steps.remove(0)), MemoryModel.SC))
                .last()
                .asString()
                .contains("the driver sleeps");
    }

    /** The call may come between the load and the store. */
    @ParameterizedTest
    @MethodSource("sleeps")
    void parkingByALoadAndAStoreForgetsACall(Scenario sleep) {
        Consumer<List<Step>> inTwoSteps = steps -> {
            Swap parking = (Swap) steps.remove(steps.size() - 1);
            steps.add(new Load(List.of(parking.cell()), parking.onlyIf()));
            steps.add(new Store(parking.cell(), parking.value()));
        };

        assertThat(trace(sleep, inTwoSteps, MemoryModel.SC)).last().asString().contains("the driver sleeps");
    }
}
