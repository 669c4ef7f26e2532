// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the order tests over a mutant, in this JVM, with classes of their own.
 *
 * <p>A launcher without the listener that records clauses: what fails here must not count as a clause that failed, nor what
 * passes as one that passed. Each test ends within {@link #TEST_SECONDS}.
 */
public final class OrderTestRun implements TestExecutionListener {
    static final int TEST_SECONDS = 10;

    private final Map<String, Integer> failures = new TreeMap<>();
    private final List<Throwable> causes = new ArrayList<>();
    private int passed;
    private int timeouts;

    private OrderTestRun() {}

    static OrderTestRun of(@Nullable Mutant mutant, List<String> testClasses) {
        return over(files -> MutantLoader.over(files, mutant), testClasses);
    }

    /**
     * Runs tests as another loader has them.
     *
     * @param loaderOver makes it: class files are its parent's to find
     * @param testClasses binary names
     */
    public static OrderTestRun over(Function<ClassLoader, ClassLoader> loaderOver, List<String> testClasses) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader files = new URLClassLoader(Built.orderTestPath(), OrderTestRun.class.getClassLoader())) {
            ClassLoader loader = loaderOver.apply(files);
            thread.setContextClassLoader(loader);
            return run(loader, testClasses);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static OrderTestRun run(ClassLoader loader, List<String> testClasses) {
        List<DiscoverySelector> selectors = new ArrayList<>();
        for (String name : testClasses) {
            try {
                selectors.add(selectClass(Class.forName(name, false, loader)));
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectors)
                .configurationParameter("junit.jupiter.execution.timeout.default", TEST_SECONDS + " s")
                .configurationParameter("junit.jupiter.execution.timeout.thread.mode.default", "SEPARATE_THREAD")
                .build();
        Launcher launcher = LauncherFactory.create(LauncherConfig.builder()
                .enableTestEngineAutoRegistration(false)
                .enableTestExecutionListenerAutoRegistration(false)
                .enableLauncherSessionListenerAutoRegistration(false)
                .enableLauncherDiscoveryListenerAutoRegistration(false)
                .enablePostDiscoveryFilterAutoRegistration(false)
                .addTestEngines(new JupiterTestEngine())
                .build());
        OrderTestRun run = new OrderTestRun();
        launcher.execute(request, run);
        return run;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
            passed += test.isTest() ? 1 : 0;
            return;
        }
        failures.merge(className(test), 1, Integer::sum);
        Throwable cause = result.getThrowable().orElseGet(() -> new AssertionError("no cause given"));
        causes.add(cause);
        timeouts += cause instanceof TimeoutException ? 1 : 0;
    }

    private static String className(TestIdentifier test) {
        String name = test.getSource()
                .map(source -> source instanceof MethodSource method
                        ? method.getClassName()
                        : source instanceof ClassSource type ? type.getClassName() : source.toString())
                .orElse(test.getDisplayName());
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** How many tests failed, by simple name of the class. */
    Map<String, Integer> failures() {
        return failures;
    }

    public List<Throwable> causes() {
        return causes;
    }

    public int passed() {
        return passed;
    }

    boolean isCaught() {
        return !failures.isEmpty();
    }

    /** Whether nothing but tests that never ended shows the mutant. */
    boolean isCaughtByTimeOnly() {
        return isCaught() && timeouts == causes.size();
    }
}
