package dev.sluice.agent;

import dev.sluice.agent.Attribution.How;
import dev.sluice.agent.Chain.Speaker;
import org.jspecify.annotations.Nullable;

/**
 * Finds the conversation that a request goes on with, from the strongest evidence to the weakest:
 *
 * <ol>
 *   <li>the answer or the conversation that the server keeps, named by the request;
 *   <li>the last answer in it, by its mark, if that is what a conversation at rest got last;
 *   <li>all messages of a conversation's last request, and behind them an answer; of several that had the same
 *       messages, who rests, then who is oldest;
 *   <li>the same messages and nothing more: the last step again, if its answer did not come or others came before it.
 *       Otherwise two agents that began alike, or a fork;
 *   <li>all messages up to one of its answers, and then others: the conversation itself if only its last exchange has
 *       changed and it rests, else a fork;
 *   <li>the answer that a conversation got last, with answers behind it that are nobody's: clients put such in, as they do
 *       with the contents of files;
 *   <li>some of its last answers, in a history that begins differently: cut at its front, or compacted.
 * </ol>
 *
 * The messages of a first request prove nothing, not even answers among them: they may be a template. A head that differs
 * in more than one of model, tools and system prompt is another agent's. Confined to the gate loop.
 */
final class ConversationSearch {

    /** How far from the end of a prompt its beginnings and answers are looked up. */
    private static final int MOST_PREFIXES = 1_024;

    private static final int MOST_ANSWERS = 64;

    /** Fewer pieces of a prompt without messages prove nothing. */
    private static final int LEAST_PIECES = 4;

    /** So many long answers in common are no accident; of those with a tool call, one is enough. */
    private static final int LEAST_ANSWERS = 2;

    /**
     * What was found.
     *
     * @param conversation for {@link How#FORKED} the one that it was forked from; null for {@link How#NEW}
     */
    record Match(How how, @Nullable Conversation conversation) {

        private static final Match NONE = new Match(How.NEW, null);
    }

    private final ConversationTable table;

    ConversationSearch(ConversationTable table) {
        this.table = table;
    }

    Match find(Fingerprint print) {
        Chain chain = print.chain();
        if (chain.named() != 0 || chain.answered() != 0) {
            return byName(print.realm(), chain);
        }
        Conversation answered = byMark(print);
        if (answered != null) {
            boolean isWhole = answered.length < chain.length()
                    && answered.tip == Chain.join(print.realm(), chain.prefix(answered.length));
            return new Match(isWhole && answered.hasHeadOf(chain) ? How.EXTENDED : How.REWRITTEN, answered);
        }
        Conversation again = again(print);
        if (again != null) {
            return new Match(How.RETRIED, again);
        }
        Conversation extended = extended(print);
        int stem = longestStem(print);
        if (extended != null && (stem <= extended.length || isSure(extended, chain))) {
            return new Match(extended.hasHeadOf(chain) ? How.EXTENDED : How.REWRITTEN, extended);
        }
        if (stem > 0) {
            return byStem(print, stem);
        }
        Conversation interrupted = byEarlierMark(print);
        return interrupted != null ? new Match(How.REWRITTEN, interrupted) : byAnswers(print);
    }

    private Match byName(long realm, Chain chain) {
        Conversation kept = table.withName(realm, chain.named() != 0 ? chain.named() : chain.answered());
        if (kept == null) {
            return Match.NONE;
        }
        return new Match(kept.isBusy() ? How.FORKED : How.EXTENDED, kept);
    }

    /** Who got the last answer in it, and nothing since. */
    private @Nullable Conversation byMark(Fingerprint print) {
        return restingWith(print, print.chain().lastMark());
    }

    private @Nullable Conversation byEarlierMark(Fingerprint print) {
        Chain chain = print.chain();
        int answers = 0;
        for (int i = chain.length() - 1; i >= 0 && answers < MOST_ANSWERS; i--) {
            boolean isBegin = chain.speaker(i) == Speaker.MODEL && (i == 0 || chain.speaker(i - 1) != Speaker.MODEL);
            if (isBegin) {
                answers++;
                Conversation found = restingWith(print, chain.mark(i));
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    /** The conversation at rest that got the answer of this mark last. */
    private @Nullable Conversation restingWith(Fingerprint print, long mark) {
        Conversation found = AnswerTrace.isTelling(mark) ? table.withMark(print.realm(), mark) : null;
        return found != null && !found.isBusy() && found.isAkin(print.chain()) ? found : null;
    }

    /** Whose last step this is once more: who was not answered, else who still runs or has grown. */
    private @Nullable Conversation again(Fingerprint print) {
        Chain chain = print.chain();
        Conversation found = null;
        for (Conversation twin = table.withTip(print.realm(), chain.prefix(chain.length()));
                twin != null;
                twin = twin.twin) {
            if (twin.isAkin(chain)) {
                if (!twin.isBusy() && !twin.answered) {
                    return twin;
                }
                if (twin.isBusy() ? print.repeated() : found == null && twin.hasGrown()) {
                    found = twin;
                }
            }
        }
        return found;
    }

    private @Nullable Conversation extended(Fingerprint print) {
        Chain chain = print.chain();
        for (int count = chain.length() - 1; count >= least(chain); count--) {
            Conversation youngest = table.withTip(print.realm(), chain.prefix(count));
            if (youngest != null) {
                Conversation best = best(youngest, chain, count);
                if (best != null) {
                    return best;
                }
            }
        }
        return null;
    }

    private static int least(Chain chain) {
        return Math.max(chain.hasRoles() ? 1 : LEAST_PIECES, chain.length() - MOST_PREFIXES);
    }

    /** Of the conversations whose last request was the first so many messages, the one that goes on with the rest. */
    private static @Nullable Conversation best(Conversation youngest, Chain chain, int count) {
        if (!chain.hasRoles()) {
            // Many with the same beginning: a template, not a history.
            boolean isSure = youngest.twin == null && !youngest.isBusy() && youngest.isAkin(chain);
            return isSure ? youngest : null;
        }
        Conversation best = null;
        int bestScore = -1;
        for (Conversation twin = youngest; twin != null; twin = twin.twin) {
            int score = score(twin, chain, count, youngest.twin != null);
            if (score >= 0 && score >= bestScore) {
                best = twin;
                bestScore = score;
            }
        }
        return best;
    }

    private static int score(Conversation twin, Chain chain, int count, boolean isCrowd) {
        boolean answerFollows = chain.speaker(count) == Speaker.MODEL;
        // Without an answer the client has dropped it, or never got it.
        boolean mayFollow = answerFollows || (!twin.isBusy() && (!twin.answered || twin.hasGrown()));
        if (!mayFollow || !twin.isAkin(chain)) {
            return -1;
        }
        boolean isMarked = isMarked(twin, chain);
        boolean isOther = twin.mark != 0 && !isMarked;
        // Clients edit answers, but hardly their calls' ids; and one of a crowd is not to be taken for another.
        boolean contradicts = (isOther && AnswerTrace.isOfCall(twin.mark))
                || (isOther && !twin.hasHeadOf(chain))
                || (isCrowd && (twin.isBusy() || (isOther && AnswerTrace.isTelling(twin.mark))));
        if (contradicts && !twin.hasGrown()) {
            return -1;
        }
        return (isMarked ? 8 : 0)
                + (twin.isBusy() ? 0 : 4)
                + (twin.answered == answerFollows ? 2 : 0)
                + (twin.hasHeadOf(chain) ? 1 : 0);
    }

    private static boolean isMarked(Conversation conversation, Chain chain) {
        return conversation.mark != 0 && conversation.mark == chain.mark(conversation.length);
    }

    /** Whether it goes on here beyond doubt: otherwise a longer history in common with another says more. */
    private static boolean isSure(Conversation extended, Chain chain) {
        return extended.hasGrown() || isMarked(extended, chain);
    }

    /** The most messages that are the beginning of a conversation up to an answer of its own; 0 for none. */
    private int longestStem(Fingerprint print) {
        Chain chain = print.chain();
        for (int count = chain.length(); count >= least(chain); count--) {
            if (table.withStem(Chain.join(print.realm(), chain.prefix(count))) != null) {
                return count;
            }
        }
        return 0;
    }

    private Match byStem(Fingerprint print, int count) {
        long key = Chain.join(print.realm(), print.chain().prefix(count));
        Conversation found = table.withStem(key);
        boolean isItself = found != null && found.stem == key && !found.isBusy() && found.isAkin(print.chain());
        return new Match(isItself ? How.REWRITTEN : How.FORKED, found);
    }

    private Match byAnswers(Fingerprint print) {
        Chain chain = print.chain();
        Conversation found = null;
        int answers = 0;
        int shared = 0;
        boolean hasCall = false;
        for (int i = chain.length() - 1; i >= 0 && answers < MOST_ANSWERS; i--) {
            if (chain.isTelling(i)) {
                answers++;
                Conversation owner = table.withAnswer(print.realm(), chain.message(i));
                found = found == null ? owner : found;
                if (owner != null && owner == found) {
                    shared++;
                    hasCall |= chain.isCall(i);
                }
            }
        }
        boolean isSure =
                found != null && !found.isBusy() && found.isAkin(chain) && (shared >= LEAST_ANSWERS || hasCall);
        return isSure ? new Match(How.REWRITTEN, found) : Match.NONE;
    }
}
