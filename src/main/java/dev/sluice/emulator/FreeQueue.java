package dev.sluice.emulator;

import java.util.Arrays;
import java.util.NoSuchElementException;

/**
 * The unreferenced blocks, in the order in which they will be taken: a doubly linked list threaded through two arrays, so
 * that any block leaves it in constant time. Confined to its pool.
 */
final class FreeQueue {

    private final int[] next;
    private final int[] previous;
    private final int ends; // one element more than there are blocks closes the ring: its neighbours are head and tail
    private int size;

    /** All blocks are free, the lowest number first. */
    FreeQueue(int blocks) {
        next = new int[blocks + 1];
        previous = new int[blocks + 1];
        ends = blocks;
        size = blocks;
        Arrays.setAll(next, i -> i == blocks ? 0 : i + 1);
        Arrays.setAll(previous, i -> i == 0 ? blocks : i - 1);
    }

    int size() {
        return size;
    }

    int removeFirst() {
        if (size == 0) {
            throw new NoSuchElementException("no free block");
        }
        int first = next[ends];
        remove(first);
        return first;
    }

    /** The block must be in the queue. */
    void remove(int block) {
        next[previous[block]] = next[block];
        previous[next[block]] = previous[block];
        size--;
    }

    void addFirst(int block) {
        insert(ends, block, next[ends]);
    }

    void addLast(int block) {
        insert(previous[ends], block, ends);
    }

    private void insert(int before, int block, int after) {
        previous[block] = before;
        next[block] = after;
        next[before] = block;
        previous[after] = block;
        size++;
    }
}
