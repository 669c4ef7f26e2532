// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

/**
 * One test that named one clause, as the recorder of {@code testkit} wrote it.
 *
 * @param id the clause
 * @param test class and method
 * @param outcome passed, skipped or failed
 */
record TestRecord(String id, String test, String outcome) {

    boolean passed() {
        return outcome.equals("passed");
    }

    boolean failed() {
        return outcome.equals("failed");
    }

    /** {@return the name of the test class without its package} */
    String simpleClassName() {
        String className = test.substring(0, test.indexOf('#'));
        return className.substring(className.lastIndexOf('.') + 1).replace('$', '.');
    }
}
