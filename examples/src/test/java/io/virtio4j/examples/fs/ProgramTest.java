// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** What a test learns of a program that does not do what it should. */
final class ProgramTest {
    private static final Program SHELL = new Program(Path.of("/bin/sh"), 60);

    @Test
    void whatItPrintedIsPartOfTheFailure() {
        Program.Run run = SHELL.run("-c", "echo found; echo broken >&2; exit 3");
        assertThat(run.output()).isEqualTo("found\n");
        assertThatThrownBy(run::expectSuccess)
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("exit 3", "found", "broken");
    }

    @Test
    void complaintsAreAFailureEvenIfItEndsWell() {
        Program.Run run = SHELL.run("-c", "echo sh 1.0 >&2; echo no such file >&2");
        assertThatThrownBy(() -> run.expectNoErrorBut("sh 1.0"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no such file");
        SHELL.run("-c", "echo sh 1.0 >&2").expectNoErrorBut("sh 1.0");
    }

    @Test
    void oneThatDoesNotEndIsEnded() {
        Program impatient = new Program(Path.of("/bin/sh"), 1);
        assertThatThrownBy(() -> impatient.run("-c", "echo before; exec sleep 600"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("not ended after 1 s", "before");
    }

    @Test
    void itsEnvironmentIsAlwaysTheSame() {
        assertThat(SHELL.run("-c", "echo $LC_ALL $TZ $HOME").output()).isEqualTo("C UTC\n");
    }

    @Test
    void aMissingOneSkipsTheTestAndIsNamed() {
        assertThatThrownBy(() -> Program.require("mkfs.none-such", "nonesuch-progs"))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContainingAll("mkfs.none-such", "nonesuch-progs");
    }
}
