// SPDX-License-Identifier: Apache-2.0
/** Names the clauses of the specification that a test shows, and records which of them ran and passed. */
module io.virtio4j.testkit {
    requires transitive org.junit.platform.engine;
    requires transitive org.junit.platform.launcher;
    requires static org.jspecify;

    exports io.virtio4j.testkit;

    provides org.junit.platform.launcher.TestExecutionListener with
            io.virtio4j.testkit.ClauseRecorder;
}
