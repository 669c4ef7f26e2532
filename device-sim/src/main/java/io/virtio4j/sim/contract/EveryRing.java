// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A test that takes a {@link RingVariant} and runs with each. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
// Not "requires transitive": whoever uses the devices alone would then need JUnit to compile.
@SuppressWarnings("exports")
@ParameterizedTest(name = "{0}")
@MethodSource("io.virtio4j.sim.contract.RingVariant#all")
public @interface EveryRing {}
