// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs the command line as its user would, and keeps what it said. */
public final class CommandRunner {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /**
     * {@return the exit status}
     *
     * @param args the command and its options
     */
    public int run(String... args) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(args);
    }

    /** {@return all lines of standard output} */
    public String out() {
        return out.toString();
    }

    /** {@return all lines of standard error} */
    public String err() {
        return err.toString();
    }
}
