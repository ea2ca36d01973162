package dev.sluice.emulator;

/**
 * The blocks that one sequence holds, in the order of its tokens; the first ones possibly shared with others. Confined to
 * its engine core.
 */
final class BlockTable {

    private final BlockPool pool;
    private final Sequence sequence;
    private final int[] blocks;
    private int held;
    private int published; // of the held: full, computed and in the prefix index
    private int neededBlocks; // as last counted in fits(), when pool.changes() was countedAt
    private long countedAt;

    BlockTable(BlockPool pool, Sequence sequence) {
        this.pool = pool;
        this.sequence = sequence;
        this.blocks = new int[BlockPool.blocksFor(sequence.computableTokens())];
    }

    /**
     * Whether the sequence's first so many tokens, all of them, find room now. Cached blocks need room too unless someone
     * references them already: adopting one takes it from the free ones.
     *
     * <p>A queue's head is asked in every iteration and its prefix is long, so the prefix is walked only when enough has
     * changed in the pool since the last time to make an answer of yes possible.
     */
    boolean fits(int tokens) {
        if (neededBlocks - (pool.changes() - countedAt) > pool.freeBlocks()) {
            return false;
        }
        neededBlocks = BlockPool.blocksFor(tokens) - referencedBlocks(tokens);
        countedAt = pool.changes();
        return neededBlocks <= pool.freeBlocks();
    }

    private int referencedBlocks(int tokens) {
        int referenced = 0;
        for (int i = 0; i < adoptableBlocks(tokens); i++) {
            int block = pool.find(sequence.blockHash(i));
            if (block == PrefixIndex.NONE) {
                break;
            }
            if (pool.isReferenced(block)) {
                referenced++;
            }
        }
        return referenced;
    }

    /** The last token is always computed: its output is the next token. */
    private static int adoptableBlocks(int tokens) {
        return (tokens - 1) / Preset.BLOCK_TOKENS;
    }

    /** References the cached blocks of the sequence's first so many tokens; returns how many tokens those hold. */
    int adopt(int tokens) {
        while (held < adoptableBlocks(tokens)) {
            int block = pool.find(sequence.blockHash(held));
            if (block == PrefixIndex.NONE) {
                break;
            }
            pool.share(block);
            blocks[held++] = block;
        }
        published = held;
        return held * Preset.BLOCK_TOKENS;
    }

    /** Takes blocks until so many tokens have room; all or, if they are not to be had, none: {@code false}. */
    boolean reserve(int tokens) {
        int wanted = BlockPool.blocksFor(tokens);
        if (wanted - held > pool.freeBlocks()) {
            return false;
        }
        while (held < wanted) {
            blocks[held++] = pool.take();
        }
        return true;
    }

    /** Publishes the blocks that so many computed tokens fill. */
    void publish(int computedTokens) {
        for (int full = computedTokens / Preset.BLOCK_TOKENS; published < full; published++) {
            pool.publish(blocks[published], sequence.blockHash(published));
        }
    }

    /** Gives all blocks back, the tail first, so that a prefix loses its end before its beginning. */
    void release() {
        while (held > 0) {
            pool.release(blocks[--held]);
        }
        published = 0;
        neededBlocks = 0;
    }
}
