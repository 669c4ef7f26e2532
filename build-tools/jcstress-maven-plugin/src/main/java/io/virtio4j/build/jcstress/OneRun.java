// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import java.util.Collection;
import java.util.List;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;

/** jcstress, once. It says by an error that something forbidden was seen; here that is a result like others. */
final class OneRun {
    private OneRun() {}

    static Collection<TestResult> of(Options options) throws Exception {
        try {
            new JCStress(options).run();
        } catch (AssertionError e) {
            System.out.println("jcstress: " + e.getMessage());
        }
        InProcessCollector results = new InProcessCollector();
        DiskReadCollector reader = new DiskReadCollector(options.getResultFile(), results);
        reader.dump();
        reader.close();
        return List.copyOf(results.getTestResults());
    }
}
