// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the clauses of the VirtIO specification that a test shows to be met.
 *
 * <p>The ids are those of {@code conformance/checklist.tsv}. On a class, every test of the class shows the clauses; a
 * method's own ids are added to those of its class. A clause counts as met when at least one test that names it ran and
 * every test that names it passed, in every module.
 */
@Documented
@Inherited
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
