// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the clauses of the VirtIO specification that a test shows to be met.
 *
 * <p>The ids are those of {@code conformance/checklist.tsv}. On a type, every test in it shows the clauses: those of its
 * subclasses and nested classes too, so that a contract suite names its clauses once. A method's own ids are added to
 * those of its type.
 *
 * <p>A clause counts as met when at least one test that names it ran and passed and none failed, in all modules
 * together. A parameterised test or a property passed only if every one of its invocations did.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Clause {

    /**
     * The ids, for example {@code "CORE-DRV-STATUS-PROGRESS"}.
     *
     * @return one id or several
     */
    String[] value();
}
