package dev.sluice.emulator;

import java.util.Arrays;

/**
 * Which block holds the content of a hash. Several blocks may hold the same content (<em>twins</em>: computed side by
 * side, or computed again because a prompt's last token always is); the oldest is found, and when it is evicted the next
 * one takes its place.
 *
 * <p>Open addressing with linear probing over block numbers. There are never more hashes than blocks, so the table is
 * sized once and stays at most half full. Confined to its pool.
 */
final class PrefixIndex {

    static final int NONE = -1;

    private final long[] hashes; // by block
    private final int[] nextTwin; // by block: a ring of the blocks of one hash, NONE for blocks that are not indexed
    private final int[] previousTwin;
    private final int[] slots; // the oldest block of a hash, or NONE
    private final int mask;

    PrefixIndex(int blocks) {
        hashes = new long[blocks];
        nextTwin = filled(blocks);
        previousTwin = filled(blocks);
        slots = filled(Math.max(4, Integer.highestOneBit(blocks) * 4));
        mask = slots.length - 1;
    }

    private static int[] filled(int length) {
        int[] array = new int[length];
        Arrays.fill(array, NONE);
        return array;
    }

    /** The oldest block with that content, or {@link #NONE}. */
    int find(long hash) {
        return slots[slotOf(hash)];
    }

    boolean holds(int block) {
        return nextTwin[block] != NONE;
    }

    /** The block must not be indexed yet. */
    void add(int block, long hash) {
        hashes[block] = hash;
        int slot = slotOf(hash);
        int oldest = slots[slot];
        if (oldest == NONE) {
            slots[slot] = block;
            nextTwin[block] = block;
            previousTwin[block] = block;
        } else {
            int youngest = previousTwin[oldest];
            link(youngest, block);
            link(block, oldest);
        }
    }

    /** The block must be indexed. */
    void remove(int block) {
        int slot = slotOf(hashes[block]);
        int twin = nextTwin[block];
        if (twin == block) {
            vacate(slot);
        } else {
            link(previousTwin[block], twin);
            if (slots[slot] == block) {
                slots[slot] = twin;
            }
        }
        nextTwin[block] = NONE;
        previousTwin[block] = NONE;
    }

    private void link(int elder, int younger) {
        nextTwin[elder] = younger;
        previousTwin[younger] = elder;
    }

    /** Where the hash is, or else the free slot where it would go. */
    private int slotOf(long hash) {
        int slot = home(hash);
        while (slots[slot] != NONE && hashes[slots[slot]] != hash) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /** Empties a slot and moves up those behind it that would no longer be reached from their home. */
    private void vacate(int slot) {
        int hole = slot;
        for (int probe = (hole + 1) & mask; slots[probe] != NONE; probe = (probe + 1) & mask) {
            int distance = (probe - home(hashes[slots[probe]])) & mask;
            if (distance >= ((probe - hole) & mask)) {
                slots[hole] = slots[probe];
                hole = probe;
            }
        }
        slots[hole] = NONE;
    }

    private int home(long hash) {
        long mixed = hash * 0x9E3779B97F4A7C15L; // spreads hashes that differ in a few bits only
        return (int) (mixed >>> 32) & mask;
    }
}
