// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Main;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.HTMLReportPrinter;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * jcstress, and an error where it would be silent: jcstress leaves out a test with more actors than it has CPUs, runs nothing
 * when no test matches, and calls both a success. Here every selected test must have left a result, and every wrong variant must have
 * shown what is wrong with it, and every right one what it is about: what did not gets a {@link SecondLook}, and then the run
 * fails. At the end stands a {@link Summary}, since the reports of jcstress fill many screens.
 */
public final class CheckedMain {
    /** The page whose table is written anew from the counts. */
    private static final String PAGE = "jcstress.page";

    /** How many seconds second looks may take. */
    private static final String PATIENCE = "jcstress.patience";

    private static final long PATIENCE_SECONDS = 90;

    private CheckedMain() {}

    /**
     * The program.
     *
     * @param args the arguments of jcstress
     * @throws Exception what jcstress throws
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
        Set<String> selected = new JCStress(options).getTests();
        refuse(selected.isEmpty(), "no test matches " + options.getTestFilter());
        int cpus = options.getCPUCount();
        Set<String> tooWide = selected.stream()
                .filter(test -> TestList.getInfo(test).threads() > cpus)
                .collect(Collectors.toCollection(TreeSet::new));
        refuse(!tooWide.isEmpty(), "more actors than the " + cpus + " CPUs in use, would be left out: " + tooWide);

        Summary summary = new Summary(selected);
        Collection<TestResult> first = OneRun.of(options);
        summary.add(first);
        if (summary.wrong().isEmpty()) {
            Collection<TestResult> again =
                    new SecondLook(new Arguments(args), summary, Long.getLong(PATIENCE, PATIENCE_SECONDS)).run();
            report(options, first, again);
        }
        summary.print(System.out);
        refuse(summary.wrong(), "what must not be");
        refuse(summary.notSeen(), "what had to be seen and was not");
        System.out.println(selected.size() + " of " + selected.size()
                + " selected tests ran; nothing forbidden was seen, and all that had to be seen was");
        keep(args, selected, summary);
    }

    /** The page of jcstress, over all runs. */
    private static void report(Options options, Collection<TestResult> first, Collection<TestResult> again)
            throws Exception {
        if (again.isEmpty()) {
            return;
        }
        InProcessCollector all = new InProcessCollector();
        first.forEach(all::add);
        again.forEach(all::add);
        new HTMLReportPrinter(options, all, System.out).work();
    }

    private static void keep(String[] args, Set<String> selected, Summary summary) throws Exception {
        String page = System.getProperty(PAGE);
        if (page != null) {
            refuse(
                    selected.size() != TestList.tests().size(),
                    PAGE + " is written by a run of all tests, and not of " + selected.size() + " of "
                            + TestList.tests().size());
            MeasuredPage.write(Path.of(page), new Arguments(args), summary);
        }
    }

    private static void refuse(List<String> wrong, String what) {
        wrong.forEach(System.err::println);
        refuse(!wrong.isEmpty(), what + ": see the " + wrong.size() + " lines above");
    }

    private static void refuse(boolean wrong, String message) {
        if (wrong) {
            System.err.println("jcstress: " + message);
            System.exit(1);
        }
    }
}
