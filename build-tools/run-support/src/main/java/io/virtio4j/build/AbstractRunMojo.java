// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;

/**
 * Runs a program of the module in a process of its own: on the module's runtime class path, in its build folder, with the
 * arguments that the user gave or else those of the POM. The build fails when the process does not exit with status 0.
 *
 * <p>A module that names no main class is passed over in silence, since {@code -am} brings the goal to every module that
 * the wanted one depends on.
 */
public abstract class AbstractRunMojo extends AbstractMojo {

    /** The module that the goal runs on. */
    @Parameter(defaultValue = "${project}", readonly = true, required = true)
    private MavenProject project;

    /** The program to run; without one, the goal does nothing. */
    @Parameter
    private String mainClass;

    /** Flags for the JVM of the program. */
    @Parameter
    private List<String> jvmArgs = new ArrayList<>();

    /** The arguments, as one line, where the user gives none. */
    @Parameter
    private String defaultArgs;

    /** What to tell a user who gave no arguments: what the default leaves out, and how to run it. */
    @Parameter
    private String hint;

    /**
     * What the user asked for.
     *
     * @return the arguments as one line, or null where the user gave none
     */
    protected abstract String userArgs();

    /**
     * The command line after the class path. A subclass may put its own class in between.
     *
     * @param main the configured main class
     * @param jvmFlags the configured JVM flags
     * @param args the program's arguments
     * @return main class and arguments
     */
    protected List<String> program(String main, List<String> jvmFlags, List<String> args) {
        List<String> command = new ArrayList<>();
        command.add(main);
        command.addAll(args);
        return command;
    }

    /**
     * What stands on the class path behind the module's own.
     *
     * @return files or folders
     */
    protected List<String> extraClassPath() {
        return List.of();
    }

    @Override
    public final void execute() throws MojoExecutionException, MojoFailureException {
        if (mainClass == null || mainClass.isBlank()) {
            getLog().debug("no main class configured in " + project.getArtifactId());
            return;
        }
        boolean byDefault = userArgs() == null;
        String line = byDefault ? defaultArgs : userArgs();
        if (byDefault && hint != null) {
            getLog().info(hint.strip().replaceAll("\\s+", " "));
        }
        List<String> command = new ArrayList<>();
        command.add(JavaProcess.javaOfThisJvm());
        command.addAll(jvmArgs);
        command.add("-cp");
        command.add(String.join(File.pathSeparator, classPath()));
        command.addAll(program(mainClass, jvmArgs, ArgumentLine.split(line)));
        int status = JavaProcess.run(command, new File(project.getBuild().getDirectory()));
        if (status != 0) {
            throw new MojoFailureException(mainClass + " exited with status " + status);
        }
        if (byDefault && hint != null) {
            getLog().info(hint.strip().replaceAll("\\s+", " "));
        }
    }

    private List<String> classPath() throws MojoExecutionException {
        try {
            List<String> path = new ArrayList<>(project.getRuntimeClasspathElements());
            path.addAll(extraClassPath());
            return path;
        } catch (DependencyResolutionRequiredException e) {
            throw new MojoExecutionException("The class path of " + project.getArtifactId() + " is not resolved", e);
        }
    }
}
