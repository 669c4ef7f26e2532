// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import io.virtio4j.build.AbstractRunMojo;
import java.io.File;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugins.annotations.Execute;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;

/**
 * {@code jcstress:run}: the module's concurrency stress tests, through {@link CheckedMain}. jcstress gives its forks none of
 * the flags of the JVM that starts them, so they are passed as an argument too.
 */
@Mojo(name = "run", requiresDependencyResolution = ResolutionScope.RUNTIME)
@Execute(phase = LifecyclePhase.PROCESS_CLASSES)
public final class RunMojo extends AbstractRunMojo {

    /** By name, since it can be loaded only beside jcstress. */
    private static final String CHECKED_MAIN = "io.virtio4j.build.jcstress.CheckedMain";

    /** The arguments of jcstress, in quotes, as its own command line takes them. */
    @Parameter(property = "jcstress.args")
    private String args;

    /** A page whose table of measured counts is written anew after a run of all tests that ends well, from here if relative; none by default. */
    @Parameter(property = "jcstress.page")
    private String page;

    /** How many seconds may be spent on running again what did not show what it is there to show; 90 by default. */
    @Parameter(property = "jcstress.patience")
    private Integer patienceSeconds;

    @Parameter(defaultValue = "${session.executionRootDirectory}", readonly = true, required = true)
    private File root;

    @Override
    protected String userArgs() {
        return args;
    }

    @Override
    protected List<String> program(String main, List<String> jvmFlags, List<String> arguments) {
        List<String> command = new ArrayList<>();
        if (page != null) {
            command.add("-Djcstress.page=" + root.toPath().resolve(page));
        }
        if (patienceSeconds != null) {
            command.add("-Djcstress.patience=" + patienceSeconds);
        }
        command.add(CHECKED_MAIN);
        for (String flag : jvmFlags) {
            command.add("-jvmArgsPrepend");
            command.add(flag);
        }
        command.addAll(arguments);
        return command;
    }

    @Override
    protected List<String> extraClassPath() {
        return List.of(ownJar());
    }

    private static String ownJar() {
        try {
            return new File(RunMojo.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .getPath();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("The plugin's own jar has no usable address", e);
        }
    }
}
