// SPDX-License-Identifier: Apache-2.0

/**
 * What every transport must do, as suites of tests: a transport's author extends {@link
 * io.virtio4j.sim.contract.QueueContract} and {@link io.virtio4j.sim.contract.TransportContract}, says in one method how a
 * device is reached, and runs them with JUnit. JUnit, AssertJ and {@code testkit} are optional dependencies of this module and
 * needed for these suites only.
 */
package io.virtio4j.sim.contract;
