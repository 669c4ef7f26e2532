// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance.rules;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.lang.ArchRule;
import io.virtio4j.barrier.Mb;
import io.virtio4j.barrier.Rmb;
import io.virtio4j.barrier.Wmb;
import io.virtio4j.memory.SharedMemory;
import java.util.Set;

/** Who may issue a fence, hold its proof, or touch raw memory. */
final class BarrierRules {

    private static final String BARRIER = "io.virtio4j.barrier..";
    private static final String MEMORY = "io.virtio4j.memory..";

    /** Leaves: benchmarks measure fences and hand the tokens to JMH, and the wrong variants that stress shows to fail are made of them. */
    private static final String[] LEAVES = {"io.virtio4j.benchmarks..", "io.virtio4j.stress.."};

    private static final Set<String> FENCE_OWNERS =
            Set.of("java.lang.invoke.VarHandle", "org.agrona.UnsafeApi", "sun.misc.Unsafe", "jdk.internal.misc.Unsafe");

    private static final Set<String> TOKENS = Set.of(Wmb.class.getName(), Rmb.class.getName(), Mb.class.getName());

    private static final DescribedPredicate<JavaAccess<?>> RAW_FENCE = describe(
            "a raw fence",
            access -> FENCE_OWNERS.contains(access.getTargetOwner().getFullName())
                    && access.getTarget().getName().endsWith("Fence"));

    private static final DescribedPredicate<JavaClass> TOKEN = describe(
            "a barrier token",
            type -> TOKENS.contains(type.getBaseComponentType().getFullName()));

    static final ArchRule NO_RAW_FENCE = noClasses()
            .that()
            .resideInAPackage("io.virtio4j..")
            .and()
            .resideOutsideOfPackages(BARRIER, MEMORY)
            .and()
            .resideOutsideOfPackages(LEAVES)
            .should()
            .accessTargetWhere(RAW_FENCE)
            .because("every fence is issued as a token, by the memory that it orders");

    static final ArchRule NO_TOKEN_FIELD = noFields()
            .that()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackages(BARRIER, MEMORY)
            .and()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackages(LEAVES)
            .should()
            .haveRawType(TOKEN)
            .because("a token that is kept proves a fence that was issued some time, somewhere");

    /** A ring may pass on its memory's own method of that name: the token is as fresh as the memory's. */
    private static final DescribedPredicate<JavaMethod> PASSES_ON_THE_MEMORYS_FENCE = describe(
            "only call the method of SharedMemory with the same name",
            method -> method.getOwner().getPackageName().equals("io.virtio4j.ring")
                    && method.getRawParameterTypes().isEmpty()
                    && method.getFieldAccesses().stream()
                            .allMatch(access -> access.getAccessType() == JavaFieldAccess.AccessType.GET)
                    && method.getMethodCallsFromSelf().size() == 1
                    && method.getMethodCallsFromSelf().stream()
                            .allMatch(call -> call.getTargetOwner().isEquivalentTo(SharedMemory.class)
                                    && call.getTarget().getName().equals(method.getName())));

    static final ArchRule NO_TOKEN_RETURNED = noMethods()
            .that()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackages(BARRIER, MEMORY)
            .and()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackages(LEAVES)
            .and(not(PASSES_ON_THE_MEMORYS_FENCE))
            .should()
            .haveRawReturnType(TOKEN)
            .because("a token that travels proves a fence that was issued some time, somewhere");

    static final ArchRule NO_RAW_MEMORY = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.virtio4j.queue..",
                    "io.virtio4j.ring..",
                    "io.virtio4j.driver..",
                    "io.virtio4j.device..",
                    "io.virtio4j.transport..",
                    "io.virtio4j.blk..",
                    "io.virtio4j.gpu..",
                    "io.virtio4j.rng..",
                    "io.virtio4j.vhostuser..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.agrona.UnsafeApi")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.agrona.concurrent.UnsafeBuffer")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("sun.misc.Unsafe")
            .because("SharedMemory is the one place where raw memory is touched");

    private BarrierRules() {}
}
