// SPDX-License-Identifier: Apache-2.0

/** What users compile against, as text: a change of it is seen in review. */
package io.virtio4j.conformance.api;
