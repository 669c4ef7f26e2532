// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class ClauseRecorderTest {

    @TempDir
    Path directory;

    @Test
    void recordsHowEachTestThatNamesAClauseEnded() throws IOException {
        assertThat(recordsOf(Plain.class))
                .containsExactlyInAnyOrder(
                        "F-ABORTED\tPlain#gaveUp\tskipped",
                        "F-FAILED\tPlain#failed\tfailed",
                        "F-OFF\tPlain#disabled\tskipped",
                        "F-ONE\tPlain#passed\tpassed",
                        "F-TWO\tPlain#passed\tpassed");
    }

    @Test
    void oneFailedInvocationFailsTheWholeTest() throws IOException {
        assertThat(recordsOf(Many.class))
                .containsExactlyInAnyOrder(
                        "F-ALL\tMany#allPass\tpassed",
                        "F-DYNAMIC\tMany#oneOfTheDynamicFails\tfailed",
                        "F-NONE\tMany#noArguments\tfailed",
                        "F-SOME\tMany#oneFails\tfailed");
    }

    @Test
    void recordsProperties() throws IOException {
        assertThat(recordsOf(Properties.class))
                .containsExactlyInAnyOrder(
                        "F-FALSE\tProperties#isFalseForSome\tfailed", "F-TRUE\tProperties#isTrue\tpassed");
    }

    @Test
    void aTypesClausesHoldForSubclassesAndNestedClasses() throws IOException {
        assertThat(recordsOf(Concrete.class))
                .containsExactlyInAnyOrder(
                        "F-CONCRETE\tConcrete#inherited\tpassed",
                        "F-METHOD\tConcrete#inherited\tpassed",
                        "F-SUITE\tConcrete#inherited\tpassed",
                        "F-CONCRETE\tConcrete$Inner#nested\tpassed",
                        "F-SUITE\tConcrete$Inner#nested\tpassed");
    }

    @Test
    void aContainerThatBreaksTakesItsTestsWithIt() throws IOException {
        assertThat(recordsOf(Broken.class)).containsExactly("F-NEVER\tBroken#neverStarted\tfailed");
    }

    @Test
    void aContainerThatGivesUpSkipsItsTests() throws IOException {
        assertThat(recordsOf(GivenUp.class)).containsExactly("F-NEVER\tGivenUp#neverStarted\tskipped");
    }

    @Test
    void writesNothingWithoutAClause() throws IOException {
        assertThat(recordsOf(Unnamed.class)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofTwoRunsOfOneClassTheWorseCountsWhicheverCameFirst(boolean firstFails) throws IOException {
        Twice.fails = firstFails;
        recordsOf(Twice.class);
        Twice.fails = !firstFails;

        assertThat(recordsOf(Twice.class))
                .containsExactlyInAnyOrder("F-ALWAYS\tTwice#passes\tpassed", "F-ONCE\tTwice#failsOnce\tfailed");
    }

    private List<String> recordsOf(Class<?> fixture) throws IOException {
        // Without the recorder of the build itself, or these fixtures would stand among the real records.
        LauncherFactory.create(LauncherConfig.builder()
                        .enableTestExecutionListenerAutoRegistration(false)
                        .build())
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(fixture))
                                .configurationParameter("jqwik.database", "target/fixtures-database")
                                .configurationParameter("jqwik.reporting.onlyfailures", "true")
                                .build(),
                        new ClauseRecorder(directory));
        try (Stream<Path> files = Files.list(directory)) {
            String prefix = ClauseRecorderTest.class.getName() + '$';
            return files.sorted()
                    .flatMap(file -> lines(file).stream())
                    .map(line -> line.replace(prefix, ""))
                    .toList();
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static class Plain {
        @Test
        @Clause({"F-TWO", "F-ONE"})
        void passed() {}

        @Test
        @Clause("F-FAILED")
        void failed() {
            throw new AssertionError("on purpose");
        }

        @Test
        @Clause("F-ABORTED")
        void gaveUp() {
            Assumptions.abort("on purpose");
        }

        @Test
        @Disabled("on purpose")
        @Clause("F-OFF")
        void disabled() {}

        @Test
        void namesNothing() {}
    }

    static class Twice {
        private static boolean fails;

        @Test
        @Clause("F-ALWAYS")
        void passes() {}

        @Test
        @Clause("F-ONCE")
        void failsOnce() {
            assertThat(fails).isFalse();
        }
    }

    static class Many {
        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3})
        @Clause("F-ALL")
        void allPass(int value) {
            assertThat(value).isPositive();
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3})
        @Clause("F-SOME")
        void oneFails(int value) {
            assertThat(value).isNotEqualTo(2);
        }

        @ParameterizedTest
        @ValueSource(ints = {})
        @Clause("F-NONE")
        void noArguments(int value) {
            assertThat(value).isPositive();
        }

        @TestFactory
        @Clause("F-DYNAMIC")
        Stream<DynamicTest> oneOfTheDynamicFails() {
            return Stream.of(1, 2, 3)
                    .map(value -> DynamicTest.dynamicTest(
                            "value " + value, () -> assertThat(value).isNotEqualTo(2)));
        }
    }

    static class Properties {
        @Property
        @Clause("F-TRUE")
        boolean isTrue(@ForAll byte value) {
            return (byte) (value + 256) == value;
        }

        @Property
        @Clause("F-FALSE")
        boolean isFalseForSome(@ForAll byte value) {
            return value < 100;
        }
    }

    @Clause("F-SUITE")
    abstract static class Suite {
        @Test
        @Clause("F-METHOD")
        void inherited() {}
    }

    @Clause("F-CONCRETE")
    static class Concrete extends Suite {
        @Nested
        class Inner {
            @Test
            void nested() {}
        }
    }

    static class Broken {
        @BeforeAll
        static void fail() {
            throw new AssertionError("on purpose");
        }

        @Test
        @Clause("F-NEVER")
        void neverStarted() {}
    }

    static class GivenUp {
        @BeforeAll
        static void giveUp() {
            Assumptions.abort("on purpose");
        }

        @Test
        @Clause("F-NEVER")
        void neverStarted() {}
    }

    static class Unnamed {
        @Test
        void namesNothing() {}
    }
}
