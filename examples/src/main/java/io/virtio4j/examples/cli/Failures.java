// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;

/** How a command fails: one sentence on the error stream and an exit status. */
public final class Failures {
    private Failures() {}

    /**
     * Makes a command line report every failure in one sentence.
     *
     * @param commandLine the command line
     * @return the same
     */
    public static CommandLine oneSentenceEach(CommandLine commandLine) {
        return commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((exception, args) -> usage(exception))
                .setExecutionExceptionHandler((exception, failed, result) -> failure(exception, failed));
    }

    private static int usage(ParameterException exception) {
        CommandLine command = exception.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(sentence(exception) + "; see '" + command.getCommandSpec().qualifiedName() + " --help'");
        return ExitCode.USAGE;
    }

    private static int failure(Exception exception, CommandLine failed) {
        PrintWriter err = failed.getErr();
        err.println(failed.getCommandSpec().qualifiedName() + ": " + sentence(exception));
        if (!(exception instanceof WorkFailedException)) {
            // Nobody foresaw it, so where it came from matters more than brevity.
            exception.printStackTrace(err);
        }
        return ExitCode.SOFTWARE;
    }

    private static String sentence(Exception exception) {
        String message = exception.getMessage();
        return message == null ? exception.getClass().getSimpleName() : message;
    }
}
