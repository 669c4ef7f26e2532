// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance.rules;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import io.virtio4j.memory.SharedMemory;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** Which way the modules and packages point. */
final class ModuleRules {

    private static final String OURS = "io.virtio4j..";
    private static final String BARRIER = "io.virtio4j.barrier..";
    private static final String MEMORY = "io.virtio4j.memory..";
    private static final String WIRE = "io.virtio4j.wire..";
    private static final String QUEUE = "io.virtio4j.queue..";
    private static final String RING = "io.virtio4j.ring..";
    private static final String DRIVER = "io.virtio4j.driver..";
    private static final String DEVICE = "io.virtio4j.device..";
    private static final String TRANSPORT = "io.virtio4j.transport..";
    private static final String BLK = "io.virtio4j.blk..";
    private static final String GPU = "io.virtio4j.gpu..";
    private static final String RNG = "io.virtio4j.rng..";
    private static final String SIM = "io.virtio4j.sim..";
    private static final String SIM_RNG = "io.virtio4j.sim.rng..";
    private static final String SIM_CONTRACT = "io.virtio4j.sim.contract..";
    /** Its driver is one to be tried: what the kit tells of drivers is shown on it. */
    private static final String SIM_HOSTILE_DEVICE = "io.virtio4j.sim.hostile.device..";

    private static final String VHOST_USER = "io.virtio4j.vhostuser..";
    private static final String VHOST_USER_OS = "io.virtio4j.vhostuser.os..";
    /** Pins its threads to processors, and is no part of the library. */
    private static final String RING_TEST = "io.virtio4j.benchmarks.ringtest..";

    private static final String PREEMPT = "io.virtio4j.preempt..";

    static final ArchRule DRIVERS_SEE_NO_DEVICE = noClasses()
            .that()
            .resideInAnyPackage(DRIVER, BLK, GPU, RNG)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(DEVICE, SIM)
            .because("a driver works against any device, so it knows none");

    /** The contract suites drive the device under test, and the kit holds a driver to be tried: they see both halves. */
    static final ArchRule DEVICES_SEE_NO_DRIVER = noClasses()
            .that(resideInAnyPackage(DEVICE, SIM).and(not(resideInAnyPackage(SIM_CONTRACT, SIM_HOSTILE_DEVICE))))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(DRIVER, BLK, GPU, RNG)
            .because("a device works against any driver, so it knows none");

    static final ArchRule BARRIER_STANDS_ALONE = only(BARRIER, "");

    static final ArchRule WIRE_STANDS_ALONE = only(WIRE, "");

    static final ArchRule MEMORY_KNOWS_BARRIERS_ONLY = only(MEMORY, BARRIER);

    static final ArchRule QUEUE_KNOWS_NO_HALF = only(QUEUE, BARRIER, MEMORY, WIRE);

    static final ArchRule RING_KNOWS_NO_HALF = only(RING, BARRIER, MEMORY, WIRE, QUEUE);

    static final ArchRule TRANSPORT_KNOWS_NO_HALF = only(TRANSPORT, BARRIER, MEMORY, WIRE, QUEUE);

    static final ArchRule CORE_KNOWS_NO_OTHER_MODULE = only(
            "io.virtio4j.(barrier|memory|wire|queue|ring|driver|device|transport)..",
            DRIVER,
            DEVICE,
            TRANSPORT,
            RING,
            QUEUE,
            WIRE,
            MEMORY,
            BARRIER);

    static final ArchRule BLK_MEETS_NO_OTHER_DRIVER = noDriver(BLK, GPU, RNG);

    static final ArchRule GPU_MEETS_NO_OTHER_DRIVER = noDriver(GPU, BLK, RNG);

    static final ArchRule RNG_MEETS_NO_OTHER_DRIVER = noDriver(RNG, BLK, GPU);

    /** The entropy driver and device are what anybody could have written: see docs/adding-a-device.md. */
    static final ArchRule RNG_IS_BUILT_FROM_WHAT_CORE_EXPORTS = noClasses()
            .that()
            .resideInAnyPackage(RNG, SIM_RNG)
            .should()
            .dependOnClassesThat(resideInAPackage(OURS)
                    .and(not(resideInAnyPackage(RNG, SIM_RNG)))
                    .and(not(resideInAnyPackage(packagesExportedWith(SharedMemory.class)))))
            .because("a device can be added without a change to the core");

    static final ArchRule VHOST_USER_KNOWS_NO_DRIVER_OR_DEVICE_TYPE = noClasses()
            .that()
            .resideInAPackage(VHOST_USER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(DRIVER, BLK, GPU, RNG, SIM)
            .because("a transport carries any device and any driver");

    /** Another process's rings are served by the same session as those of this one. */
    static final ArchRule VHOST_USER_IS_BUILT_FROM_WHAT_CORE_EXPORTS = noClasses()
            .that()
            .resideInAPackage(VHOST_USER)
            .should()
            .dependOnClassesThat(resideInAPackage(OURS)
                    .and(not(resideInAPackage(VHOST_USER)))
                    .and(not(resideInAnyPackage(packagesExportedWith(SharedMemory.class)))))
            .because("a transport can be added without access to the core's inside");

    static final ArchRule VHOST_USER_KEEPS_JNA_IN_ONE_PLACE = noClasses()
            .that(resideInAPackage(OURS).and(not(resideInAnyPackage(VHOST_USER_OS, RING_TEST))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.sun.jna..")
            .because("what replaces it one day replaces it there");

    static final ArchRule PREEMPT_KNOWS_NO_VIRTIO = only(PREEMPT, "");

    static final ArchRule JUNIT_IN_CONTRACTS_ONLY = noClasses()
            .that(resideInAPackage(OURS)
                    .and(not(resideInAnyPackage(SIM_CONTRACT, "io.virtio4j.testkit..", "io.virtio4j.conformance.."))))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.junit..", "org.assertj..", "net.jqwik..")
            .because("users of the library have no test framework on their path");

    private ModuleRules() {}

    private static ArchRule noDriver(String from, String... others) {
        return noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .because("drivers share the core and nothing else");
    }

    /** What a class's module exports, by its descriptor: here everything is on the class path, where nothing is hidden. */
    private static String[] packagesExportedWith(Class<?> type) {
        try {
            Path location = Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
            return ModuleFinder.of(location).findAll().stream()
                    .flatMap(module -> module.descriptor().exports().stream())
                    .filter(exports -> !exports.isQualified())
                    .map(Exports::source)
                    .toArray(String[]::new);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("not the address of a file", e);
        }
    }

    private static ArchRule only(String from, String... allowed) {
        return noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat(
                        resideInAPackage(OURS).and(not(resideInAPackage(from))).and(not(resideInAnyPackage(allowed))));
    }
}
