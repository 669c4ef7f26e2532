// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A listing holds what a caller depends on, and nothing that can change without a caller's noticing. */
class ApiTextTest {

    /** A class with a member of each kind. */
    public abstract static class Open<T extends Comparable<T>> implements Runnable {
        /** Callers compile the value in. */
        public static final int LENGTH_BYTES = 16;

        /** For subclasses. */
        protected @Nullable T value;

        @SuppressWarnings("UnusedVariable")
        private int hidden;

        /** For subclasses. */
        protected Open() {}

        Open(int hidden) {
            this.hidden = hidden;
        }

        /** A method with everything. */
        public static <E extends IOException> @Nullable String any(List<? extends E> list, long... more) throws E {
            return list.isEmpty() ? null : list.get(0).getMessage() + more.length;
        }

        void packagePrivate() {}

        @Override
        public final String toString() {
            return "open";
        }
    }

    /** Nobody can extend it. */
    public static final class Closed extends Open<String> {
        /** Made by anybody. */
        public Closed() {}

        @SuppressWarnings("ProtectedMembersInFinalClass") // what the listing has to leave out
        protected void forNobody() {}

        @Override
        public void run() {}
    }

    /** A record. */
    public record Pair(int first, @Nullable String second) {}

    /** A closed set. */
    public sealed interface Choice permits One {}

    /** Its only member. */
    public record One() implements Choice {}

    private static final String HERE = "io.virtio4j.conformance.api.ApiTextTest$";

    @Test
    void aHeadHoldsKindParametersAndSupertypes() {
        assertThat(TypeText.of(Open.class))
                .isEqualTo(
                        "public abstract static class " + HERE + "Open<T extends Comparable<T>> implements Runnable");
        assertThat(TypeText.of(Closed.class))
                .isEqualTo("public static final class " + HERE + "Closed extends " + HERE + "Open<String>");
        assertThat(TypeText.of(Choice.class))
                .isEqualTo("public static sealed interface " + HERE + "Choice permits " + HERE + "One");
    }

    @Test
    void membersAreThoseThatAUserReaches() {
        assertThat(MemberText.declaredBy(Open.class, Open.class))
                .containsExactlyInAnyOrder(
                        "public static final int LENGTH_BYTES = 16",
                        "protected @Nullable T value",
                        "protected new Open()",
                        "public static <E extends java.io.IOException> @Nullable String"
                                + " any(java.util.List<? extends E>, long...) throws E");
    }

    @Test
    void aProtectedMemberOfAFinalClassIsForNobody() {
        assertThat(MemberText.declaredBy(Closed.class, Closed.class))
                .containsExactlyInAnyOrder("public new Closed()", "public void run()");
    }

    @Test
    void aRecordShowsItsConstructorAndAccessors() {
        assertThat(MemberText.declaredBy(Pair.class, Pair.class))
                .containsExactlyInAnyOrder(
                        "public new Pair(int, @Nullable String)",
                        "public int first()",
                        "public @Nullable String second()");
    }
}
