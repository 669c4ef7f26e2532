// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** On a stress test that runs mutants: whose forbidden outcomes it has been seen to show. The table of mutants names it. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ShowsMutant {
    /** {@return ids, see {@link Mutant#id}} */
    String[] value();
}
