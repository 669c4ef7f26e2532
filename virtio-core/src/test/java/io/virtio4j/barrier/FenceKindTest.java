// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.barrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.testkit.Clause;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;

/**
 * Which of the JVM's fences a token stands for. The order tests show where a token is issued; that nothing weaker hides
 * behind it shows in the class alone: {@code VarHandle} has static fences only, and nobody can stand between. The memory
 * that the order tests record with has fences of its own, so what the shipped memory does shows in its class too.
 */
class FenceKindTest {
    private static final String[] FENCES = {
        "fullFence", "acquireFence", "releaseFence", "loadLoadFence", "storeStoreFence"
    };

    @ParameterizedTest
    @CsvSource({"Mb, fullFence", "Rmb, acquireFence", "Wmb, releaseFence"})
    @Clause({"CORE-DRV-ORDER-STRONG-BARRIERS", "CORE-DRV-SMP-ORDER-ENOUGH"})
    void aTokenIsIssuedByItsFenceAndNoOther(String token, String fence) throws IOException {
        String constants;
        try (InputStream in = Mb.class.getResourceAsStream(token + ".class")) {
            constants = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }

        assertThat(FENCES).filteredOn(constants::contains).containsExactly(fence);
    }

    private static ClassNode memory(String name) throws IOException {
        ClassNode code = new ClassNode();
        try (InputStream in = FenceKindTest.class.getResourceAsStream("/io/virtio4j/memory/" + name + ".class")) {
            new ClassReader(in).accept(code, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        }
        return code;
    }

    @ParameterizedTest
    @CsvSource({"mb, Mb", "rmb, Rmb", "wmb, Wmb"})
    @Clause({"CORE-DRV-ORDER-STRONG-BARRIERS", "CORE-DRV-SMP-ORDER-ENOUGH"})
    void aMemoryIssuesTheTokenThatItHandsOutAndDoesNothingElse(String method, String token) throws IOException {
        assertThat(memory("SharedMemory").methods)
                .filteredOn(code -> code.name.equals(method))
                .singleElement()
                .satisfies(code -> assertThat(code.instructions)
                        .filteredOn(instruction -> instruction.getOpcode() >= 0)
                        .extracting(FenceKindTest::text)
                        .containsExactly("io/virtio4j/barrier/" + token + ".issue", "return"));
    }

    private static String text(AbstractInsnNode instruction) {
        if (instruction instanceof MethodInsnNode call) {
            return call.owner + '.' + call.name;
        }
        return instruction.getOpcode() == Opcodes.ARETURN ? "return" : "opcode " + instruction.getOpcode();
    }

    /** Read and not loaded: a JVM has one class of memory. */
    @ParameterizedTest
    @ValueSource(strings = {"WindowedMemory", "AgronaMemory", "ViewMemory"})
    void noClassOfMemoryHasFencesOfItsOwn(String name) throws IOException {
        assertThat(memory(name).methods).extracting(code -> code.name).doesNotContain("wmb", "rmb", "mb");
    }
}
