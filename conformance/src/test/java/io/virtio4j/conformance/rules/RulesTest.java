// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.virtio4j.blk.PlantedBlkMeetsGpu;
import io.virtio4j.device.PlantedDeviceSeesDriver;
import io.virtio4j.driver.PlantedDriverSeesDevice;
import io.virtio4j.gpu.PlantedGpuMeetsBlk;
import io.virtio4j.memory.PlantedMemoryKnowsWire;
import io.virtio4j.preempt.PlantedPreemptKnowsVirtio;
import io.virtio4j.queue.PlantedFenceReference;
import io.virtio4j.queue.PlantedQueueWithEverythingWrong;
import io.virtio4j.ring.PlantedRingKnowsDriver;
import io.virtio4j.ring.PlantedTokenTravels;
import io.virtio4j.rng.PlantedRngMeetsBlk;
import io.virtio4j.rng.PlantedRngReadsRings;
import io.virtio4j.sim.rng.PlantedSimRngReadsRings;
import io.virtio4j.transport.PlantedTransportKnowsDriver;
import io.virtio4j.vhostuser.PlantedVhostUserCallsNatively;
import io.virtio4j.vhostuser.PlantedVhostUserMeetsBlk;
import io.virtio4j.vhostuser.PlantedVhostUserReadsRings;
import io.virtio4j.wire.PlantedWireKnowsQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule holds for the classes of all modules, and finds a class that was planted to break it. */
class RulesTest {

    private static final JavaClasses MODULES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.virtio4j");

    static Stream<Arguments> rules() {
        return Stream.of(
                Arguments.of(ModuleRules.DRIVERS_SEE_NO_DEVICE, PlantedDriverSeesDevice.class),
                Arguments.of(ModuleRules.DEVICES_SEE_NO_DRIVER, PlantedDeviceSeesDriver.class),
                Arguments.of(ModuleRules.BARRIER_STANDS_ALONE, io.virtio4j.barrier.PlantedBarrierKnowsWire.class),
                Arguments.of(ModuleRules.WIRE_STANDS_ALONE, PlantedWireKnowsQueue.class),
                Arguments.of(ModuleRules.MEMORY_KNOWS_BARRIERS_ONLY, PlantedMemoryKnowsWire.class),
                Arguments.of(ModuleRules.QUEUE_KNOWS_NO_HALF, PlantedQueueWithEverythingWrong.class),
                Arguments.of(ModuleRules.RING_KNOWS_NO_HALF, PlantedRingKnowsDriver.class),
                Arguments.of(ModuleRules.TRANSPORT_KNOWS_NO_HALF, PlantedTransportKnowsDriver.class),
                Arguments.of(ModuleRules.CORE_KNOWS_NO_OTHER_MODULE, PlantedQueueWithEverythingWrong.class),
                Arguments.of(ModuleRules.BLK_MEETS_NO_OTHER_DRIVER, PlantedBlkMeetsGpu.class),
                Arguments.of(ModuleRules.GPU_MEETS_NO_OTHER_DRIVER, PlantedGpuMeetsBlk.class),
                Arguments.of(ModuleRules.RNG_MEETS_NO_OTHER_DRIVER, PlantedRngMeetsBlk.class),
                Arguments.of(ModuleRules.RNG_IS_BUILT_FROM_WHAT_CORE_EXPORTS, PlantedRngReadsRings.class),
                Arguments.of(ModuleRules.RNG_IS_BUILT_FROM_WHAT_CORE_EXPORTS, PlantedSimRngReadsRings.class),
                Arguments.of(ModuleRules.VHOST_USER_KNOWS_NO_DRIVER_OR_DEVICE_TYPE, PlantedVhostUserMeetsBlk.class),
                Arguments.of(ModuleRules.VHOST_USER_IS_BUILT_FROM_WHAT_CORE_EXPORTS, PlantedVhostUserReadsRings.class),
                Arguments.of(ModuleRules.VHOST_USER_KEEPS_JNA_IN_ONE_PLACE, PlantedVhostUserCallsNatively.class),
                Arguments.of(ModuleRules.PREEMPT_KNOWS_NO_VIRTIO, PlantedPreemptKnowsVirtio.class),
                Arguments.of(ModuleRules.JUNIT_IN_CONTRACTS_ONLY, PlantedQueueWithEverythingWrong.class),
                Arguments.of(BarrierRules.NO_RAW_FENCE, PlantedQueueWithEverythingWrong.class),
                Arguments.of(BarrierRules.NO_RAW_FENCE, PlantedFenceReference.class),
                Arguments.of(BarrierRules.NO_TOKEN_FIELD, PlantedQueueWithEverythingWrong.class),
                Arguments.of(BarrierRules.NO_TOKEN_RETURNED, PlantedQueueWithEverythingWrong.class),
                Arguments.of(BarrierRules.NO_TOKEN_RETURNED, PlantedTokenTravels.class),
                Arguments.of(BarrierRules.NO_RAW_MEMORY, PlantedQueueWithEverythingWrong.class));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void holds(ArchRule rule, Class<?> planted) {
        rule.check(MODULES);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void hasTeeth(ArchRule rule, Class<?> planted) {
        assertThat(rule.evaluate(new ClassFileImporter().importClasses(planted)).hasViolation())
                .as("%s breaks: %s", planted.getSimpleName(), rule.getDescription())
                .isTrue();
    }

    @Test
    void looksAtEveryModuleAndAtNoPlantedClass() {
        assertThat(MODULES.stream().map(type -> type.getPackageName().replaceFirst("^(io\\.virtio4j\\.\\w+).*", "$1")))
                .contains(
                        "io.virtio4j.barrier",
                        "io.virtio4j.memory",
                        "io.virtio4j.wire",
                        "io.virtio4j.queue",
                        "io.virtio4j.ring",
                        "io.virtio4j.driver",
                        "io.virtio4j.device",
                        "io.virtio4j.transport",
                        "io.virtio4j.sim",
                        "io.virtio4j.blk",
                        "io.virtio4j.gpu",
                        "io.virtio4j.rng",
                        "io.virtio4j.vhostuser",
                        "io.virtio4j.preempt",
                        "io.virtio4j.examples",
                        "io.virtio4j.benchmarks",
                        "io.virtio4j.stress",
                        "io.virtio4j.testkit");
        assertThat(MODULES.stream().map(type -> type.getSimpleName())).noneMatch(name -> name.startsWith("Planted"));
    }
}
