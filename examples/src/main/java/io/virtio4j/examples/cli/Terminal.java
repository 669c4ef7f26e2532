// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.cli;

import java.io.Console;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Whether a person is looking: progress goes to a terminal, stable lines go to a pipe. */
public final class Terminal {
    private Terminal() {}

    /** {@return whether standard input and output are a terminal} */
    @SuppressWarnings("SystemConsoleNull") // null before Java 22; from 22 on isTerminal() is asked
    public static boolean isInteractive() {
        Console console = System.console();
        return console != null && isTerminal(console);
    }

    /** From Java 22 on there is a console in a pipe too, and {@code Console.isTerminal} tells the difference. */
    private static boolean isTerminal(Console console) {
        try {
            MethodHandle isTerminal = MethodHandles.publicLookup()
                    .findVirtual(Console.class, "isTerminal", MethodType.methodType(boolean.class));
            return (boolean) isTerminal.invokeExact(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (Throwable e) {
            throw new IllegalStateException("cannot ask the console what it is", e);
        }
    }
}
