// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jmh;

import io.virtio4j.build.AbstractRunMojo;
import org.apache.maven.plugins.annotations.Execute;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;

/** {@code jmh:run}: the module's benchmarks. JMH's forks inherit the flags of the JVM that starts them. */
@Mojo(name = "run", requiresDependencyResolution = ResolutionScope.RUNTIME)
@Execute(phase = LifecyclePhase.PROCESS_CLASSES)
public final class RunMojo extends AbstractRunMojo {

    /** JMH's arguments, in quotes, as JMH's own command line takes them. */
    @Parameter(property = "jmh.args")
    private String args;

    @Override
    protected String userArgs() {
        return args;
    }
}
