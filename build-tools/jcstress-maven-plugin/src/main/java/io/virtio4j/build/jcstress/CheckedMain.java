// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Main;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * jcstress, and an error where it would be silent: jcstress leaves out a test with more actors than it has CPUs, runs nothing
 * when no test matches, and calls both a success. Here every selected test must have left a result, and one with
 * outcomes that are graded interesting must have shown one. At the end stands a {@link Summary}, since the reports of jcstress fill many screens.
 */
public final class CheckedMain {

    private CheckedMain() {}

    /**
     * The program.
     *
     * @param args the arguments of jcstress
     * @throws Exception what jcstress throws; it ends a run with forbidden outcomes with an AssertionError
     */
    public static void main(String[] args) throws Exception {
        if (Arrays.asList(args).contains("-h")) {
            new Options(args).parse();
            return;
        }
        Options options = new Options(args);
        if (!options.parse()) {
            System.exit(1);
        }
        if (options.shouldList() || options.shouldParse()) {
            Main.main(args);
            return;
        }
        JCStress jcstress = new JCStress(options);
        Set<String> selected = jcstress.getTests();
        refuse(selected.isEmpty(), "no test matches " + options.getTestFilter());
        int cpus = options.getCPUCount();
        Set<String> tooWide = selected.stream()
                .filter(test -> TestList.getInfo(test).threads() > cpus)
                .collect(Collectors.toCollection(TreeSet::new));
        refuse(!tooWide.isEmpty(), "more actors than the " + cpus + " CPUs in use, would be left out: " + tooWide);

        AssertionError forbidden = null;
        try {
            jcstress.run();
        } catch (AssertionError e) {
            forbidden = e;
        }

        List<TestResult> results = resultsIn(options.getResultFile());
        Summary summary = new Summary(results);
        summary.print(System.out);
        Set<String> silent = new TreeSet<>(selected);
        results.forEach(result -> silent.remove(result.getName()));
        refuse(!silent.isEmpty(), "left no result: " + silent);
        if (forbidden != null) {
            throw forbidden;
        }
        refuse(
                !summary.withoutTeeth().isEmpty(),
                "showed nothing of what they are there to show: " + summary.withoutTeeth());
        System.out.println(selected.size() + " of " + selected.size() + " selected tests ran");
    }

    private static List<TestResult> resultsIn(String file) throws Exception {
        InProcessCollector results = new InProcessCollector();
        DiskReadCollector reader = new DiskReadCollector(file, results);
        reader.dump();
        reader.close();
        return List.copyOf(results.getTestResults());
    }

    private static void refuse(boolean wrong, String message) {
        if (wrong) {
            System.err.println("jcstress: " + message);
            System.exit(1);
        }
    }
}
