package dev.sluice.agent;

import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import org.jspecify.annotations.Nullable;

/**
 * The conversations remembered, and the hashes under which they are found. Bounded: when there are too many, the longest
 * untouched of those that have not come back with an answer yet is forgotten, and only where these are few, the longest
 * untouched of the others. So a flood of conversations that never go on pushes out none that does (two queues: Johnson and
 * Shasha 1994). Confined to the gate loop.
 */
final class ConversationTable {

    /** Of more that have the same tip, the oldest are no longer found by it. */
    static final int MOST_TWINS = 256;

    /** Those that have not come back are forgotten first while they are at least one in so many. */
    private static final int FEW_BEGUN = 4;

    /** How many of the longest untouched are looked at for one at rest. */
    private static final int MOST_LOOKED_AT = 64;

    private final int most;

    private final AgeOrder begun = new AgeOrder();
    private final AgeOrder returned = new AgeOrder();

    /** By all messages of the last request; twins hang behind each other, the youngest first. */
    private final LongObjectMap<Conversation> tips = map();

    /** By the messages up to an answer; the first that had them keeps them. */
    private final LongObjectMap<Conversation> stems = map();

    /** By one of the last answers alone. */
    private final LongObjectMap<Conversation> answers = map();

    /** By the mark of the last answer, where that is telling. */
    private final LongObjectMap<Conversation> marks = map();

    /** By the name under which the server keeps it. */
    private final LongObjectMap<Conversation> kept = map();

    /** The main conversation of an id, by realm. */
    private final LongObjectMap<Conversation> mains = map();

    private long evictions;

    ConversationTable(int most) {
        this.most = most;
    }

    private static LongObjectMap<Conversation> map() {
        return new LongObjectHashMap<>(LongObjectHashMap.DEFAULT_CAPACITY, 0.75f);
    }

    /** The youngest of those whose last request had these messages. */
    @Nullable
    Conversation withTip(long realm, long prefix) {
        return tips.get(Chain.join(realm, prefix));
    }

    @Nullable
    Conversation withStem(long key) {
        return stems.get(key);
    }

    @Nullable
    Conversation withAnswer(long realm, long message) {
        return answers.get(Chain.join(realm, message));
    }

    @Nullable
    Conversation withMark(long realm, long mark) {
        return marks.get(Chain.join(realm, mark));
    }

    @Nullable
    Conversation withName(long realm, long name) {
        return kept.get(Chain.join(realm, name));
    }

    @Nullable
    Conversation main(long realm) {
        return mains.get(realm);
    }

    int size() {
        return begun.size() + returned.size();
    }

    long evictions() {
        return evictions;
    }

    /** Takes in a new one and forgets another if there are too many. */
    void add(Conversation conversation, boolean isMain) {
        if (isMain) {
            mains.put(conversation.realm, conversation);
        }
        Conversation last = size() < most ? null : leastMissed();
        if (last != null) {
            remove(last);
            evictions++;
        }
        begun.add(conversation);
    }

    private @Nullable Conversation leastMissed() {
        AgeOrder first = begun.size() > 0 && begun.size() >= most / FEW_BEGUN ? begun : returned;
        return first.oldestAtRest(MOST_LOOKED_AT);
    }

    private AgeOrder orderOf(Conversation conversation) {
        return conversation.returned ? returned : begun;
    }

    /** The conversation's next request has come. */
    void onRequest(Conversation conversation, Chain chain) {
        long lastTip = conversation.tip;
        int lastLength = conversation.length;
        forgetTip(conversation);
        forgetAnswers(conversation);
        forgetMark(conversation);
        conversation.takeHead(chain);
        if (lastLength > 0 && chain.length() <= conversation.startLength && chain.length() < lastLength) {
            // Cut below its beginning: what is left of that is its own, but for the first message perhaps.
            conversation.startLength = 1;
        }
        conversation.length = Math.max(chain.length(), chain.answered() != 0 ? conversation.startLength + 1 : 0);
        orderOf(conversation).remove(conversation);
        conversation.returned |= conversation.hasGrown();
        orderOf(conversation).add(conversation);
        if (chain.named() != 0) {
            conversation.named = true;
            keepAs(conversation, Chain.join(conversation.realm, chain.named()));
        } else if (chain.answered() == 0) {
            long realm = conversation.realm;
            rememberTip(conversation, Chain.join(realm, chain.prefix(chain.length())));
            int stem = chain.lastAnswer();
            if (!chain.hasRoles()) {
                boolean goesOn = lastLength > 0
                        && lastLength <= chain.length()
                        && lastTip == Chain.join(realm, chain.prefix(lastLength));
                stem = goesOn ? lastLength : 0;
            }
            conversation.stem = stem > conversation.startLength ? Chain.join(realm, chain.prefix(stem)) : 0;
            rememberStem(conversation);
            rememberAnswers(conversation, chain);
        }
    }

    /** Its last request was answered. */
    void onAnswer(Conversation conversation, AnswerTrace trace) {
        if (conversation.forgotten) {
            return;
        }
        forgetMark(conversation);
        conversation.mark = trace.mark();
        if (AnswerTrace.isTelling(trace.mark())) {
            marks.put(Chain.join(conversation.realm, trace.mark()), conversation);
        }
        if (!conversation.named && trace.id() != 0) {
            keepAs(conversation, Chain.join(conversation.realm, trace.id()));
        }
    }

    private void forgetMark(Conversation conversation) {
        marks.remove(Chain.join(conversation.realm, conversation.mark), conversation);
        conversation.mark = 0;
    }

    private void keepAs(Conversation conversation, long key) {
        if (conversation.kept != 0) {
            kept.remove(conversation.kept, conversation);
        }
        conversation.kept = key;
        kept.put(key, conversation);
    }

    private void rememberTip(Conversation conversation, long tip) {
        conversation.tip = tip;
        conversation.twin = tips.put(tip, conversation);
        Conversation last = conversation;
        for (int twins = 1; twins < MOST_TWINS && last.twin != null; twins++) {
            last = last.twin;
        }
        if (last.twin != null) {
            last.twin.tip = 0;
            last.twin = null;
        }
    }

    private void forgetTip(Conversation conversation) {
        Conversation first = conversation.tip == 0 ? null : tips.get(conversation.tip);
        if (first == conversation) {
            if (conversation.twin == null) {
                tips.remove(conversation.tip);
            } else {
                tips.put(conversation.tip, conversation.twin);
            }
        }
        for (Conversation twin = first; twin != null; twin = twin.twin) {
            if (twin.twin == conversation) {
                twin.twin = conversation.twin;
            }
        }
        conversation.twin = null;
        conversation.tip = 0;
    }

    private void rememberStem(Conversation conversation) {
        if (conversation.stem == 0 || stems.putIfAbsent(conversation.stem, conversation) != null) {
            return;
        }
        if (conversation.stemCount == Conversation.MOST_STEMS) {
            thinOut(conversation);
        }
        conversation.stems[conversation.stemCount++] = conversation.stem;
    }

    /** Drops every other stem: the long past is remembered less densely. */
    private void thinOut(Conversation conversation) {
        int left = 0;
        for (int i = 0; i < conversation.stemCount; i++) {
            if (i % 2 == 0) {
                stems.remove(conversation.stems[i], conversation);
            } else {
                conversation.stems[left++] = conversation.stems[i];
            }
        }
        conversation.stemCount = left;
    }

    private void rememberAnswers(Conversation conversation, Chain chain) {
        for (int i = chain.length() - 1;
                i >= conversation.startLength && conversation.answerCount < Conversation.MOST_ANSWERS;
                i--) {
            if (chain.isTelling(i)) {
                long key = Chain.join(conversation.realm, chain.message(i));
                conversation.answers[conversation.answerCount++] = key;
                answers.put(key, conversation);
            }
        }
    }

    private void forgetAnswers(Conversation conversation) {
        for (int i = 0; i < conversation.answerCount; i++) {
            answers.remove(conversation.answers[i], conversation);
        }
        conversation.answerCount = 0;
    }

    private void remove(Conversation conversation) {
        forgetTip(conversation);
        forgetAnswers(conversation);
        forgetMark(conversation);
        for (int i = 0; i < conversation.stemCount; i++) {
            stems.remove(conversation.stems[i], conversation);
        }
        if (conversation.kept != 0) {
            kept.remove(conversation.kept, conversation);
        }
        mains.remove(conversation.realm, conversation);
        orderOf(conversation).remove(conversation);
        conversation.forgotten = true;
    }
}
