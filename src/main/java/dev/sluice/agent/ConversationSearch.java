package dev.sluice.agent;

import dev.sluice.agent.Attribution.How;
import dev.sluice.agent.Chain.Speaker;
import org.jspecify.annotations.Nullable;

/**
 * Finds the conversation that a request goes on with, from the strongest evidence to the weakest:
 *
 * <ol>
 *   <li>the answer or the conversation that the server keeps, named by the request;
 *   <li>all messages of a conversation's last request, and behind them an answer; if several had the same messages, the
 *       mark of the answer decides, then who rests, then who is oldest;
 *   <li>the same messages and nothing more: the last step again, if its answer did not come or others came before it.
 *       Otherwise two agents that began alike, or a fork;
 *   <li>all messages up to one of its answers, and then others: the conversation itself if only its last exchange has
 *       changed and it rests, else a fork;
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

    /** Answers in common: so many, or of so much text, are no accident. */
    private static final int LEAST_ANSWERS = 2;

    private static final int LEAST_CHARS = 200;

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
        Conversation again = again(print);
        Conversation extended = extended(print);
        if (extended != null && (again == null || isAnsweredBy(extended, chain))) {
            return new Match(extended.hasHeadOf(chain) ? How.EXTENDED : How.REWRITTEN, extended);
        }
        if (again != null) {
            return new Match(How.RETRIED, again);
        }
        Match forked = byStem(print);
        return forked == null ? byAnswers(print) : forked;
    }

    private Match byName(long realm, Chain chain) {
        Conversation kept = table.withName(realm, chain.named() != 0 ? chain.named() : chain.answered());
        if (kept == null) {
            return Match.NONE;
        }
        return new Match(kept.isBusy() ? How.FORKED : How.EXTENDED, kept);
    }

    /** Whose last step this is once more. */
    private @Nullable Conversation again(Fingerprint print) {
        Chain chain = print.chain();
        Conversation found = null;
        for (Conversation twin = table.withTip(print.realm(), chain.prefix(chain.length()));
                twin != null;
                twin = twin.twin) {
            boolean isAgain = print.repeated() || (!twin.isBusy() && (!twin.answered || twin.hasGrown()));
            if (isAgain && twin.isAkin(chain)) {
                found = twin;
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
            int score = score(twin, chain, count);
            if (score >= 0 && score >= bestScore) {
                best = twin;
                bestScore = score;
            }
        }
        return best;
    }

    private static int score(Conversation twin, Chain chain, int count) {
        boolean answerFollows = chain.speaker(count) == Speaker.MODEL;
        // Without an answer the client has dropped it, or never got it.
        boolean mayFollow = answerFollows || (!twin.isBusy() && (!twin.answered || twin.hasGrown()));
        if (!mayFollow || !twin.isAkin(chain)) {
            return -1;
        }
        boolean isMarked = twin.mark != 0 && twin.mark == chain.mark(count);
        return (isMarked ? 8 : 0)
                + (twin.isBusy() ? 0 : 4)
                + (twin.answered == answerFollows ? 2 : 0)
                + (twin.hasHeadOf(chain) ? 1 : 0);
    }

    private static boolean isAnsweredBy(Conversation conversation, Chain chain) {
        return conversation.mark != 0 && conversation.mark == chain.mark(conversation.length);
    }

    private @Nullable Match byStem(Fingerprint print) {
        Chain chain = print.chain();
        for (int count = chain.length(); count >= least(chain); count--) {
            long key = Chain.join(print.realm(), chain.prefix(count));
            Conversation found = table.withStem(key);
            if (found != null) {
                boolean isItself = found.stem == key && !found.isBusy() && found.isAkin(chain);
                return new Match(isItself ? How.REWRITTEN : How.FORKED, found);
            }
        }
        return null;
    }

    private Match byAnswers(Fingerprint print) {
        Chain chain = print.chain();
        Conversation found = null;
        int answers = 0;
        int shared = 0;
        int chars = 0;
        for (int i = chain.length() - 1; i >= 0 && answers < MOST_ANSWERS; i--) {
            if (chain.speaker(i) == Speaker.MODEL) {
                answers++;
                Conversation owner = table.withAnswer(print.realm(), chain.message(i));
                found = found == null ? owner : found;
                if (owner != null && owner == found) {
                    shared++;
                    chars += chain.chars(i);
                }
            }
        }
        boolean isSure = found != null
                && !found.isBusy()
                && found.isAkin(chain)
                && (shared >= LEAST_ANSWERS || chars >= LEAST_CHARS);
        return isSure ? new Match(How.REWRITTEN, found) : Match.NONE;
    }
}
