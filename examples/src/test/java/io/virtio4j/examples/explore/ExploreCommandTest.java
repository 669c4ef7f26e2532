// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.explore;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.examples.CommandRunner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code virtio4j explore} from its options to its verdicts. */
final class ExploreCommandTest {
    @Test
    void provesTheDefault() {
        CommandRunner command = new CommandRunner();
        assertThat(command.run("explore", "--cpus", "1", "--interrupts", "1"))
                .as(command.err())
                .isZero();
        assertThat(command.out()).startsWith("default ").contains("proved").doesNotContain("=>");
    }

    @Test
    void printsTheShortestWayToAFailure() {
        CommandRunner command = new CommandRunner();
        assertThat(command.run("explore", "--variant", "plan-one-cpu", "--trace"))
                .as(command.err())
                .isZero();
        assertThat(command.out().lines().toList())
                .anyMatch(line -> line.contains("<- timer interrupt"))
                .last()
                .asString()
                .isEqualTo("    => request stranded");
    }

    @Test
    void printsAMarkdownTableWithTraces() {
        CommandRunner command = new CommandRunner();
        assertThat(command.run("explore", "--variant", "plan-guard-in-handler", "--trace", "--markdown"))
                .isZero();
        assertThat(command.out())
                .startsWith("| variant |")
                .contains("| **callback with interrupts masked** | 8 |", "```");
    }

    @Test
    void listsTheVariants() {
        CommandRunner command = new CommandRunner();
        assertThat(command.run("explore", "--list")).isZero();
        assertThat(command.out().lines())
                .hasSizeGreaterThan(20)
                .anyMatch(line -> line.startsWith("folded-load-store "));
    }

    @Test
    void aVerdictThatTheVariantIsNotKnownForFailsInOneSentence() {
        CommandRunner command = new CommandRunner();
        assertThat(command.run("explore", "--variant", "no-draining", "--cpus", "1", "--interrupts", "0"))
                .isEqualTo(1);
        assertThat(command.err().lines()).as(command.err()).hasSize(1);
        assertThat(command.err()).contains("no-draining (proved)");
    }

    @Test
    void tooFewStatesLeaveItUndecided() {
        CommandRunner command = new CommandRunner();
        assertThat(command.run("explore", "--states", "100")).isEqualTo(1);
        assertThat(command.err()).contains("undecided");
    }

    @ParameterizedTest
    @CsvSource({
        "explore --variant nothing",
        "explore --cpus 0",
        "explore --cpus 5",
        "explore --tasks 9",
        "explore --interrupts -1",
        "explore --states 0",
        "explore extra"
    })
    void badUsageIsToldInOneSentence(String line) {
        CommandRunner command = new CommandRunner();
        assertThat(command.run(line.split(" "))).isEqualTo(2);
        assertThat(command.err().lines()).as(command.err()).hasSize(1);
    }
}
