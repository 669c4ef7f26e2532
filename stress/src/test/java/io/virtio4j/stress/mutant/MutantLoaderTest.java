// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.memory.SharedMemory;
import org.junit.jupiter.api.Test;

/** A caller meets a library of the loader's own through an interface that both know. */
class MutantLoaderTest {
    /** What the caller knows. */
    public interface Look {
        Object memoryClass();

        int afterStore(int value);
    }

    /** What is made over each library. */
    public static final class RealLook implements Look {
        private final SharedMemory memory = SharedMemory.allocate(64, 0);

        @Override
        public Object memoryClass() {
            return SharedMemory.class;
        }

        @Override
        public int afterStore(int value) {
            memory.putLe32Opaque(memory.wmb(), 0, value);
            return memory.getLe32Opaque(memory.mb(), 0);
        }
    }

    private static final Mutant DROPPED = Mutants.byId("memory-mb/all/dropped");

    @Test
    void everyLoaderHasALibraryOfItsOwn() {
        Look shipped = MutantLoader.shipped(Look.class).make(Look.class, RealLook.class);
        Look mutated = MutantLoader.of(DROPPED, Look.class).make(Look.class, RealLook.class);

        assertThat(shipped.memoryClass()).isNotSameAs(SharedMemory.class).isNotSameAs(mutated.memoryClass());
        assertThat(mutated.memoryClass()).hasToString(SharedMemory.class.toString());
    }

    /** But for the fence it is the same code: on one thread nothing shows. */
    @Test
    void aMutantDoesWhatTheShippedCodeDoes() {
        assertThat(MutantLoader.of(DROPPED, Look.class)
                        .make(Look.class, RealLook.class)
                        .afterStore(7))
                .isEqualTo(7);
        assertThat(MutantLoader.shipped(Look.class)
                        .make(Look.class, RealLook.class)
                        .afterStore(7))
                .isEqualTo(7);
    }

    @Test
    void anInterfaceThatIsNotSharedIsRefused() {
        MutantLoader loader = MutantLoader.of(DROPPED);

        assertThatThrownBy(() -> loader.make(Look.class, RealLook.class)).isInstanceOf(ClassCastException.class);
    }

    @Test
    void aPlaceThatIsNotInTheCodeIsRefused() {
        Place nowhere = Place.of("nowhere", "A", SharedMemory.class.getName(), "lengthBytes", Fence.WMB)
                .dropped();
        MutantLoader loader = MutantLoader.of(nowhere.mutants().get(0));

        assertThatThrownBy(() -> loader.loadClass(SharedMemory.class.getName()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SharedMemory.lengthBytes has no call 0 of wmb");
    }

    @Test
    void aSpotThatIsNotInTheCodeIsRefused() {
        Place place = Mutants.places().get(0);
        Place moved = Place.of(place.name(), place.letter(), place.className(), place.method(), place.fence())
                .late(Spot.after(place.method(), "noSuchMethod"));
        MutantLoader loader = MutantLoader.of(moved.mutants().get(0));

        assertThatThrownBy(() -> loader.loadClass(place.className()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nowhere to put the fence");
    }

    @Test
    void aMutantThatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> Mutants.byId("split-driver-publish/A/doubled"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("split-driver-publish/A/doubled");
    }
}
