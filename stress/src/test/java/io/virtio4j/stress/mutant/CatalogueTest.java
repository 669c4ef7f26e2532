// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** The catalogue of mutants is that of the fences in the library's byte code: none is missing, none is too many. */
class CatalogueTest {
    /** The letters of docs/memory-model.md that are fences; F is what B and B' do for descriptors. */
    private static final List<String> LETTERS =
            List.of("A", "A'", "B", "B'", "C", "C'", "D", "D'", "E", "G", "G'", "H", "H'", "I", "I'");

    private static String key(String className, String method, String call, int occurrence) {
        return className + '.' + method + " calls " + call + " #" + occurrence;
    }

    /** Every fence of a class, by name of method and call and the order of the code. */
    private static List<String> fences(ClassNode code) {
        List<String> found = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        for (MethodNode method : code.methods) {
            for (AbstractInsnNode instruction : method.instructions) {
                if (instruction instanceof MethodInsnNode call && FenceCall.is(call.owner, call.name, call.desc)) {
                    int occurrence = seen.merge(method.name + ' ' + call.name, 1, Integer::sum) - 1;
                    found.add(key(code.name.replace('/', '.'), method.name, call.name, occurrence));
                }
            }
        }
        return found;
    }

    private static Stream<Handle> handles(ClassNode code) {
        return code.methods.stream()
                .flatMap(method -> Stream.of(method.instructions.toArray()))
                .filter(InvokeDynamicInsnNode.class::isInstance)
                .flatMap(instruction -> Stream.of(((InvokeDynamicInsnNode) instruction).bsmArgs))
                .filter(Handle.class::isInstance)
                .map(Handle.class::cast)
                .filter(handle -> handle.getTag() >= Opcodes.H_INVOKEVIRTUAL);
    }

    @Test
    void everyFenceOfTheLibraryIsOnePlaceAndEveryPlaceIsAFence() {
        List<String> inTheCode = Built.libraryClassFiles().stream()
                .flatMap(file -> fences(Built.read(file)).stream())
                .toList();

        assertThat(Mutants.places())
                .extracting(place -> key(place.className(), place.method(), place.call(), place.occurrence()))
                .containsExactlyInAnyOrderElementsOf(inTheCode);
    }

    /** What a method reference issues, no row could name. */
    @Test
    void noFenceIsIssuedThroughAMethodReference() {
        assertThat(Built.libraryClassFiles())
                .flatMap(file -> handles(Built.read(file)).toList())
                .noneMatch(handle -> FenceCall.is(handle.getOwner(), handle.getName(), handle.getDesc()));
    }

    @Test
    void everyLetterHasItsMutantsAndNoOtherLetterHas() {
        assertThat(Mutants.all()).extracting(Mutant::letter).contains(LETTERS.toArray(String[]::new));
        assertThat(Mutants.all())
                .extracting(Mutant::letter)
                .allMatch(letter -> LETTERS.contains(letter) || letter.equals(Place.ALL_LETTERS));
    }

    /** A place without a mutant is one without a letter, and the catalogue says at it why. */
    @Test
    void everyPlaceWithALetterIsDroppedAndChangedInAnotherWayToo() {
        assertThat(Mutants.places()).allSatisfy(place -> {
            if (place.letter().equals(Place.NO_LETTER)) {
                assertThat(place.edits()).isEmpty();
            } else {
                assertThat(place.edits()).hasSizeGreaterThanOrEqualTo(2);
                assertThat(place.edits())
                        .filteredOn(Edit.Dropped.class::isInstance)
                        .hasSize(1);
            }
        });
    }

    @Test
    void noTwoMutantsHaveOneName() {
        assertThat(Mutants.all()).extracting(Mutant::id).doesNotHaveDuplicates();
        assertThat(Mutants.all())
                .allSatisfy(mutant -> assertThat(Mutants.byId(mutant.id())).isEqualTo(mutant));
    }

    static List<Mutant> mutants() {
        return Mutants.all();
    }

    /** The JVM verifies it, and it is not the shipped one. */
    @ParameterizedTest
    @MethodSource("mutants")
    void aMutantIsAClassOfItsOwnThatTheJvmAccepts(Mutant mutant) throws ReflectiveOperationException, IOException {
        String name = mutant.place().className();
        String file = name.replace('.', '/') + ".class";
        MutantLoader shipped = MutantLoader.shipped();
        MutantLoader loader = MutantLoader.of(mutant);

        Class<?> type = Class.forName(name, true, loader);

        assertThat(type.getClassLoader()).isSameAs(loader);
        try (var one = shipped.getResourceAsStream(file);
                var other = loader.getResourceAsStream(file)) {
            assertThat(instructions(other.readAllBytes())).isNotEqualTo(instructions(one.readAllBytes()));
        }
    }

    private static List<String> instructions(byte[] classFile) {
        return ByteCode.read(classFile).methods.stream()
                .flatMap(method -> Stream.of(method.instructions.toArray())
                        .filter(MethodInsnNode.class::isInstance)
                        .map(MethodInsnNode.class::cast)
                        .map(call -> method.name + ": " + call.owner + '.' + call.name))
                .toList();
    }
}
