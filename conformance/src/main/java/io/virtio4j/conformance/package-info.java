// SPDX-License-Identifier: Apache-2.0
/**
 * The conformance page: joins the clause list with the records that the tests of all modules left, and says for each clause
 * whether it is met, open or not applicable.
 */
package io.virtio4j.conformance;
