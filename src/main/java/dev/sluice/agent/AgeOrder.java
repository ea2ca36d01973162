package dev.sluice.agent;

import org.jspecify.annotations.Nullable;

/** Conversations, the longest untouched first; each is in one order at most. Confined to the gate loop. */
final class AgeOrder {

    private @Nullable Conversation oldest;
    private @Nullable Conversation youngest;
    private int size;

    /** Puts one at the young end that is in no order. */
    void add(Conversation conversation) {
        conversation.older = youngest;
        if (youngest == null) {
            oldest = conversation;
        } else {
            youngest.younger = conversation;
        }
        youngest = conversation;
        size++;
    }

    void remove(Conversation conversation) {
        Conversation before = conversation.older;
        Conversation behind = conversation.younger;
        if (before == null) {
            oldest = behind;
        } else {
            before.younger = behind;
        }
        if (behind == null) {
            youngest = before;
        } else {
            behind.older = before;
        }
        conversation.older = null;
        conversation.younger = null;
        size--;
    }

    /**
     * The oldest at rest. Who has a step under way is at work and goes to the young end; after so many of these it is the oldest
     * all the same.
     */
    @Nullable
    Conversation oldestAtRest(int mostLookedAt) {
        for (int looked = 0; looked < mostLookedAt && oldest != null && oldest.isBusy(); looked++) {
            Conversation working = oldest;
            remove(working);
            add(working);
        }
        return oldest;
    }

    int size() {
        return size;
    }
}
