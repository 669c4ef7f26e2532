// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples;

import io.virtio4j.examples.blk.BlkCopyCommand;
import io.virtio4j.examples.blk.bench.BlkBenchCommand;
import io.virtio4j.examples.cli.Failures;
import io.virtio4j.examples.explore.ExploreCommand;
import io.virtio4j.examples.rng.RngCommand;
import io.virtio4j.examples.roulette.RouletteCommand;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line {@code virtio4j}. Exit status: 0 done, 1 the work failed, 2 bad usage. */
@Command(
        name = "virtio4j",
        description = "VirtIO drivers and devices on the JVM: run them, measure them.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            RouletteCommand.class,
            BlkCopyCommand.class,
            BlkBenchCommand.class,
            RngCommand.class,
            ExploreCommand.class,
            HelpCommand.class
        })
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    /**
     * Runs one command and exits with its status.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        // Pictures are painted and encoded without a window system, so a machine that lacks one is no obstacle. Only a
        // window needs it, and Java asks once.
        if (Arrays.stream(args).noneMatch(arg -> arg.startsWith("--show"))) {
            System.setProperty("java.awt.headless", "true");
        }
        System.exit(commandLine().execute(args));
    }

    /** {@return the whole command line, ready to execute} */
    public static CommandLine commandLine() {
        return Failures.oneSentenceEach(new CommandLine(new Main()));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command was given");
    }
}
