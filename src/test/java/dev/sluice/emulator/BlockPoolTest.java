package dev.sluice.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BlockPoolTest {

    @Test
    void oldestOfTwinsIsFoundAndTheNextTakesItsPlaceWhenItIsEvicted() {
        BlockPool pool = new BlockPool(3);
        int first = pool.take();
        int second = pool.take();
        pool.publish(first, 42);
        pool.publish(second, 42);
        assertThat(pool.find(42)).isEqualTo(first);
        pool.release(first);
        assertThat(pool.find(42)).isEqualTo(first);

        pool.take(); // the one without content
        assertThat(pool.take()).isEqualTo(first);

        assertThat(pool.find(42)).isEqualTo(second);
        pool.release(second);
        assertThat(pool.take()).isEqualTo(second);
        assertThat(pool.find(42)).isEqualTo(PrefixIndex.NONE);
    }

    @Test
    void youngerTwinMayBeEvictedFirst() {
        BlockPool pool = new BlockPool(2);
        int first = pool.take();
        int second = pool.take();
        pool.publish(first, 42);
        pool.publish(second, 42);
        pool.release(second);

        pool.take();

        assertThat(pool.find(42)).isEqualTo(first);
    }

    @Test
    void foundBlockLeavesTheFreeQueue() {
        BlockPool pool = new BlockPool(2);
        int block = pool.take();
        pool.publish(block, 1);
        pool.release(block);

        pool.share(block);
        pool.share(block);
        assertThat(pool.freeBlocks()).isEqualTo(1);
        pool.release(block);
        assertThat(pool.isReferenced(block)).isTrue();
        pool.release(block);
        assertThat(pool.freeBlocks()).isEqualTo(2);
    }

    /** The same rules in the plainest form: collections instead of linked arrays. */
    private static final class PlainPool {
        final int[] references;
        final Deque<Integer> free = new ArrayDeque<>();
        final Map<Long, LinkedHashSet<Integer>> index = new HashMap<>();
        final Map<Integer, Long> contents = new HashMap<>();

        PlainPool(int blocks) {
            references = new int[blocks];
            for (int block = 0; block < blocks; block++) {
                free.add(block);
            }
        }

        int find(long hash) {
            LinkedHashSet<Integer> twins = index.get(hash);
            return twins == null ? PrefixIndex.NONE : twins.iterator().next();
        }

        int take() {
            int block = free.removeFirst();
            forget(block);
            references[block] = 1;
            return block;
        }

        void forget(int block) {
            Long hash = contents.remove(block);
            if (hash != null) {
                index.computeIfPresent(hash, (h, twins) -> twins.remove(block) && twins.isEmpty() ? null : twins);
            }
        }

        void share(int block) {
            if (references[block]++ == 0) {
                free.remove(block);
            }
        }

        void publish(int block, long hash) {
            contents.put(block, hash);
            index.computeIfAbsent(hash, h -> new LinkedHashSet<>()).add(block);
        }

        void release(int block) {
            if (--references[block] == 0) {
                if (contents.containsKey(block)) {
                    free.addLast(block);
                } else {
                    free.addFirst(block);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyRunOfOperationsAgreesWithPlainCollections(long seed) {
        Random random = new Random(seed);
        int blocks = 5 + random.nextInt(60);
        int hashes = 1 + random.nextInt(2 * blocks); // few hashes: many twins; many: long probes
        BlockPool pool = new BlockPool(blocks);
        PlainPool plain = new PlainPool(blocks);
        List<Integer> held = new ArrayList<>(); // one entry a reference
        for (int i = 0; i < 5_000; i++) {
            long hash = random.nextInt(hashes) * (1L << (seed * 7)); // hashes that differ in few, and in high bits
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    if (pool.freeBlocks() > 0) {
                        int block = pool.take();
                        assertThat(block).isEqualTo(plain.take());
                        held.add(block);
                        if (random.nextInt(4) > 0) {
                            pool.publish(block, hash);
                            plain.publish(block, hash);
                        }
                    }
                }
                case 3 -> {
                    int block = pool.find(hash);
                    if (block != PrefixIndex.NONE) {
                        pool.share(block);
                        plain.share(block);
                        held.add(block);
                    }
                }
                case 4 -> {
                    if (random.nextInt(200) == 0) {
                        pool.flush();
                        plain.free.forEach(plain::forget);
                    }
                }
                default -> {
                    if (!held.isEmpty()) {
                        int block = held.remove(random.nextInt(held.size()));
                        pool.release(block);
                        plain.release(block);
                    }
                }
            }
            assertThat(pool.find(hash)).isEqualTo(plain.find(hash));
            assertThat(pool.freeBlocks()).isEqualTo(plain.free.size());
            assertThat(pool.freeBlocks() + held.stream().distinct().count()).isEqualTo(blocks);
        }
        for (long hash = 0; hash < hashes; hash++) {
            assertThat(pool.find(hash << (seed * 7))).isEqualTo(plain.find(hash << (seed * 7)));
        }
    }
}
