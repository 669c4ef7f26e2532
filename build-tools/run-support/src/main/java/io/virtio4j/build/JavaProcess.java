// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build;

import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.maven.plugin.MojoExecutionException;

/** A child process that shares our terminal and does not outlive us. */
final class JavaProcess {

    private static final long STOP_TIMEOUT_SECONDS = 10;

    private JavaProcess() {}

    static String javaOfThisJvm() {
        return new File(new File(System.getProperty("java.home"), "bin"), "java").getPath();
    }

    static int run(List<String> command, File folder) throws MojoExecutionException {
        if (!folder.isDirectory() && !folder.mkdirs()) {
            throw new MojoExecutionException("Cannot create " + folder);
        }
        Process process;
        try {
            process = new ProcessBuilder(command).directory(folder).inheritIO().start();
        } catch (IOException e) {
            throw new MojoExecutionException("Cannot start " + command.get(0), e);
        }
        // Left in place after a normal end, where it finds nothing to stop.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process), "stop-child"));
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            stop(process);
            Thread.currentThread().interrupt();
            throw new MojoExecutionException("Interrupted while waiting for " + command.get(0), e);
        }
    }

    private static void stop(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
