// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build;

import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.codehaus.plexus.util.cli.CommandLineUtils;

/** A line of arguments as a user types it: split at blanks, single and double quotes keep words together. */
final class ArgumentLine {

    private ArgumentLine() {}

    static List<String> split(String line) throws MojoExecutionException {
        if (line == null || line.isBlank()) {
            return List.of();
        }
        // A POM may break a long line.
        String oneLine = line.strip().replaceAll("\\s*\\R\\s*", " ");
        try {
            return List.of(CommandLineUtils.translateCommandline(oneLine));
        } catch (Exception e) { // the library declares no narrower type for an unbalanced quote
            throw new MojoExecutionException("Cannot split the arguments [" + line + "]: " + e.getMessage(), e);
        }
    }
}
