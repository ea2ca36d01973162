package dev.sluice.emulator;

/**
 * The engine's KV memory in blocks of {@link Preset#BLOCK_TOKENS} tokens, as vLLM's block pool: a block is referenced by
 * any number of running sequences, or it is free. A free block with a hash stays in the prefix index, and is a hit, until
 * it is taken: eviction is lazy, and the gauge counts such blocks as free.
 *
 * <p>Confined to its engine core.
 */
final class BlockPool {

    private final int[] references; // by block
    private final FreeQueue free;
    private final PrefixIndex index;
    private long changes;

    BlockPool(int blocks) {
        references = new int[blocks];
        free = new FreeQueue(blocks);
        index = new PrefixIndex(blocks);
    }

    /** Blocks that hold so many tokens. */
    static int blocksFor(int tokens) {
        return (tokens + Preset.BLOCK_TOKENS - 1) / Preset.BLOCK_TOKENS;
    }

    int freeBlocks() {
        return free.size();
    }

    /** 0..1; a shared block counts once, a cached one that nobody references not at all. */
    double usageRatio() {
        return 1.0 - (double) free.size() / references.length;
    }

    /** A block with that content, or {@link PrefixIndex#NONE}. */
    int find(long hash) {
        return index.find(hash);
    }

    boolean isReferenced(int block) {
        return references[block] > 0;
    }

    /** Adds a reference to a block that was found. */
    void share(int block) {
        if (references[block]++ == 0) {
            free.remove(block);
            changes++;
        }
    }

    /** Takes the free block that is first in the queue and forgets what it held. There must be one. */
    int take() {
        int block = free.removeFirst();
        if (index.holds(block)) {
            index.remove(block);
            changes++;
        }
        references[block] = 1;
        return block;
    }

    /** From now on the block, full and computed, is found by its content. */
    void publish(int block, long hash) {
        index.add(block, hash);
        changes++;
    }

    /**
     * Gives one reference back. Of the blocks that become free, those with content are taken last and in the order of
     * their release; those without are worth nothing and are taken first.
     */
    void release(int block) {
        if (--references[block] > 0) {
            return;
        }
        if (index.holds(block)) {
            free.addLast(block);
        } else {
            free.addFirst(block);
        }
    }

    /** Forgets the content of all free blocks. */
    void flush() {
        for (int block = 0; block < references.length; block++) {
            if (!isReferenced(block) && index.holds(block)) {
                index.remove(block);
                changes++;
            }
        }
    }

    /** Counter: each change makes at most one more block of any prefix a referenced one. */
    long changes() {
        return changes;
    }
}
