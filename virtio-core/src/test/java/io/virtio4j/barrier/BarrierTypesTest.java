// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.barrier;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.util.List;
import java.util.stream.LongStream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A guarded access without its barrier does not compile; with the barrier it does. */
class BarrierTypesTest {
    private static final String MISSING_ARGUMENT = "compiler.err.cant.apply.symbol";
    private static final String WRONG_TYPE = "compiler.err.prob.found.req";
    private static final String INACCESSIBLE = "compiler.err.report.access";

    private static final List<String> HEAD = List.of(
            "class Snippet {",
            "  void run(io.virtio4j.ring.SplitRing ring, io.virtio4j.ring.PackedRing packed,",
            "      io.virtio4j.memory.SharedMemory memory, io.virtio4j.barrier.Wmb wmb) {");

    /** Compiles a class with one statement a line; analysed only, no file is written. */
    private static List<Diagnostic<? extends JavaFileObject>> errorsIn(String... statements) {
        String text = String.join("\n", HEAD) + "\n" + String.join(";\n", statements) + ";\n}\n}\n";
        JavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return text;
                    }
                };
        DiagnosticCollector<JavaFileObject> collector = new DiagnosticCollector<>();
        List<String> options =
                List.of("-proc:none", "-XDshould-stop.ifNoError=FLOW", "-cp", System.getProperty("java.class.path"));
        ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, collector, options, null, List.of(source))
                .call();
        return collector.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .toList();
    }

    /** Each statement is wrong, for the same reason, and nothing else is. */
    private static void assertEachRefused(String code, String... statements) {
        List<Diagnostic<? extends JavaFileObject>> errors = errorsIn(statements);
        assertThat(errors).extracting(Diagnostic::getCode).containsOnly(code);
        assertThat(errors)
                .extracting(Diagnostic::getLineNumber)
                .containsExactlyElementsOf(LongStream.rangeClosed(HEAD.size() + 1, HEAD.size() + statements.length)
                        .boxed()
                        .toList());
    }

    @Test
    void aPublicationWithoutAWriteBarrierDoesNotCompile() {
        assertEachRefused(
                MISSING_ARGUMENT,
                "ring.publishAvailIdx(1)",
                "ring.publishUsedIdx(1)",
                "packed.publishFlags(0, 1)",
                "memory.putLe16Opaque(0L, 1)",
                "memory.putLe32Opaque(0L, 1)");
    }

    @Test
    void aPublicationWithAWriteBarrierCompiles() {
        assertThat(errorsIn(
                        "ring.publishAvailIdx(ring.wmb(), 1)",
                        "ring.publishUsedIdx(ring.wmb(), 1)",
                        "packed.publishFlags(packed.wmb(), 0, 1)",
                        "memory.putLe16Opaque(memory.wmb(), 0L, 1)",
                        "memory.putLe32Opaque(memory.wmb(), 0L, 1)"))
                .isEmpty();
    }

    @Test
    void aLoadOfWhatTheIndexCoversWithoutAReadBarrierDoesNotCompile() {
        assertEachRefused(
                MISSING_ARGUMENT, "ring.availHead(0)", "ring.usedElement(0)", "packed.address(0)", "packed.word(0)");
    }

    @Test
    void aLoadOfWhatTheIndexCoversWithAReadBarrierCompiles() {
        assertThat(errorsIn(
                        "ring.availHead(ring.rmb(), 0)",
                        "ring.usedElement(ring.rmb(), 0)",
                        "packed.address(packed.rmb(), 0)",
                        "packed.word(packed.rmb(), 0)"))
                .isEmpty();
    }

    @Test
    void aLoadOfTheOtherSidesWishWithoutAFullBarrierDoesNotCompile() {
        assertEachRefused(
                MISSING_ARGUMENT,
                "ring.availEventOpaque()",
                "ring.usedEventOpaque()",
                "ring.availFlagsOpaque()",
                "ring.usedFlagsOpaque()",
                "packed.driverEventOpaque()",
                "packed.deviceEventOpaque()");
    }

    @Test
    void aLoadOfTheOtherSidesWishWithAFullBarrierCompiles() {
        assertThat(errorsIn(
                        "ring.availEventOpaque(ring.mb())",
                        "ring.usedEventOpaque(ring.mb())",
                        "ring.availFlagsOpaque(ring.mb())",
                        "ring.usedFlagsOpaque(ring.mb())",
                        "packed.driverEventOpaque(packed.mb())",
                        "packed.deviceEventOpaque(packed.mb())"))
                .isEmpty();
    }

    @Test
    void aBarrierOfAnotherKindDoesNotCompile() {
        assertEachRefused(
                WRONG_TYPE,
                "ring.publishAvailIdx(ring.rmb(), 1)",
                "ring.publishAvailIdx(ring.mb(), 1)",
                "ring.availHead(ring.wmb(), 0)",
                "ring.availEventOpaque(ring.wmb())",
                "ring.availEventOpaque(ring.rmb())");
    }

    @Test
    void aTokenCannotBeHadWithoutIssuingTheFence() {
        assertEachRefused(
                INACCESSIBLE,
                "new io.virtio4j.barrier.Wmb()",
                "new io.virtio4j.barrier.Rmb()",
                "new io.virtio4j.barrier.Mb()",
                "Object token = wmb.ISSUED");
    }

    @ParameterizedTest
    @ValueSource(classes = {Wmb.class, Rmb.class, Mb.class})
    void aTokenTypeHasNoConstructorForOthersAndNoSubclass(Class<?> type) {
        assertThat(type.getDeclaredConstructors())
                .extracting(Constructor::getModifiers)
                .allMatch(Modifier::isPrivate);
        assertThat(type).isFinal();
    }

    @ParameterizedTest
    @ValueSource(classes = {Wmb.class, Rmb.class, Mb.class})
    void theOneWayToATokenIsToIssueTheFence(Class<?> type) {
        assertThat(type.getDeclaredMethods())
                .filteredOn(method -> !method.isSynthetic())
                .extracting(Method::getName)
                .containsExactly("issue");
    }

    @Test
    void aTokenIsNeverNull() {
        assertThat(Wmb.issue()).isNotNull();
        assertThat(Rmb.issue()).isNotNull();
        assertThat(Mb.issue()).isNotNull();
    }
}
