// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import java.nio.file.Path;
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
 * when no test matches, and calls both a success. Here every selected test must have left a result, and every wrong variant
 * must have shown its interesting outcome, if it had samples enough. At the end stands a {@link Summary}, since the reports of
 * jcstress fill many screens.
 */
public final class CheckedMain {
    /** Where the counts of a run are left, by the release of Java. */
    private static final Path COUNTS = Path.of("jcstress-counts");

    /** The page whose table is written anew from the counts. */
    private static final String PAGE = "jcstress.page";

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
        MeasuredPage.keep(COUNTS, Runtime.version().feature(), summary.tests());
        String page = System.getProperty(PAGE);
        if (page != null) {
            MeasuredPage.write(Path.of(page), COUNTS);
        }
        Set<String> silent = new TreeSet<>(selected);
        results.forEach(result -> silent.remove(result.getName()));
        refuse(!silent.isEmpty(), "left no result: " + silent);
        if (forbidden != null) {
            throw forbidden;
        }
        refuse(
                !summary.withoutTeeth().isEmpty(),
                "a wrong variant did not show what is wrong with it: " + summary.withoutTeeth());
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
