// SPDX-License-Identifier: Apache-2.0
/** What may depend on what, and who may issue a fence, as rules over the byte code of all modules. */
package io.virtio4j.conformance.rules;
